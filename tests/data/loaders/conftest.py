"""The declared sources, the catalogue, and every bundled file parsed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.loaders import load_sources, parse

DATA = Path(__file__).resolve().parents[3] / "data"


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue(DATA / "catalogue")


@pytest.fixture(scope="session")
def sources():
    return {source.code: source for source in load_sources(DATA / "sources")}


@pytest.fixture(scope="session")
def parsed(sources, catalogue):
    """Parse all files of a source once per session; returns one ``Parsed`` per file."""
    known = {}

    def of(code):
        if code not in known:
            known[code] = [parse(sources[code], path, catalogue) for path in sources[code].paths()]
        return known[code]

    return of


@pytest.fixture(scope="session")
def values(parsed):
    """Return ``{(key, period): fact}`` of a source; a key and period that stands twice fails."""
    known = {}

    def of(code):
        if code not in known:
            facts = [fact for one in parsed(code) for fact in one.facts]
            known[code] = {(fact.key, fact.period): fact for fact in facts}
            assert len(known[code]) == len(facts), f"{code} gives a series two values for one period"
        return known[code]

    return of
