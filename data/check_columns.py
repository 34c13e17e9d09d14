"""The check that 当期 and 累计 stand in the columns that say so, for files without history to hold them against.

累计(n) − 累计(n−1) = 当期(n); the growth of 累计(n) lies between that of 累计(n−1) and that of 当期(n). A single cell
may be off, because publishers revise earlier months in the sum alone; columns that are swapped are off nearly
everywhere (of the customs tables of 2024 two cells in a hundred, with their columns swapped 97). So an indicator is
judged whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data.check_batch import Batch, Series
from data.check_rules import about
from data.facts import Fact
from data.findings import Finding
from data.periods import Accumulation, Frequency, first_of_year, previous_slot

SHARE = 0.5  # of the cells that can be compared
FEWEST = 2  # cells, below which nothing is said
REVISED = 0.05  # of the figure: what revisions of earlier periods explain
GROWTH_PP = 1.0  # beyond the growth of its two parts


@dataclass(frozen=True)
class _Step:
    """One 累计 between the one before and the 当期 that lies between them."""

    fact: Fact
    before: float
    single: float
    is_off: bool


def columns(batch: Batch) -> Iterator[Finding]:
    """Find indicators of which 当期 and 累计 do not go together. Long files are not looked at: they come in parts."""
    if batch.looked_at is not None:
        return
    steps: dict[tuple[str, str], list[_Step]] = {}
    for series in batch.examined():
        if series.key.accumulation == Accumulation.YEAR_TO_DATE and series.indicator.value_kind == "level":
            steps.setdefault((series.key.indicator, series.key.measure), []).extend(_steps(batch, series))
    for (_, measure), found in steps.items():
        off = [step for step in found if step.is_off]
        if len(found) >= FEWEST and len(off) > SHARE * len(found):
            yield from (_finding(batch, step, measure, f"{len(off)}/{len(found)}") for step in off)


def _steps(batch: Batch, series: Series) -> Iterator[_Step]:
    single = batch.series.get(series.key.with_(accumulation=Accumulation.SINGLE.value).series_id)
    if single is None:
        return
    for period, fact in series.facts.items():
        of_period, before = single.facts.get(period), _before(batch, series, period)
        if fact.value is None or before is None or of_period is None or of_period.value is None:
            continue
        rounding = _half(series, fact) + 2 * _half(single, of_period)
        is_off = _is_off(series.key.measure, fact.value, before, of_period.value, rounding)
        yield _Step(fact, before, of_period.value, is_off)


def _before(batch: Batch, series: Series, period: int) -> float | None:
    """Return the 累计 before, of the file or as held; none in the first period of a year, where both are the same."""
    frequency, combined = Frequency(series.key.frequency), series.indicator.combined_january_february
    if frequency not in (Frequency.MONTHLY, Frequency.QUARTERLY):
        return None
    if period == first_of_year(frequency, period, combined=combined):
        return None
    before = previous_slot(frequency, period, combined=combined)
    value = batch.value(series.key.series_id, before)
    return batch.held.get((series.key.series_id, before)) if value is None else value


def _is_off(measure: str, value: float, before: float, single: float, rounding: float) -> bool:
    if measure == "level":
        return abs(value - before - single) > rounding + REVISED * abs(single)
    allowed = rounding + GROWTH_PP
    return not min(before, single) - allowed <= value <= max(before, single) + allowed


def _half(series: Series, fact: Fact) -> float:
    return float(0.5 * 10.0 ** -series.decimals(fact))


def _finding(batch: Batch, step: _Step, measure: str, share: str) -> Finding:
    value, before, single = step.fact.value or 0.0, step.before, step.single
    if measure == "level":
        zh = f"累计 {value:g} 减上期累计 {before:g} 得 {value - before:g}，与当期 {single:g} 不符"
        en = f"the year to date {value:g} less the one before, {before:g}, is {value - before:g}, not {single:g}"
    else:
        zh = f"累计增速 {value:g}% 不在上期累计增速 {before:g}% 与当期增速 {single:g}% 之间"
        en = f"growth to date, {value:g} %, is not between {before:g} % before and {single:g} % of the period"
    zh, en = f"{zh}（该指标 {share} 处不符，当期与累计两列可能颠倒）", f"{en} ({share} are off: columns may be swapped)"
    return about("columns", batch.settings.columns, step.fact, zh, en)
