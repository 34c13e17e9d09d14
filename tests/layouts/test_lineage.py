"""The table behind every panel: each figure with its source, file, hash, place and time, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from callbacks import panels
from callbacks.context import Context
from callbacks.tools import expanded
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.periods import month_period
from data.selection import ROUTES, Selection
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.panels import PANELS, WITH_FIGURES


@pytest.fixture(scope="module")
def context(filled_settings: Settings, filled_warehouse: Warehouse) -> Context:
    """Return what the table is made from."""
    catalogue = load_catalogue(filled_settings.catalogue)
    return Context(filled_settings, catalogue, filled_warehouse, clock_for(filled_settings.today), PANELS, "build")


def sources(context: Context, code: str, selection: Selection) -> dict[str, Any]:
    """Return the table of sources the dialog of a panel holds."""
    found: dict[str, Any] = expanded(context, code, selection)["sources"]
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(WITH_FIGURES))
def test_every_panel_has_its_table(context: Context, code: str, language: str) -> None:
    found = sources(context, code, ROUTES["/"].with_(language=language))
    assert found["columns"][7] == "SHA-256"
    assert found["rows"]
    for row in found["rows"]:
        assert len(row) == len(found["columns"])
        assert re.fullmatch(r"[0-9a-f]{64}", row[7])
        assert row[0]
        assert row[1]
        assert row[2]
        assert row[5]
        assert row[6]
        assert row[9]


def test_a_real_figure_names_its_file_and_cell(context: Context) -> None:
    rows = sources(context, "shipping", ROUTES["/"])["rows"]
    real = [row for row in rows if "CMO-Historical-Data-Monthly" in row[6]]
    assert real
    assert all("Monthly Prices!" in row[8] and "世界银行" in row[5][0] and not row[4] for row in real)


def test_rows_stand_by_series_with_the_newest_first_and_the_title_names_the_area(context: Context) -> None:
    found = sources(context, "partners", ROUTES["/"])
    assert found["title"] == "西海岸新区、全国 · 主要贸易伙伴：数据与来源"
    names = [row[0] for row in found["rows"]]
    assert list(dict.fromkeys(names)) == [name for index, name in enumerate(names) if names[:index].count(name) == 0]
    assert len(set(names)) == sum(1 for index, name in enumerate(names) if index == 0 or names[index - 1] != name)
    places = [row[8] for row in found["rows"] if row[8].startswith("第")]
    assert places
    assert all(re.fullmatch(r"第\d+行 · \w+", place) for place in places)


@pytest.mark.parametrize(
    ("code", "choices", "expected"),
    [
        ("shipping", {}, True),
        ("shipping", {"period": month_period(2023, 6)}, False),
        ("national_trade", {}, True),
    ],
)
def test_any_late_series_is_told_unless_a_period_is_chosen(context: Context, code, choices, expected) -> None:
    selection = ROUTES["/"].with_(**choices)
    with context.warehouse.snapshot() as data:
        made = panels.parts(context, data, code, selection)
    assert ("中断" in str(made["side", "html"])) == expected


def test_an_empty_panel_says_when_there_are_figures(context: Context) -> None:
    selection = ROUTES["/"].with_(period=month_period(1950, 5))
    with context.warehouse.snapshot() as data:
        made = panels.parts(context, data, "national_trade", selection)
    assert re.search(r"所选时期没有数据；现有 \d{4}年\d+月–2024年12月", str(made["body", "html"]))
