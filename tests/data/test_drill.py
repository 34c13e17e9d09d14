"""The stack: marks put on, taken off and undone, over the real catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue import load_catalogue
from data.drill import drill_path, is_within, lifted, marked, parent_industry, undone, without
from data.selection import ROUTES, SelectionError
from data.settings import ROOT

DESK = ROUTES["/"]
CATALOGUE = load_catalogue(ROOT / "data" / "catalogue")

PATHS = [
    (None, ()),
    ("CL_PETRO", ("CL_PETRO",)),
    ("C26", ("CL_PETRO", "C26")),
    ("C261", ("CL_PETRO", "C26", "C261")),
    ("A01", ("A", "A01")),
]


@pytest.mark.parametrize(("code", "path"), PATHS)
def test_the_path_follows_the_codes(code, path):
    assert drill_path(CATALOGUE, code) == path


def test_a_part_is_within_every_level_above_it():
    assert [is_within(CATALOGUE, "C261", each) for each in ("CL_PETRO", "C26", "C261", "CL_AUTO", None)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_steps_are_undone_in_the_order_they_were_made():
    chosen = marked(DESK, CATALOGUE, "industry", "CL_PETRO")
    chosen = marked(chosen, CATALOGUE, "industry", "C26")
    chosen = marked(chosen, CATALOGUE, "partner", "USA")
    chosen = marked(chosen, CATALOGUE, "period", "2024-09")
    assert chosen.stack == ("industry", "partner", "period")
    left = []
    while chosen.stack:
        chosen = undone(chosen, CATALOGUE)
        left.append((chosen.industry, chosen.partner, chosen.period))
    assert left == [("C26", "USA", None), ("C26", None, None), ("CL_PETRO", None, None), (None, None, None)]
    assert undone(chosen, CATALOGUE) == chosen == DESK


def test_a_mark_clicked_again_is_taken_off():
    for mark, code in (("partner", "USA"), ("commodity", "CRUDE"), ("period", "2024-09"), ("industry", "CL_PETRO")):
        assert marked(marked(DESK, CATALOGUE, mark, code), CATALOGUE, mark, code) == DESK
    drilled = marked(DESK, CATALOGUE, "industry", "C26")
    assert marked(drilled, CATALOGUE, "industry", "C26").industry == "CL_PETRO"
    assert without(drilled, "industry") == DESK


def test_a_mark_set_again_is_the_newest():
    chosen = marked(marked(DESK, CATALOGUE, "partner", "USA"), CATALOGUE, "industry", "CL_PETRO")
    assert chosen.stack == ("partner", "industry")
    assert marked(chosen, CATALOGUE, "partner", "JPN").stack == ("industry", "partner")


@pytest.mark.parametrize(("mark", "code"), [("period", "2024-13"), ("industry", "<b>"), ("partner", "x" * 40)])
def test_a_mark_that_is_no_code_is_refused(mark, code):
    with pytest.raises(SelectionError):
        marked(DESK, CATALOGUE, mark, code)


@given(st.sampled_from([*CATALOGUE.clusters, "C25", "C261", "C2611", "A", "G58"]))
def test_every_path_ends(code):
    path = drill_path(CATALOGUE, code)
    assert path[-1] == code
    assert parent_industry(CATALOGUE, path[0]) is None
    assert lifted(marked(DESK, CATALOGUE, "industry", code), CATALOGUE, "industry").industry == (
        path[-2] if len(path) > 1 else None
    )
