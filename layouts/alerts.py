"""The warnings of the ticker: the catalogue's declared rules, held against what the screen has read.

Of several rules of one kind that hold for the same figure only the gravest speaks. A warning made from simulated
figures says so, and one that judges by an example target too; a change of a price is worked out from the prices, 推算.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data import measures, periods
from layouts import words
from layouts.header import Alert
from layouts.key_targets import target_name
from layouts.panels import reading

if TYPE_CHECKING:
    from datetime import date

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


def alerts(drawing: Drawing, found: Sequence[Reading], pulses: Sequence[Pulse], today: date) -> list[Alert]:
    """Return the warnings as of a day, the gravest first; where a month is chosen, that month counts for the day."""
    month = drawing.selection.period or periods.month_period(today.year, today.month)
    spoken: dict[tuple[str, str], Alert] = {}
    for rule in drawing.catalogue.warnings:  # the gravest first, so that it is the one that is kept
        for about, alert in _of_rule(rule, drawing, found, pulses, month):
            spoken.setdefault((rule.kind, about), alert)
    return sorted(spoken.values(), key=lambda alert: alert.level)


def _of_rule(
    rule: WarningRule, drawing: Drawing, found: Sequence[Reading], pulses: Sequence[Pulse], month: int
) -> Iterator[tuple[str, Alert]]:
    """Yield what a rule finds, each with the code of the figure it is about."""
    if rule.kind == "falls":
        yield from _falls(rule, drawing, pulses)
    elif rule.kind == "behind_target":
        yield from _behind_target(rule, drawing, found)
    else:
        yield from _price_moves(rule, drawing, month)


def _falls(rule: WarningRule, drawing: Drawing, pulses: Sequence[Pulse]) -> Iterator[tuple[str, Alert]]:
    for pulse in pulses:
        if rule.slots is None or pulse.falls < rule.slots:
            continue
        last = pulse.cells[-1]
        when_zh, when_en = _when(drawing, pulse.key, last)
        rate = f"{words.number(last.value or 0.0, 1)}%"
        zh = f"{pulse.cluster.short_zh}增加值同比连续 {pulse.falls} 期下降（{when_zh} {rate}）"
        en = f"{pulse.cluster.short_en}: value added down {pulse.falls} periods in a row ({rate} in {when_en})"
        yield pulse.cluster.code, Alert(rule.level, _said(drawing, zh, en, last))


def _behind_target(rule: WarningRule, drawing: Drawing, found: Sequence[Reading]) -> Iterator[tuple[str, Alert]]:
    for each in found:
        gap = 0.0 if each.completion is None else round(-each.completion.gap_points, 1)
        if rule.points is None or gap < rule.points:
            continue
        # 序时进度 is of the year to date, whichever of 当期 and 累计 the card shows.
        judged = each.key.with_(accumulation="Y") if each.expected else each.key
        when_zh, when_en = _when(drawing, judged, each.cell)
        goal_zh, goal_en = (target_name(each.indicator, language) for language in reading.LANGUAGES)
        if each.expected:
            goal_zh, goal_en = f"{goal_zh}序时进度", f"schedule of the {goal_en}"
        zh = f"{when_zh}{each.indicator.name_zh}低于{goal_zh} {words.number(gap, 1)} 个百分点"
        en = f"{each.indicator.short_en} {words.number(gap, 1)} pp below {goal_en}, {when_en}"
        yield each.indicator.code, Alert(rule.level, _said(drawing, zh, en, each.cell))


def _price_moves(rule: WarningRule, drawing: Drawing, month: int) -> Iterator[tuple[str, Alert]]:
    if rule.indicator is None or rule.percent is None or rule.months is None:
        return
    indicator = drawing.catalogue.indicators[rule.indicator]
    last = drawing.frame.last(indicator.key())
    if last is None or month - last.period > rule.months:
        return
    before = drawing.frame.value(indicator.key(), periods.previous_slot(indicator.frequency, last.period))
    moved = measures.growth(last.value, before)
    if moved.value is None or abs(moved.value) < rule.percent:
        return
    size = f"{words.number(abs(moved.value), 1)}%"
    verb_zh, verb_en = ("上涨", "up") if moved.value > 0 else ("下跌", "down")
    when_zh, when_en = _when(drawing, indicator.key(), last)
    zh = f"{indicator.short_zh}{when_zh}较上月{verb_zh} {size}（推算）"
    en = f"{indicator.short_en} {verb_en} {size} on the month in {when_en} (calculated)"
    yield indicator.code, Alert(rule.level, _said(drawing, zh, en, last))


def _when(drawing: Drawing, key: SeriesKey, cell: Cell) -> tuple[str, str]:
    """Return the period of a figure in both languages."""
    combined = drawing.catalogue.indicators[key.indicator].combined_january_february
    zh, en = (
        words.period_label(key.frequency, key.accumulation, cell.period, language, combined)
        for language in reading.LANGUAGES
    )
    return zh, en


def _said(drawing: Drawing, zh: str, en: str, cell: Cell) -> str:
    said = drawing.style.words(zh, en)
    return said + drawing.style.words("（模拟）", " (simulated)") if cell.simulated else said
