"""The cards of the pages that count things: warnings by level, sources by freshness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.freshness import Freshness
from data.warning_words import level_words
from layouts import words
from layouts.alerts import Board
from layouts.kpi import Kpi
from layouts.theme import Style

LEVELS = (1, 2, 3, 4)
STATES = (Freshness.CURRENT, Freshness.DUE_SOON, Freshness.OVERDUE, Freshness.BROKEN)


@dataclass(frozen=True)
class Counted:
    """A page whose row of cards counts: what it reads, what its cards are called, and how they are made."""

    reads: frozenset[str]
    names: Sequence[str]
    cards: Callable[[Board, Style], list[Kpi]]


def level_cards(board: Board, style: Style) -> list[Kpi]:
    """Return how many warnings hold of each level, how many of them are acknowledged, and the counts of the year."""
    cards = []
    for level in LEVELS:
        found = [each for each in board.found if each.level == level]
        known = sum(board.is_acknowledged(each) for each in found)
        said = style.words(f"{known} 条已确认", f"{known} acknowledged") if known else ""
        trend = [sum(each.level == level for each in held) for held in board.months.values()]
        if trend and not any(trend):  # a line of zeros would only look like something
            trend, said = [], style.words("近12个月无", "none in 12 months")
        name = level_words(level, style.language)
        unit = style.words("条", "")
        cards.append(Kpi(f"level{level}", name, str(len(found)), unit, trend=trend, period_short=said))
    return cards


def state_cards(board: Board, style: Style) -> list[Kpi]:
    """Return how many sources are in which state, by their own calendars."""
    found = [each.timeliness.state for each in board.statuses if each.timeliness is not None]
    return [
        Kpi(state.value, words.freshness_words(state, style.language), str(found.count(state)), style.words("个", ""))
        for state in STATES
    ]


COUNTED = {
    "warnings": Counted(frozenset({"warnings", "months"}), tuple(map(str, LEVELS)), level_cards),
    "sources": Counted(frozenset({"sources"}), tuple(each.value for each in STATES), state_cards),
}
