"""Two screens side by side: what the other column sees, and what it says where there is nothing to see."""

from __future__ import annotations

import pytest
from hypothesis import given

from data.catalogue import load_catalogue
from data.periods import month_period
from data.selection import ROUTES
from data.settings import ROOT
from layouts import compare
from layouts.panel import Drawing, Drawn, Panel
from layouts.panels import PANELS
from layouts.screens import desk_places, laid_out, panels_of, places_of
from layouts.theme import Style
from tests.data.test_selection import selections

DESK = ROUTES["/"]
CATALOGUE = load_catalogue(ROOT / "data" / "catalogue")
ALL = compare.with_twins(PANELS)
JUNE, MAY = month_period(2026, 6), month_period(2025, 5)


@given(selections())
def test_the_other_side_is_one_screen_and_stays_itself(chosen):
    other = compare.other_side(chosen)
    assert (other.compare, other.compare_region) == (None, None)
    assert compare.other_side(other) == other
    assert other.region == (chosen.compare_region or chosen.region)
    assert other.period == (chosen.period if chosen.compare is None else chosen.compare)


def test_a_range_moves_along():
    chosen = DESK.with_(since=JUNE - 3, period=JUNE, compare=MAY)
    assert (compare.other_side(chosen).since, compare.other_side(chosen).period) == (MAY - 3, MAY)


def test_every_panel_stands_beside_its_twin_on_half_the_width():
    plain, chosen = places_of(DESK, ALL), places_of(DESK.with_(compare=MAY), ALL)
    assert list(chosen) == [code for each in plain for code in (each, each + compare.SUFFIX)]
    assert all(area.split()[0] == "s6" for area in chosen.values())
    assert [area.split()[-1] == "twin" for area in chosen.values()] == [code.endswith("-b") for code in chosen]
    assert not any(code.endswith("-b") for code in plain)
    assert laid_out(DESK, desk_places("overview", ALL)) == desk_places("overview", ALL)
    assert not any(compare.is_twin(panel) for panel in panels_of(DESK.with_(compare=MAY), ALL))


def test_a_wall_compares_nothing():
    wall = ROUTES["/wall/overview"].with_(compare=MAY)
    assert not compare.is_compared(wall)
    assert places_of(wall, ALL) == places_of(ROUTES["/wall/overview"], ALL)


def panel(**parts: object) -> Panel:
    return Panel(
        "p", "port", "货", "P", "吨", "t", lambda _, seen: [seen], lambda made: Drawn(alt=str(made.selection)), **parts
    )


def test_a_twin_asks_and_draws_for_the_other_side():
    chosen = DESK.with_(compare=MAY, compare_region="370200")
    twin = compare.twin(panel(follows=frozenset({"period", "region"})))
    other = compare.other_side(chosen)
    assert (twin.code, twin.ask(CATALOGUE, chosen), twin.sees(chosen)) == ("p-b", [other], other)
    assert twin.draw(Drawing({}, CATALOGUE, chosen, Style())).alt == str(other)


@pytest.mark.parametrize(
    ("choices", "follows", "reason"),
    [
        ({"compare_region": "370200"}, {"period"}, compare.NO_OTHER_REGION),
        ({"compare": MAY}, {"region"}, compare.NO_OTHER_PERIOD),
    ],
)
def test_a_twin_without_another_side_says_so(choices, follows, reason):
    twin = compare.twin(panel(follows=frozenset(follows)))
    assert twin.ask(CATALOGUE, DESK.with_(**choices)) == []
    assert twin.draw(Drawing({}, CATALOGUE, DESK.with_(**choices), Style())).empty == reason


SIDES = [
    ({"compare": MAY}, "左 · 最新", "右 · 2025年5月"),
    ({"compare": MAY, "period": JUNE}, "左 · 2026年6月", "右 · 2025年5月"),
    ({"compare_region": "370200"}, "左 · 西海岸新区", "右 · 青岛"),
    ({"compare_region": "370200", "compare": MAY}, "左 · 最新 · 西海岸新区", "右 · 2025年5月 · 青岛"),
]


@pytest.mark.parametrize(("choices", "left", "right"), SIDES)
def test_both_sides_are_labelled(choices, left, right):
    chosen = DESK.with_(**choices)
    assert [compare.side_words(chosen, CATALOGUE, other) for other in (False, True)] == [left, right]
