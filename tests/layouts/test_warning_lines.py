"""Beside each warning stands the line of its series, and the level its rule allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.periods import Frequency, window
from data.queries import read_frame
from data.selection import ROUTES
from data.settings import ROOT
from data.warehouse import Warehouse
from data.warning_evaluation import Warned, wants
from data.warning_history import MONTHS_BACK, held_by_month
from layouts.counts import level_cards
from layouts.panel import Drawing
from layouts.panels import PANELS
from layouts.panels.warning_lines import limit_of, warning_line
from layouts.theme import Style
from tests.boards import board_for
from tests.conftest import TODAY


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="module")
def drawing(filled_warehouse: Warehouse, catalogue: Catalogue) -> Drawing:
    selection = ROUTES["/wall/warnings"]
    frame = read_frame(filled_warehouse, wants(catalogue), True)
    reads = frozenset({"warnings", "months"})
    board = board_for(filled_warehouse, catalogue, selection, reads)
    return Drawing(frame, catalogue, selection, Style(), board)


def found(drawing: Drawing) -> list[Warned]:
    assert drawing.board is not None
    return list(drawing.board.found)


def picture(line: Any) -> str:
    return unquote(line.children.src)


def test_every_warning_on_wall_and_desk_has_its_line(drawing: Drawing) -> None:
    assert found(drawing)
    for style in (Style(), Style("light", "cn", "desk", "en")):
        drawn = PANELS["warning_list"].draw(replace(drawing, style=style))
        assert str(drawn.children).count("data:image/svg+xml") == len(found(drawing))
        assert (drawn.note_zh, drawn.note_en) != ("", "")


def test_the_limit_of_a_target_is_what_should_be_reached_by_now(drawing: Drawing) -> None:
    levels = [each for each in found(drawing) if each.kind == "behind_target" and each.expected is not None]
    growths = [each for each in found(drawing) if each.kind == "behind_target" and each.expected is None]
    assert levels
    assert growths
    for each in levels:
        expected, limit = each.expected, limit_of(drawing, each)
        assert expected is not None
        assert limit == pytest.approx(each.limit * expected.percent / 100)
        # The figure is below it by exactly the gap the sentence tells.
        assert 100 * (each.figure - limit) / each.limit == pytest.approx(each.gap)
    for each in growths:
        assert limit_of(drawing, each) == each.limit
        assert each.figure - each.limit == pytest.approx(each.gap)
    assert all('class="s limit"' in picture(warning_line(drawing, each, 2)) for each in (*levels, *growths))


KINDS = [
    ({"kind": "threshold", "limit": 3.0, "expected": None}, 3.0),
    ({"kind": "falls", "expected": None}, 0.0),
    ({"kind": "price_moves", "expected": None}, None),
    ({"kind": "late", "expected": None, "figure": None}, None),
]


@pytest.mark.parametrize(("parts", "limit"), KINDS)
def test_a_rule_about_a_level_has_a_limit_and_one_about_changes_has_none(
    drawing: Drawing, parts: dict[str, Any], limit: float | None
) -> None:
    growth = next(each for each in found(drawing) if each.series.measure == "yoy")
    assert limit_of(drawing, replace(growth, **parts)) == limit


def test_the_cards_of_the_levels_count_the_months(drawing: Drawing, catalogue: Catalogue) -> None:
    board = drawing.board
    assert board is not None
    assert list(board.months) == list(window(Frequency.MONTHLY, max(board.months), MONTHS_BACK))
    assert board.months.keys() == held_by_month(drawing.frame, catalogue, TODAY).keys()
    for level, card in enumerate(level_cards(board, Style()), start=1):
        counts = [sum(each.level == level for each in held) for held in board.months.values()]
        assert len(counts) == MONTHS_BACK
        assert list(card.trend) == (counts if any(counts) else [])
        assert (card.period_short == "近12个月无") == (not any(counts))
