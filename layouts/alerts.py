"""The warnings of the ticker: the catalogue's declared rules, held against what the screen has read.

Of several rules of one kind that hold for the same figure only the gravest speaks. A warning made from simulated
figures says so; a change of a price is worked out from the prices, 推算.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data import measures, periods
from layouts import words
from layouts.header import Alert
from layouts.panels import reading

if TYPE_CHECKING:
    from data.catalogue import Catalogue
    from data.catalogue.warning_rules import WarningRule
    from data.facts import SeriesKey
    from data.queries import Cell, Want
    from data.selection import Selection
    from layouts.key_figures import Reading
    from layouts.overview import Pulse
    from layouts.panel import Drawing


def ask(catalogue: Catalogue, selection: Selection) -> list[Want]:
    """Return what the rules need beside the key figures and the pulse: the last two months of each watched price."""
    return [want for key in _price_keys(catalogue).values() for want in reading.windows([key], key, selection, -1)]


def _price_keys(catalogue: Catalogue) -> dict[str, SeriesKey]:
    watched = (rule.indicator for rule in catalogue.warnings if rule.kind == "price_moves")
    return {code: catalogue.indicators[code].key() for code in watched if code is not None}


def alerts(drawing: Drawing, found: Sequence[Reading], pulses: Sequence[Pulse]) -> list[Alert]:
    """Return the warnings, the gravest first."""
    spoken: dict[tuple[str, str], Alert] = {}
    for rule in drawing.catalogue.warnings:  # the gravest first, so that it is the one that is kept
        for about, alert in _of_rule(rule, drawing, found, pulses):
            spoken.setdefault((rule.kind, about), alert)
    return sorted(spoken.values(), key=lambda alert: alert.level)


def _of_rule(
    rule: WarningRule, drawing: Drawing, found: Sequence[Reading], pulses: Sequence[Pulse]
) -> Iterator[tuple[str, Alert]]:
    """Yield what a rule finds, each with the code of the figure it is about."""
    if rule.kind == "falls":
        yield from _falls(rule, drawing, pulses)
    elif rule.kind == "behind_target":
        yield from _behind_target(rule, drawing, found)
    else:
        yield from _price_moves(rule, drawing)


def _falls(rule: WarningRule, drawing: Drawing, pulses: Sequence[Pulse]) -> Iterator[tuple[str, Alert]]:
    for pulse in pulses:
        if rule.slots is None or pulse.falls < rule.slots:
            continue
        last = words.number(pulse.cells[-1].value or 0.0, 1)
        zh = f"{pulse.cluster.short_zh}增加值同比连续 {pulse.falls} 期下降（最近一期 {last}%）"
        en = f"{pulse.cluster.short_en}: value added down {pulse.falls} periods in a row (latest {last}%)"
        yield pulse.cluster.code, Alert(rule.level, _said(drawing, zh, en, pulse.cells[-1]))


def _behind_target(rule: WarningRule, drawing: Drawing, found: Sequence[Reading]) -> Iterator[tuple[str, Alert]]:
    for each in found:
        gap = 0.0 if each.completion is None else round(-each.completion.gap_points, 1)
        if rule.points is None or gap < rule.points:
            continue
        goal_zh, goal_en = ("序时进度", "schedule") if each.expected else ("年度目标", "the year's target")
        zh = f"{each.indicator.name_zh}低于{goal_zh} {words.number(gap, 1)} 个百分点"
        en = f"{each.indicator.short_en} {words.number(gap, 1)} pp behind {goal_en}"
        yield each.indicator.code, Alert(rule.level, _said(drawing, zh, en, each.cell))


def _price_moves(rule: WarningRule, drawing: Drawing) -> Iterator[tuple[str, Alert]]:
    if rule.indicator is None or rule.percent is None:
        return
    indicator = drawing.catalogue.indicators[rule.indicator]
    last = drawing.frame.last(indicator.key())
    if last is None:
        return
    before = drawing.frame.value(indicator.key(), periods.previous_slot(indicator.frequency, last.period))
    moved = measures.growth(last.value, before)
    if moved.value is None or abs(moved.value) < rule.percent:
        return
    size = f"{words.number(abs(moved.value), 1)}%"
    verb_zh, verb_en = ("上涨", "up") if moved.value > 0 else ("下跌", "down")
    when_zh, when_en = (words.period_label("M", "S", last.period, language) for language in reading.LANGUAGES)
    zh = f"{indicator.short_zh}{when_zh}较上月{verb_zh} {size}（推算）"
    en = f"{indicator.short_en} {verb_en} {size} on the month in {when_en} (calculated)"
    yield indicator.code, Alert(rule.level, _said(drawing, zh, en, last))


def _said(drawing: Drawing, zh: str, en: str, cell: Cell) -> str:
    said = drawing.style.words(zh, en)
    return said + drawing.style.words("（模拟）", " (simulated)") if cell.simulated else said
