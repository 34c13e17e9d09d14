"""How a key figure's card words its target: the bar with its two short texts, and the full story for the title.

The targets that come with the product are examples. An indicator declares that (``target_is_example``), and then
every word that judges by its target says 示例目标, example target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.periods import year_of
from layouts import words
from layouts.kpi import Target
from layouts.texts import text

if TYPE_CHECKING:
    from data.catalogue.models import Indicator
    from data.selection import Language
    from layouts.key_figures import Reading
    from layouts.panel import Drawing

ROOM_BEYOND_GOAL = 5 / 3  # a growth bar ends this many times beyond its goal


def target_name(indicator: Indicator, language: Language) -> str:
    """Return what an indicator's target is called: 目标, or 示例目标 where it is no plan of the district."""
    return text("example_target" if indicator.target_is_example else "target", language)


def target_of(drawing: Drawing, found: Reading) -> Target | None:
    """Return the bar of a card with its words, or None where the figure has no target."""
    completion, language = found.completion, drawing.style.language
    if completion is None:
        return None
    gap, is_example = words.gap_words(completion, language, short=True), found.indicator.target_is_example
    if found.expected is not None:
        right = gap if found.is_behind else words.schedule_words(found.expected, language)
        label = text("example_reached" if is_example else "target_reached", language)
        fill, mark, shown = completion.reached, completion.expected, completion.reached
    else:
        room = max(completion.expected * ROOM_BEYOND_GOAL, completion.reached, 1e-9)
        right, label = gap, text("example_target_short" if is_example else "target_short", language)
        fill, mark, shown = 100 * completion.reached / room, 100 * completion.expected / room, completion.expected
    return Target(fill, mark, label, _percent(shown), right, found.is_behind, _title(drawing, found))


def _title(drawing: Drawing, found: Reading) -> str:
    """Return the target in full: its size, what is reached, 序时, the distance, and who set it."""
    completion, indicator, language = found.completion, found.indicator, drawing.style.language
    if completion is None:
        return ""
    parts = [f"{target_name(indicator, language)} {_goal(drawing, found)}"]
    if found.expected is not None:
        parts.append(words.completion_words(completion, language))
        parts.append(words.schedule_words(found.expected, language))
    parts.append(words.gap_words(completion, language))
    source = drawing.style.words(indicator.target_source_zh, indicator.target_source_en)
    return drawing.style.words("，", ", ").join(parts) + drawing.style.words(f"（{source}）", f" ({source})")


def _goal(drawing: Drawing, found: Reading) -> str:
    """Return the target as a figure with its unit: 5.5%, 4,200 亿元."""
    indicator, goal = found.indicator, found.indicator.targets[year_of(found.cell.period)]
    if found.expected is None:
        return _percent(goal)
    unit = drawing.catalogue.units[indicator.unit]
    return words.figure(goal, unit, indicator.decimals, drawing.style.language).text


def _percent(value: float) -> str:
    return f"{words.number(value, 1)}%"
