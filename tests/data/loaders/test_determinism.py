"""The same files give the same facts under another clock, language and hash seed (L-12)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DIGEST = """
import hashlib
from dataclasses import astuple
from pathlib import Path
from data.catalogue import load_catalogue
from data.loaders import load_sources, parse

catalogue = load_catalogue(Path("data/catalogue"))
digest = hashlib.sha256()
for source in load_sources(Path("data/sources")):
    if not source.simulated:
        for path in source.paths():
            parsed = parse(source, path, catalogue)
            for fact in [*parsed.facts, *parsed.rejects]:
                digest.update(repr(astuple(fact)).encode())
print(digest.hexdigest())
"""


def digest(**environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", DIGEST],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_neither_clock_nor_language_nor_hash_seed_changes_a_fact():
    here = digest(TZ="Asia/Shanghai", LANG="C.UTF-8", PYTHONHASHSEED="1")
    there = digest(TZ="America/New_York", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONHASHSEED="2")
    assert here == there
