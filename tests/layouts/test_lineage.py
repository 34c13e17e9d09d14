"""The table behind every panel: each figure with its source, file, hash, place and time, in both languages."""

from __future__ import annotations

import re

import pytest

from callbacks.context import Context
from callbacks.tables import table
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.selection import ROUTES
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.panels import PANELS


@pytest.fixture(scope="module")
def context(filled_settings: Settings, filled_warehouse: Warehouse) -> Context:
    """Return what the table is made from."""
    catalogue = load_catalogue(filled_settings.catalogue)
    return Context(filled_settings, catalogue, filled_warehouse, clock_for(filled_settings.today), PANELS, "build")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(PANELS))
def test_every_panel_has_its_table(context: Context, code: str, language: str) -> None:
    found = table(context, code, ROUTES["/"].with_(language=language))
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
    rows = table(context, "shipping", ROUTES["/"])["rows"]
    real = [row for row in rows if "CMO-Historical-Data-Monthly" in row[6]]
    assert real
    assert all("Monthly Prices!" in row[8] and "世界银行" in row[5][0] and not row[4] for row in real)
