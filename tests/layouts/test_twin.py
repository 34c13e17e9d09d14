"""The table twin holds what the chart shows: every plotted figure stands in it; what is none has its sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from callbacks import panels
from callbacks.context import Context
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.periods import month_period
from data.queries import Frame
from data.selection import ROUTES
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.drawer import formulas
from layouts.panel import Drawn
from layouts.panels import PANELS, WITH_FIGURES
from layouts.series_names import apart
from layouts.twin import Twin, twin
from layouts.view import Listed, View

ROUNDING = 0.051  # a growth of the table has one decimal, the chart plots it unrounded


@pytest.fixture(scope="module")
def context(filled_settings: Settings, filled_warehouse: Warehouse) -> Context:
    catalogue = load_catalogue(filled_settings.catalogue)
    return Context(filled_settings, catalogue, filled_warehouse, clock_for(filled_settings.today), PANELS, "build")


def seen(context: Context, code: str, **choices: Any) -> View:
    with context.warehouse.snapshot() as data:
        return panels.view(context, data, PANELS[code], ROUTES["/"].with_(**choices))


def plotted(figure: dict[str, Any]) -> Iterator[float]:
    """Return the figures a chart plots: heights, lengths, places of circles, and the texts in heat cells."""
    for trace in figure["data"]:
        if trace["type"] == "heatmap":
            texts = [text for row in trace["text"] for text in row if text != "…"]
            yield from (float(text.replace("−", "-").replace("+", "")) for text in texts)
        elif trace["type"] == "bar":
            yield from _numbers(trace["x" if trace.get("orientation") == "h" else "y"])
        elif "lines" in trace.get("mode", "") and not trace.get("fill"):
            yield from _numbers(trace["y"])
        elif isinstance(trace.get("marker", {}).get("size"), list) and "km" not in str(
            figure["layout"].get("meta", "")
        ):
            yield from _numbers(trace["x"])
            yield from _numbers(trace["y"])


def _numbers(values: list[Any]) -> Iterator[float]:
    return (float(value) for value in values if isinstance(value, int | float))


def figures(made: Twin) -> list[float]:
    return [float(cell.number) for row in made.rows for cell in row.cells if cell.number is not None]


PLOTTED = (
    "clusters",
    "heat",
    "movers",
    "trade",
    "national_trade",
    "partners",
    "commodities",
    "teu",
    "digital",
    "digital_growth",
)


@pytest.mark.parametrize("choices", [{}, {"accumulation": "S"}, {"language": "en"}], ids=["zh", "single", "en"])
@pytest.mark.parametrize("code", PLOTTED)
def test_every_plotted_figure_stands_in_the_table(context: Context, code: str, choices: dict[str, Any]) -> None:
    view = seen(context, code, **choices)
    assert view.drawn.figure is not None
    held = figures(twin(view))
    found = list(plotted(view.drawn.figure))
    assert found
    for value in found:
        assert any(abs(abs(value) - abs(one)) <= max(ROUNDING, abs(value) * 1e-9) for one in held), value


@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
def test_every_row_has_a_cell_under_each_head_and_a_head_of_its_own(context: Context, code: str) -> None:
    for language in ("zh", "en"):
        made = twin(seen(context, code, language=language))
        assert made.rows
        assert all(len(row.cells) == len(made.columns) for row in made.rows)
        heads = [row.head for row in made.rows]
        assert len(set(heads)) == len(heads), heads
        columns = [(column.head, column.unit) for column in made.columns]
        assert len(set(columns)) == len(columns), columns


def test_no_cell_is_blank_and_a_missing_one_is_no_zero(context: Context) -> None:
    made = twin(seen(context, "heat"))
    cells = [cell for row in made.rows for cell in row.cells]
    missing = [cell for cell in cells if cell.number is None]
    assert all(cell.text for cell in cells)
    assert {cell.text for cell in missing} == {"…"}
    assert all(cell.spoken == "暂无数据" for cell in missing)


def test_a_confidential_figure_hides_its_growth_too(context: Context) -> None:
    view = seen(context, "clusters")
    key = view.listed()[0].key
    hidden = [
        cell._replace(value=None, place="", conf_status="C") if cell.period == view.listed()[0].periods[0] else cell
        for cell in view.frame[key]
    ]
    growth = key.with_(measure="yoy")
    cells = {one: tuple(hidden) if one == key else view.frame[one] for one in view.frame if one != growth}
    frame = Frame(cells, view.frame.latest, view.frame.loads, view.frame.citations)
    made = twin(replace(view, drawing=replace(view.drawing, frame=frame)))
    assert [cell.text for cell in made.rows[0].cells[:2]] == ["×", "×"]
    assert "保密" in [badge.text for badge in made.rows[0].badges]


def test_a_simulated_cell_among_real_ones_is_marked_where_it_stands(context: Context) -> None:
    made = twin(seen(context, "shipping"))
    mixed = [row for row in made.rows if any(cell.mark for cell in row.cells)]
    assert mixed
    for row in mixed:
        marked = [cell for cell in row.cells if cell.mark]
        assert {cell.mark for cell in marked} == {"模拟"}
        assert len(marked) < sum(cell.number is not None for cell in row.cells)


def test_the_vector_of_the_district_stands_with_its_official_growth(context: Context) -> None:
    made = twin(seen(context, "gdp_history"))
    row = next(row for row in made.rows if row.head == "2022年前三季度")
    assert (row.cells[0].number, row.cells[1].number, row.cells[1].text) == (Decimal("3436.75"), Decimal("5.3"), "▲5.3")


def test_a_panel_that_lists_nothing_shows_all_its_cells(context: Context) -> None:
    view = seen(context, "teu")
    plain = replace(view, drawn=Drawn(figure=view.drawn.figure, lead=view.drawn.lead))
    key = view.listed()[0].key
    assert plain.listed() == (Listed(key, [cell.period for cell in view.frame[key]]),)
    assert len(twin(plain).rows) == len(view.frame[key])


def test_series_are_told_apart_in_the_fewest_words(context: Context) -> None:
    view = seen(context, "national_trade")
    names = apart([each.key for each in view.listed()], context.catalogue, view.style)
    assert names == ["出口 · 当期", "进口 · 当期", "进出口 · 累计"]


@pytest.mark.parametrize("choices", [{}, {"since": month_period(2025, 3)}], ids=["own range", "chosen range"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_index_on_a_base_stands_in_the_table_as_the_panel_shows_it(
    context: Context, language: str, choices: dict[str, Any]
) -> None:
    view = seen(context, "bulk_prices", growth="base", language=language, **choices)
    made = twin(view)
    shown = {row.to_plotly_json()["props"]["data-indicator"]: row.children[4].children for row in table_rows(view)}
    (index,) = (place for place, column in enumerate(made.columns) if column.kind == "worked")
    assert not [column for column in made.columns if column.kind == "growth"]
    cells = {each.key.indicator: row.cells[index] for each, row in zip(view.listed(), made.rows, strict=True)}
    assert cells.keys() == shown.keys()
    for code, span in shown.items():
        assert cells[code].text == span.children
        named = f"{made.columns[index].head} {cells[code].mark}"
        assert span.title.removesuffix(" = 100") in named
        assert "100" in named
    assert any(cell.number is not None for cell in cells.values())
    assert any("÷" in said for _, said in formulas(view))


def table_rows(view: View) -> list[Any]:
    return list(view.drawn.children.children.children[1].children)
