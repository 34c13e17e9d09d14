"""R-02: loaders and readers under a nemesis, for seconds, by a fixed seed; ``python -m tests.chaos`` runs longer."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from data.settings import ROOT


def chaos(*arguments):
    command = [sys.executable, "-m", "tests.chaos", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)


@pytest.mark.parametrize(
    ("database", "seconds"),
    [
        pytest.param("sqlite", "7", marks=pytest.mark.sqlite),
        pytest.param("postgresql", "10", marks=pytest.mark.postgresql),
        pytest.param("sqlite", "90", marks=[pytest.mark.sqlite, pytest.mark.long]),
        pytest.param("postgresql", "90", marks=[pytest.mark.postgresql, pytest.mark.long]),
    ],
)
def test_r_02_the_six_invariants_hold_under_a_nemesis(database, seconds, request):
    if database == "postgresql":
        request.getfixturevalue("killable_postgresql")  # skips loudly where there is none
    done = chaos(seconds, "--seed", "20261125", "--database", database)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all invariants hold" in done.stdout
    loads, reads = (int(re.search(rf"'{word}': (\d+)", done.stdout)[1]) for word in ("loaded", "read"))
    assert loads >= 1, done.stdout
    assert reads >= 5, done.stdout


@pytest.mark.sqlite
@pytest.mark.parametrize(("broken", "invariant"), [("half", "2"), ("lost", "1"), ("twice", "[26]")])
def test_r_02_a_broken_warehouse_is_found(broken, invariant):
    """The canary: a checker that finds nothing in these proves nothing above."""
    done = chaos("4", "--seed", "20261125", "--broken", broken)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(rf"VIOLATED {invariant}:", done.stdout), done.stdout
