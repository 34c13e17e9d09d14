"""What panels do with the reader's choices: they follow or say that they do not; marks are choices and are seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.periods import month_period
from data.queries import read_frame
from data.selection import ROUTES, Selection
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts.mark_list import codes_of
from layouts.panel import Drawing, Drawn
from layouts.panels import PANELS
from layouts.stamps import stamp_of
from layouts.theme import Style, _luminance
from tests.boards import board_for

DESK = ROUTES["/"]
STATES: list[dict[str, Any]] = [
    {"window": "month"},
    {"window": "quarter", "growth": "avg2"},
    {"window": "36", "growth": "mom"},
    {"window": "all", "growth": "base"},
    {"since": month_period(2025, 1), "period": month_period(2026, 3)},
    {"since": month_period(2099, 1)},
    {"industry": "CL_PETRO"},
    {"industry": "C26", "growth": "avg2", "accumulation": "S"},
    {"industry": "C261", "region": "370200"},
    {"partner": "USA", "currency": "USD"},
    {"partner": "G_ASEAN", "period": month_period(2024, 12)},
    {"commodity": "CRUDE", "window": "ytd"},
    {"commodity": "CRUDE", "partner": "USA"},
    {"region": "100000", "reference": "100000"},
    {"region": "370200", "window": "36"},
]
SELECTING = [code for code, panel in PANELS.items() if panel.selects]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


class Drawer:
    """Draws panels of the desk from the filled warehouse."""

    def __init__(self, warehouse: Warehouse, catalogue: Catalogue) -> None:
        self.warehouse, self.catalogue = warehouse, catalogue

    def drawing(self, code: str, language: str = "zh", **choices: Any) -> Drawing:
        selection: Selection = DESK.with_(language=language, **choices)
        style = Style(selection.theme, selection.rise, selection.kind, selection.language)
        frame = read_frame(self.warehouse, PANELS[code].ask(self.catalogue, selection), True)
        more = board_for(self.warehouse, self.catalogue, selection, PANELS[code].reads)
        return Drawing(frame, self.catalogue, selection, style, more)

    def draw(self, code: str, language: str = "zh", **choices: Any) -> Drawn:
        return PANELS[code].draw(self.drawing(code, language, **choices))


@pytest.fixture(scope="module")
def drawer(filled_warehouse: Warehouse, catalogue: Catalogue) -> Drawer:
    return Drawer(filled_warehouse, catalogue)


@pytest.mark.parametrize("code", PANELS)
def test_every_panel_is_drawn_or_says_why_not_in_every_state(drawer: Drawer, code: str) -> None:
    for choices in STATES:
        for language in ("zh", "en"):
            drawing = drawer.drawing(code, language, **choices)
            drawn = PANELS[code].draw(drawing)
            stamp_of(drawing.frame, drawn, drawing.catalogue, drawing.style)
            if drawn.empty is not None:
                assert drawn.empty.reason_zh
                assert drawn.empty.reason_en
                continue
            assert drawn.figure is not None or drawn.children is not None
            text = json.dumps(drawn.figure, allow_nan=False, ensure_ascii=False).replace("Noto Sans SC", "")
            if language == "en":
                assert not re.search(r"[\u4e00-\u9fff]", text + drawn.unit_en), (choices, text)


@pytest.mark.parametrize("code", PANELS)
def test_what_a_panel_does_not_follow_changes_nothing_on_it(drawer: Drawer, code: str) -> None:
    values = {
        "industry": {"industry": "CL_SHIP"},
        "partner": {"partner": "USA"},
        "commodity": {"commodity": "CRUDE"},
        "region": {"region": "370200"},
        "reference": {"reference": "100000"},
        "currency": {"currency": "USD"},
        "window": {"window": "36"},
        "growth.avg2": {"growth": "avg2"},
        "growth.mom": {"growth": "mom"},
        "growth.base": {"growth": "base"},
    }
    plain = drawer.draw(code)
    for name, choice in values.items():
        drawn = drawer.draw(code, **choice)
        if name in PANELS[code].follows:
            assert drawn != plain, name
        else:
            assert (drawn.figure, drawn.takeaway, drawn.unit_zh) == (plain.figure, plain.takeaway, plain.unit_zh), name
            assert str(drawn.children) == str(plain.children), name


@pytest.mark.parametrize("code", SELECTING)
def test_every_mark_of_a_panel_is_a_choice(drawer: Drawer, catalogue: Catalogue, code: str) -> None:
    codes = codes_of(drawer.draw(code).figure)
    assert codes
    for each in codes:
        chosen = Selection.from_query(f"{PANELS[code].selects}={each}", catalogue, DESK)
        assert getattr(chosen, PANELS[code].selects) is not None


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


MARKED = [("clusters", "industry", "CL_AUTO"), ("movers", "industry", "C26"), ("partners", "partner", "USA")]
MARKED += [("bubble", "industry", "CL_AUTO"), ("map", "industry", "CL_AUTO"), ("commodities", "commodity", "CRUDE")]


@pytest.mark.parametrize(("code", "field", "value"), MARKED)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_mark_has_a_full_outline_and_the_others_keep_an_edge(
    drawer: Drawer, code: str, field: str, value: str, theme: str
) -> None:
    style = Style(theme, "cn", "desk", "zh")
    trace = next(
        trace for trace in drawer.draw(code, theme=theme, **{field: value}).figure["data"] if "customdata" in trace
    )
    look = trace["marker"]["line"]
    for mark, edge, width in zip(trace["customdata"], look["color"], look["width"], strict=True):
        assert (edge == style.token("text")) == (mark == value)
        assert width == (2 if mark == value else 1)
        assert contrast(edge, style.token("surface")) >= 3


def test_a_chosen_industry_is_framed_in_the_heat_map(drawer: Drawer) -> None:
    plain, chosen = drawer.draw("heat"), drawer.draw("heat", industry="C26")
    assert plain.figure["layout"]["shapes"] == []
    (frame,) = chosen.figure["layout"]["shapes"]
    row = round((frame["y0"] + frame["y1"]) / 2)
    assert chosen.figure["data"][0]["customdata"][row][0] == "C26"


def test_a_drilled_cluster_shows_its_divisions(drawer: Drawer, catalogue: Catalogue) -> None:
    drawn = drawer.draw("movers", industry="CL_PETRO")
    assert set(codes_of(drawn.figure)) == set(catalogue.clusters["CL_PETRO"].divisions)
    assert drawn.unit_zh == "石油化工 · 产值同比"


def test_trade_follows_partner_commodity_and_currency(drawer: Drawer) -> None:
    whole = drawer.draw("trade")
    for choices, unit in (
        ({"partner": "USA"}, "美国 · 当月 亿元"),
        ({"commodity": "CRUDE"}, "原油 · 当月 亿元"),
        ({"currency": "USD"}, "当月 亿美元"),
    ):
        drawing = drawer.drawing("trade", **choices)
        drawn = PANELS["trade"].draw(drawing)
        assert drawn.unit_zh == unit
        side = 0 if drawn.lead.flow == "X" else 1  # crude oil is only imported
        shown = drawn.figure["data"][side]["y"]
        assert shown != whole.figure["data"][side]["y"]
        assert abs(shown[-1]) == drawing.frame.last(drawn.lead).value


def test_the_reference_area_is_printed_or_missing_with_a_reason(drawer: Drawer) -> None:
    axis = drawer.draw("bubble").figure["layout"]["xaxis"]["title"]["text"]
    assert axis == "区位商（1 = 青岛市平均）"
    assert "宁波" in drawer.draw("bubble", reference="330200").empty.reason_zh


def test_two_year_averages_are_said_in_unit_and_sentence(drawer: Drawer) -> None:
    drawn = drawer.draw("clusters", growth="avg2")
    assert "两年平均" in drawn.unit_zh
    assert drawn.takeaway.zh.startswith("两年平均：")
    assert "derived" in drawn.flags


def test_a_long_range_has_no_more_labels_than_a_short_one(drawer: Drawer) -> None:
    for code in ("trade", "teu", "digital_growth"):
        short, long = (drawer.draw(code, window=window).figure["layout"]["xaxis"] for window in ("12", "all"))
        assert len(long["ticktext"]) <= max(7, len(short["ticktext"]))
        assert long["range"][1] > short["range"][1]
    assert not [
        note
        for note in drawer.draw("heat", window="all").figure["layout"]["annotations"]
        if note.get("name") == "cell" and note["text"]
    ]


def test_prices_change_in_the_chosen_view(drawer: Drawer) -> None:
    heads = {growth: str(drawer.draw("bulk_prices", growth=growth).children) for growth in ("yoy", "mom", "base")}
    assert "同比（名义推算）" in heads["yoy"]
    assert "环比（推算）" in heads["mom"]
    assert "= 100" in heads["base"]
    assert "derived" in drawer.draw("bulk_prices", growth="mom").flags
