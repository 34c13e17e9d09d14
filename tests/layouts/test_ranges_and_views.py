"""Which months a panel shows under a choice, and which growth: every preset, every view, and what is never made up."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest
from dash import html

from data.catalogue import load_catalogue
from data.facts import SeriesKey
from data.measures import Basis, Outcome
from data.periods import month_of, month_period, year_of
from data.queries import Cell, Frame
from data.selection import MOST_MONTHS, ROUTES
from data.settings import ROOT
from layouts import filters, mark_list
from layouts.panel import Drawn, Panel, Takeaway
from layouts.panels import ranges, views
from layouts.theme import Style

DESK = ROUTES["/"]
CATALOGUE = load_catalogue(ROOT / "data" / "catalogue")
KEY = SeriesKey("x", "370211", "M", "S")
COMBINED = SimpleNamespace(
    frequency="M", combined_january_february=True, value_kind="level", growth="official", unit="CNY_100M"
)
PLAIN = SimpleNamespace(
    frequency="M", combined_january_february=False, value_kind="price", growth="nominal", unit="USD_PER_BARREL"
)
LAST = month_period(2026, 8)


def cell(period: int, value: float | None = 1.0, **parts: object) -> Cell:
    return Cell(period, value, 1, "A", "F", False, False, 0, 1, None, "B2", date(2024, 10, 1))._replace(**parts)


def frame(cells: dict[SeriesKey, list[Cell]]) -> Frame:
    found = {key: tuple(each) for key, each in cells.items()}
    return Frame(found, {key: each[-1].period for key, each in found.items()}, {}, {})


def months(periods: tuple[int, ...]) -> list[str]:
    return [f"{year_of(period)}-{month_of(period):02d}" for period in periods]


HISTORY = frame({KEY: [cell(period) for period in range(month_period(2023, 2), LAST + 1) if month_of(period) != 1]})
RANGES = [
    ({}, 11, "2025-09", 11),
    ({"window": "month"}, 11, "2026-08", 1),
    ({"window": "quarter"}, 11, "2026-07", 2),
    ({"window": "ytd"}, 11, "2026-02", 7),
    ({"window": "36"}, 11, "2023-09", 33),
    ({"window": "all"}, 11, "2023-02", 40),
    ({"since": month_period(2026, 1)}, 11, "2026-02", 7),
    ({"since": month_period(2026, 8)}, 11, "2026-08", 1),
]


@pytest.mark.parametrize(("choices", "own", "first", "count"), RANGES)
def test_a_range_is_laid_out_in_slots_without_january(choices, own, first, count):
    slots = ranges.shown(HISTORY, COMBINED, [KEY], DESK.with_(**choices), own)
    assert (months(slots)[0], months(slots)[-1], len(slots)) == (first, "2026-08", count)
    assert not any(month_of(period) == 1 for period in slots)


@pytest.mark.parametrize(("choices", "own", "first", "count"), RANGES)
def test_what_is_shown_was_asked_for(choices, own, first, count):
    selection = DESK.with_(**choices)
    wants = ranges.asked([KEY], KEY, selection, 12, before=12)
    start = min(LAST + want.first if want.lead else want.first for want in wants if want.key == KEY)
    assert start <= ranges.shown(HISTORY, COMBINED, [KEY], selection, own)[0] - 12 or selection.window == "all"


def test_a_range_after_the_last_figure_is_empty():
    assert ranges.shown(HISTORY, COMBINED, [KEY], DESK.with_(since=month_period(2026, 9)), 11) == ()
    assert ranges.shown(frame({}), COMBINED, [KEY], DESK, 11) == ()


def test_a_range_has_a_longest_length():
    ancient = frame({KEY: [cell(month_period(1950, 1)), cell(LAST)]})
    assert len(ranges.shown(ancient, PLAIN, [KEY], DESK.with_(window="all"), 11)) == MOST_MONTHS
    assert len(ranges.shown(ancient, PLAIN, [KEY], DESK.with_(since=month_period(1950, 1)), 11)) == MOST_MONTHS


def rates(now: float | None, before: float | None, published: float | None = None, simulated: bool = False) -> Frame:
    cells = {
        KEY: [cell(LAST)],
        KEY.with_(measure="yoy"): [cell(LAST - 12, before, simulated=simulated), cell(LAST, now)],
    }
    if published is not None:
        cells[KEY.with_(measure="avg2")] = [cell(LAST, published)]
    return frame(cells)


AVERAGES = [
    (rates(6.4, 0.1, 3.2), 3.2, Basis.OFFICIAL),  # the published one wins
    (rates(34.2, 28.2), 31.166, Basis.DERIVED),
    (rates(6.4, None), None, None),
    (rates(None, 6.4), None, None),
    (rates(6.4, 2.0, simulated=True), None, None),  # one real and one simulated rate make no average
]


@pytest.mark.parametrize(("found", "value", "basis"), AVERAGES)
def test_two_year_average(found, value, basis):
    growth = views.growth_in(found, COMBINED, KEY, LAST, "avg2")
    assert growth.basis == basis
    assert growth.value == (None if value is None else pytest.approx(value, abs=0.001))


def test_the_average_of_a_rate_is_made_of_the_rates_themselves():
    rate = SimpleNamespace(**{**vars(COMBINED), "value_kind": "rate", "growth": "none"})
    found = frame({KEY: [cell(LAST - 12, 21.0), cell(LAST, 0.0)]})
    assert views.two_year_average(found, rate, KEY, LAST).value == pytest.approx(10.0)


def test_growth_worked_out_from_levels_makes_no_average():
    nominal = SimpleNamespace(**{**vars(COMBINED), "growth": "nominal"})
    assert views.two_year_average(rates(6.4, 2.0), nominal, KEY, LAST).outcome is Outcome.UNAVAILABLE


def test_sequential_growth_is_of_prices_and_of_adjusted_activity_only():
    two = [cell(LAST - 1, 80.0), cell(LAST, 100.0)]
    adjusted = KEY.with_(adjustment="sa")
    cumulated = KEY.with_(accumulation="Y", adjustment="sa")
    found = frame({KEY: two, adjusted: two, cumulated: two})
    assert views.sequential(found, PLAIN, KEY, LAST).value == pytest.approx(25)
    assert views.sequential(found, COMBINED, KEY, LAST).outcome is Outcome.UNAVAILABLE
    assert views.sequential(found, COMBINED, adjusted, LAST).value == pytest.approx(25)
    assert views.sequential(found, COMBINED, cumulated, LAST).outcome is Outcome.UNAVAILABLE


def test_no_sequential_growth_across_a_gap_or_two_origins():
    gap = frame({KEY: [cell(LAST - 2, 80.0), cell(LAST, 100.0)]})
    mixed = frame({KEY: [cell(LAST - 1, 80.0, simulated=True), cell(LAST, 100.0)]})
    for found in (gap, mixed):
        assert views.sequential(found, PLAIN, KEY, LAST).outcome is Outcome.UNAVAILABLE


BASES = [(50.0, 200.0), (0.0, None), (-1.0, None), (None, None)]


@pytest.mark.parametrize(("base", "index"), BASES)
def test_an_index_has_a_base_or_is_none(base, index):
    found = frame({KEY: [cell(LAST - 5, base), cell(LAST, 100.0)]})
    assert views.rebased(found, KEY, LAST, LAST - 5).value == index
    assert views.rebased(found, KEY, LAST, LAST - 4).value is None


def test_a_panel_shows_a_view_only_if_it_follows_it():
    chosen = DESK.with_(growth="mom")
    assert views.view_of(chosen, {"growth.avg2"}) == "yoy"
    assert views.view_of(chosen, {"growth.mom"}) == "mom"
    assert views.said_in("yoy", Takeaway("a", "b")) == Takeaway("a", "b")
    assert views.said_in("avg2", Takeaway("a", "b")) == Takeaway("两年平均：a", "2-year average: b")


def panel(**parts: object) -> Panel:
    return Panel("p", "port", "货物", "Cargo", "万吨", "10k t", lambda *_: [], lambda *_: Drawn(), **parts)


def test_the_bar_offers_what_some_panel_follows():
    assert filters.usable([panel(follows=frozenset({"period", "window"})), panel(follows=frozenset({"industry"}))]) == {
        "period",
        "window",
        "industry",
    }


LOCKS = [
    ({}, ""),
    ({"region": "370211", "currency": "CNY", "growth": "yoy", "window": "12"}, ""),
    ({"industry": "CL_PETRO"}, "不随产业"),
    ({"industry": "CL_PETRO", "growth": "avg2"}, "不随增速口径、产业"),
    ({"industry": "CL_PETRO", "growth": "avg2", "since": month_period(2024, 1)}, "不随时期范围等3项"),
    ({"window": "36", "partner": "USA"}, "不随时期范围、贸易伙伴"),
]


@pytest.mark.parametrize(("choices", "words"), LOCKS)
def test_a_panel_says_which_choices_it_does_not_follow(choices, words):
    style = Style("light", "cn", "desk", "zh")
    (chip,) = filters.locks(panel(), DESK.with_(**choices), CATALOGUE, style) or [html.Span(["", ""])]
    assert chip.children[1] == words
    follows = frozenset(filters.chosen(DESK.with_(**choices), CATALOGUE))
    assert filters.locks(panel(follows=follows), DESK.with_(**choices), CATALOGUE, style) == []
    assert filters.locks(panel(), DESK.with_(**choices), CATALOGUE, Style()) == []


def test_the_marks_of_a_chart_are_listed_by_name_and_the_chosen_one_is_current():
    figure = {"data": [{"customdata": ["CL_PETRO", "CL_AUTO"]}, {}, {"customdata": [["C26", "C26"], ["CL_AUTO", ""]]}]}
    assert mark_list.codes_of(figure) == ["CL_PETRO", "CL_AUTO", "C26"]
    figure["data"].pop()
    style = Style("light", "cn", "desk", "en")
    (picked,) = mark_list.mark_list(
        panel(selects="industry"), Drawn(figure=figure), DESK.with_(industry="CL_AUTO", language="en"), CATALOGUE, style
    )
    listed = picked.children
    assert (listed.title, picked.className) == ("Select a mark of the chart for the whole screen", "mark-pick on")
    assert re.findall(r'<option value="([^"]*)"( selected)?>', str(listed.children)) == [
        ("", ""),
        ("CL_PETRO", ""),
        ("CL_AUTO", " selected"),
    ]
    assert f">{CATALOGUE.clusters['CL_PETRO'].short_en}<" in str(listed.children)
    assert mark_list.mark_list(panel(), Drawn(figure=figure), DESK, CATALOGUE, style) == []


def test_a_month_is_a_mark():
    assert mark_list.month_code(month_period(2024, 9)) == "2024-09"
    assert mark_list.mark_name(CATALOGUE, "period", "2024-02", "zh") == "2024年1–2月"
    assert mark_list.mark_name(CATALOGUE, "partner", "USA", "zh") == "美国"
