"""Targets as text: how much of the year is reached, where it should be, and by how much it is ahead or behind."""

from __future__ import annotations

from data.selection import Language
from data.status import rounded
from data.targets import Completion, Schedule
from layouts.words.numbers import number

TARGET_DECIMALS = 1


def completion_words(completion: Completion, language: Language) -> str:
    """Write how much of a level target is reached: 年度 76.1%, FY 76.1%."""
    head = "年度" if language == "zh" else "FY"
    return f"{head} {number(completion.reached, TARGET_DECIMALS)}%"


def schedule_words(expected: Schedule, language: Language) -> str:
    """Write 序时进度: 序时 74.2%, sched. 74.2%; where it is n/12 for want of history, it says so."""
    percent = f"{number(expected.percent, TARGET_DECIMALS)}%"
    if language == "zh":
        return f"序时 {percent}" if expected.is_seasonal else f"序时 {percent}（按月均分）"
    return f"sched. {percent}" if expected.is_seasonal else f"sched. {percent} (n/12)"


def gap_words(completion: Completion, language: Language, *, short: bool = False) -> str:
    """Write the distance to the target: 超 0.4 个百分点, 差 2.1 个百分点, 持平; 0.4 pp over, 2.1 pp short.

    ``short`` is for a card of 205 px: 差 2.1 百分点.
    """
    gap = rounded(completion.gap_points, TARGET_DECIMALS)
    if gap == 0:
        return "持平" if language == "zh" else "on target"
    size = number(abs(gap), TARGET_DECIMALS)
    if language == "zh":
        return f"{'超' if gap > 0 else '差'} {size} {'百分点' if short else '个百分点'}"
    return f"{size} pp {'over' if gap > 0 else 'short'}"
