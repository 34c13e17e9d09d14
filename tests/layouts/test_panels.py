"""Every panel over the filled warehouse: drawn with the simulation, honest without it, true to the sources."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.periods import month_of, month_period
from data.queries import read_frame
from data.selection import ROUTES, Selection
from data.settings import ROOT
from data.warehouse import Warehouse
from layouts.panel import Drawing, Drawn
from layouts.panels import MODULES, PANELS
from layouts.screens import DESK, WALL_OVERVIEW
from layouts.stamps import stamp_of
from layouts.takeaways import MOST_HANZI, hanzi
from layouts.theme import Style
from tests.boards import board_for

REAL_WITHOUT_SIMULATION = {
    *{"gdp_history", "national_trade", "national_partners", "partners", "shipping", "bulk_prices"},
    *{"warning_list", "warnings_over_time", "targets", "late_sources", "data_sources"},
}
SCREENS = [(kind, language) for kind in ("wall", "desk") for language in ("zh", "en")]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


class Drawer:
    """Draws panels from the filled warehouse."""

    def __init__(self, warehouse: Warehouse, catalogue: Catalogue) -> None:
        self.warehouse, self.catalogue = warehouse, catalogue

    def drawing(
        self, code: str, kind: str = "wall", language: str = "zh", simulated: bool = True, **choices
    ) -> Drawing:
        route = ROUTES["/wall/overview" if kind == "wall" else "/"]
        selection: Selection = route.with_(language=language, **choices)
        style = Style(selection.theme, selection.rise, selection.kind, selection.language)
        frame = read_frame(self.warehouse, PANELS[code].ask(self.catalogue, selection), simulated)
        return Drawing(
            frame,
            self.catalogue,
            selection,
            style,
            board_for(self.warehouse, self.catalogue, selection, PANELS[code].reads, simulated),
        )

    def draw(self, code: str, **options) -> Drawn:
        return PANELS[code].draw(self.drawing(code, **options))

    def text(self, code: str, **options) -> str:
        drawn = self.draw(code, **options)
        parts = [json.dumps(drawn.figure, ensure_ascii=False), str(drawn.children), str(drawn.takeaway), drawn.alt]
        return " ".join(parts)


@pytest.fixture(scope="module")
def drawer(filled_warehouse: Warehouse, catalogue: Catalogue) -> Drawer:
    return Drawer(filled_warehouse, catalogue)


@pytest.mark.parametrize("code", PANELS)
@pytest.mark.parametrize(("kind", "language"), SCREENS)
def test_every_panel_is_drawn_with_the_simulation(drawer: Drawer, code: str, kind: str, language: str) -> None:
    drawn = drawer.draw(code, kind=kind, language=language)
    assert drawn.empty is None
    assert drawn.figure is not None or drawn.children is not None
    assert drawn.alt
    json.dumps(drawn.figure, allow_nan=False)
    if language == "en":
        assert not re.search(
            r"[\u4e00-\u9fff]", json.dumps(drawn.figure, ensure_ascii=False).replace("Noto Sans SC", "")
        )


@pytest.mark.parametrize("code", PANELS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_the_simulation_a_panel_shows_real_figures_or_says_why_not(
    drawer: Drawer, code: str, language: str
) -> None:
    drawing = drawer.drawing(code, language=language, simulated=False)
    assert not any(cell.simulated for cell in drawing.frame.all_cells())
    drawn = PANELS[code].draw(drawing)
    if code in REAL_WITHOUT_SIMULATION:
        assert drawn.empty is None
    if drawn.empty is not None:
        assert all((drawn.empty.reason_zh, drawn.empty.reason_en, drawn.empty.hint_zh, drawn.empty.hint_en))
    assert not stamp_of(drawing.frame, drawn, drawing.catalogue, drawing.style).simulated


@pytest.mark.parametrize("code", PANELS)
def test_a_sentence_fits_the_wall(drawer: Drawer, code: str) -> None:
    for simulated in (True, False):
        said = drawer.draw(code, simulated=simulated).takeaway
        if said is not None:
            assert hanzi(said.zh) <= MOST_HANZI, said.zh


@pytest.mark.parametrize("code", PANELS)
def test_a_panel_that_shows_a_simulated_value_wears_the_mark(drawer: Drawer, code: str) -> None:
    drawing = drawer.drawing(code)
    drawn = PANELS[code].draw(drawing)
    shown = drawing.frame if drawn.shown is None else drawing.frame.shown(drawn.shown)
    simulated = any(cell.simulated for cell in shown.all_cells() if cell.value is not None)
    assert stamp_of(drawing.frame, drawn, drawing.catalogue, drawing.style).simulated == simulated


@pytest.mark.parametrize("code", PANELS)
def test_a_period_long_ago_is_drawn_or_said_to_be_empty(drawer: Drawer, code: str) -> None:
    for period in (month_period(2021, 1), month_period(1950, 5)):
        drawn = drawer.draw(code, period=period)
        assert drawn.empty is not None or drawn.figure is not None or drawn.children is not None


def test_the_published_gdp_of_the_district_stands_on_the_screen(drawer: Drawer) -> None:
    for simulated in (True, False):
        text = drawer.text("gdp_history", kind="desk", simulated=simulated)
        assert "5,003.38" in text
        assert "增长6.0%" in text


def test_growth_of_2022_is_the_official_one_never_the_ratio_of_levels(drawer: Drawer) -> None:
    drawing = drawer.drawing("gdp_history", kind="desk", simulated=False)
    period, key = month_period(2022, 9), drawing.catalogue.indicators["gdp"].key(accumulation="Y")
    assert drawing.frame.value(key, period) == 3436.75
    row = next(part for part in _rows(PANELS["gdp_history"].draw(drawing).children) if f"{period}" in str(part))
    assert "5.3%" in str(row)
    assert "10.4" not in drawer.text("gdp_history", kind="desk", simulated=False)


def _rows(table: object) -> list[object]:
    found = re.findall(r"Tr\(.*?data-period='\d+'\)", str(table), re.DOTALL)
    assert found
    return found


def test_prices_of_the_latest_pink_sheet_month_stand_on_the_screen(drawer: Drawer) -> None:
    for code, kind in (("shipping", "wall"), ("bulk_prices", "desk")):
        drawing = drawer.drawing(code, kind=kind)
        text = drawer.text(code, kind=kind)
        for indicator in ("price_brent", "price_tsr20"):
            key = drawing.catalogue.indicators[indicator].key()
            last = drawing.frame.last(key)
            assert f"{last.value:,.2f}" in text
        assert "2026" in text


def test_the_pulp_index_is_labelled_as_a_stand_in(drawer: Drawer) -> None:
    assert "代用" in drawer.text("shipping")
    assert "代用" in drawer.draw("bulk_prices", kind="desk").note_zh


def test_customs_totals_and_partners_of_2024_stand_on_the_screen(drawer: Drawer) -> None:
    assert "438,468" in drawer.text("national_trade", kind="desk")
    drawn = drawer.draw("national_partners", kind="desk", simulated=False)
    names = drawn.figure["layout"]["yaxis"]["ticktext"][::-1]
    assert names[:3] == ["东盟", "欧盟", "美国"]
    assert len(set(names)) == len(names)


def test_national_partners_say_that_they_are_national(drawer: Drawer) -> None:
    drawn = drawer.draw("partners")
    assert "全国" in str(drawn.extra_side)
    assert "全国" in drawn.note_zh


def test_no_january_slot_where_two_months_are_one(drawer: Drawer) -> None:
    labels = [text.split("<br>")[0] for text in drawer.draw("heat", kind="desk").figure["layout"]["xaxis"]["ticktext"]]
    assert "1–2月" in labels
    assert not {"1月", "2月"} & set(labels)
    for code in ("heat", "digital_growth"):
        frame = drawer.drawing(code).frame
        assert not any(month_of(cell.period) == 1 for cell in frame.all_cells())


def test_trade_keeps_its_january(drawer: Drawer) -> None:
    assert len(drawer.draw("national_trade", kind="desk").figure["data"][0]["x"]) == 13


def test_clusters_are_sorted_by_output_and_say_they_are_a_working_definition(drawer: Drawer) -> None:
    drawn = drawer.draw("clusters", kind="desk")
    values = [value for value in drawn.figure["data"][0]["x"] if value is not None]
    assert values == sorted(values)
    assert "工作口径" in drawn.note_zh


@pytest.mark.parametrize("code", ["clusters", "map", "bubble", "movers"])
def test_single_months_are_never_ranked_beside_cumulated_ones(drawer: Drawer, code: str) -> None:
    for accumulation in ("S", "Y"):
        drawing = drawer.drawing(code, kind="desk", accumulation=accumulation)
        assert {key.accumulation for key in drawing.frame} == {accumulation}
    assert "港口航运只公布累计数" in drawer.draw("clusters", kind="desk", accumulation="S").note_zh


def test_every_place_of_a_screen_has_its_panel() -> None:
    places = [place for group in (*DESK.values(), *WALL_OVERVIEW.values()) for place in group]
    assert {place.panel for place in places} == set(PANELS)


def test_every_page_of_the_desk_has_places_and_a_declaration(catalogue: Catalogue) -> None:
    assert [route.page for route in ROUTES.values() if route.kind == "desk"] == list(DESK)
    assert set(DESK) <= set(catalogue.pages)


def test_every_module_with_panels_is_listed() -> None:
    folder = Path(MODULES[0].__file__).parent
    with_panels = {
        path.stem for path in folder.glob("*.py") if re.search(r"^PANELS = ", path.read_text(), re.MULTILINE)
    }
    assert {module.__name__.rsplit(".", 1)[1] for module in MODULES} == with_panels


def test_gdp_names_the_years_without_a_published_figure(drawer: Drawer) -> None:
    note = drawer.draw("gdp_history", kind="desk", simulated=False).note_zh
    assert note == "2016、2019、2020、2024年全年公布数未接入"
    chosen = drawer.draw("gdp_history", kind="desk", simulated=False, period=month_period(2018, 12))
    assert chosen.note_zh == "2016年全年公布数未接入"


def test_the_growth_of_counts_is_never_called_nominal(drawer: Drawer) -> None:
    assert "nominal" not in drawer.draw("digital").flags
    assert "derived" in drawer.draw("digital").flags


def test_the_sentence_on_partners_names_the_area(drawer: Drawer) -> None:
    drawn = drawer.draw("partners")
    assert drawn.takeaway.zh.startswith("全国：")
    assert drawn.takeaway.en.startswith("China: ")
