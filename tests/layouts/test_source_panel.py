"""The data catalogue tells of every source, indicator by indicator, from when to when and how many values there are."""

from __future__ import annotations

from typing import Any

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.gathering import period_text
from data.queries import read_frame
from data.selection import ROUTES
from data.settings import ROOT
from data.source_status import SourceStatus
from data.warehouse import Warehouse
from layouts.panel import Drawing
from layouts.panels import PANELS
from layouts.theme import Style
from tests.boards import board_for


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


def rows_of(listed: Any) -> list[list[str]]:
    """Return the rows of the table behind the click."""
    table = listed.children[1].children
    return [[cell.children for cell in row.children] for row in table.children[2].children]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_indicator_of_a_source_stands_in_its_list(
    filled_warehouse: Warehouse, catalogue: Catalogue, language: str
) -> None:
    panel, selection = PANELS["data_sources"], ROUTES["/data"].with_(language=language)
    board = board_for(filled_warehouse, catalogue, selection, panel.reads)
    assert board is not None
    frame = read_frame(filled_warehouse, [], True)
    drawn = panel.draw(Drawing(frame, catalogue, selection, Style("light", "cn", "desk", selection.language), board))
    found = {each.to_plotly_json()["props"]["data-source"]: each for each in drawn.children.children}
    for status in board.statuses:
        shown = [each.children[1] for each in found[status.code].children[0].children if each.className == "src-glance"]
        run, due, coverage, rejects = shown
        assert (status.last_run is None) == (run in {"从未运行", "never"})
        assert (status.next_due is None) == (due == "…")
        assert f"{sum(each.values for each in status.coverage):,}" in coverage or coverage == "…"
        assert rejects == f"{status.rejects:,}"
        lists = [part for part in found[status.code].children if getattr(part, "className", "") == "src-covered"]
        assert len(lists) == bool(status.stored)
        for listed in lists:
            compare(status, rows_of(listed), catalogue, language)


def compare(status: SourceStatus, rows: list[list[str]], catalogue: Catalogue, language: str) -> None:
    expected = [
        [
            catalogue.indicators[each.indicator].word("name", language),
            f"{each.series:,}",
            f"{each.values:,}",
            period_text(each.frequency, each.first_period),
            period_text(each.frequency, each.last_period),
        ]
        for each in status.indicator_coverage
    ]
    assert [[row[0], *row[2:6]] for row in rows] == expected
    assert all(row[1] and row[6] for row in rows)
