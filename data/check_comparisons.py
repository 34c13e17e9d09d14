"""The checks that hold figures against each other: units against last year, parts against totals, 累计, growth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from data.catalogue import Indicator
from data.catalogue.declared import DIMENSIONS
from data.check_batch import Batch, Series
from data.check_rules import about
from data.facts import TOTAL, Fact
from data.findings import Finding, Severity
from data.periods import Accumulation, Frequency, first_of_year, previous_slot

# Growth from −80 to +300 per cent is growth, whatever power of ten lies near.
LEAST_RATIO, GREATEST_RATIO = 0.2, 4.0
NO_GROWTH_DECADES = 1.5  # thirtyfold in a year
PERCENT = 100.0
YEAR_BEFORE = "the same period a year before"

Block = tuple[str, str, str, int]  # indicator, accumulation, flow, period


# --- units


@dataclass(frozen=True)
class _Comparison:
    series: Series
    fact: Fact
    before: float
    power: int  # of ten, by which the value is off; 0 if it is not
    with_zh: str
    with_en: str

    @property
    def is_with_year_before(self) -> bool:
        """Whether the value is held against the year before and not against what is stored of its period."""
        return self.with_en == YEAR_BEFORE

    @property
    def block(self) -> Block:
        """What a change of unit would strike together: a column of one period."""
        key = self.series.key
        return key.indicator, key.accumulation, key.flow, self.fact.period

    @property
    def is_total(self) -> bool:
        """Whether the series is a whole, not one of many members."""
        return all(getattr(self.series.key, name) == TOTAL for name in DIMENSIONS if name != "flow")


def unit_jump(batch: Batch) -> Iterator[Finding]:
    """Find values a power of ten away from the same period a year before: they are in another unit (L-06).

    Never compared with the month before, because 累计 restarts in January. In a block of many members a single hit
    may be chance: there it warns, unless a declared share of the block is hit.
    """
    tally = JumpTally()
    tally.add(batch)
    yield from tally.findings(batch)


class JumpTally:
    """Counts what is compared in each block and what is hit, over all parts of a file."""

    def __init__(self, most: int | None = None) -> None:
        """With ``most``, only so many hits of a block are kept: they all get the same severity."""
        self.compared: Counter[Block] = Counter()
        self.struck: Counter[Block] = Counter()
        self._most = most
        self._kept: Counter[tuple[Block, bool]] = Counter()
        self._hits: list[_Comparison] = []

    def add(self, batch: Batch, *, counted: bool = False) -> None:
        """Compare the facts of a batch. ``counted`` says that comparisons with the year before are counted already."""
        for comparison in _comparisons(batch):
            if not (counted and comparison.is_with_year_before and not comparison.series.is_daily):
                self.compared[comparison.block] += 1
            if comparison.power:
                self.struck[comparison.block] += 1
                self._keep(comparison)

    def _keep(self, hit: _Comparison) -> None:
        kind = hit.block, hit.is_total
        if self._most is None or self._kept[kind] < self._most:
            self._kept[kind] += 1
            self._hits.append(hit)

    def findings(self, batch: Batch) -> Iterator[Finding]:
        """Give the hits as findings, each as grave as its block says."""
        for hit in self._hits:
            yield _jump_finding(hit, _jump_severity(hit, batch, self.compared[hit.block], self.struck[hit.block]))


def _jump_severity(hit: _Comparison, batch: Batch, compared: int, struck: int) -> Severity:
    settings = batch.settings
    by_chance = compared >= settings.unit_jump_single_until and struck <= settings.unit_jump_share * compared
    return "warn" if by_chance and not hit.is_total else settings.unit_jump


def _comparisons(batch: Batch) -> Iterator[_Comparison]:
    tolerance = math.log10(1 + batch.settings.unit_jump_tolerance)
    for series, fact, value in batch.values():
        if not series.is_level:
            continue
        stored = batch.held.get((series.key.series_id, fact.period))
        if stored == value:
            continue  # known and taken for true before
        before = batch.a_year_before(series, fact.period)
        if before is not None:
            grown = _published_growth(batch, series, fact.period)
            power = power_of_ten(value, before * grown, tolerance) if power_of_ten(value, before, tolerance) else 0
            yield _Comparison(series, fact, before, power, "上年同期", YEAR_BEFORE)
        if stored is not None and power_of_ten(value, stored, tolerance):
            power = power_of_ten(value, stored, tolerance)
            yield _Comparison(series, fact, stored, power, "已入库的同期数值", "the value stored for this period")


def _published_growth(batch: Batch, series: Series, period: int) -> float:
    growth = batch.value(series.growth_id, period)
    return 1.0 if growth is None or growth <= -PERCENT else 1 + growth / PERCENT


def power_of_ten(value: float, before: float, tolerance: float) -> int:
    """Return the power of ten that lies between two values, within ``tolerance`` (decades); 0 if none does.

    A ratio that growth explains is no power of ten; neither is one of zero or of another sign. What is further
    apart than any growth is the nearest power of ten, however far that is.
    """
    if value == 0 or before == 0 or (value < 0) != (before < 0):
        return 0
    decades = math.log10(abs(value)) - math.log10(abs(before))
    if math.log10(LEAST_RATIO) <= decades <= math.log10(GREATEST_RATIO):
        return 0
    power = round(decades)
    return power if abs(decades - power) <= tolerance or abs(decades) >= NO_GROWTH_DECADES else 0


def _jump_finding(hit: _Comparison, severity: Severity) -> Finding:
    value = hit.fact.value or 0.0
    times = f"10^{hit.power}"
    zh = f"疑似单位变化：{value:g}，约为{hit.with_zh} {hit.before:g} 的 {times} 倍"
    en = f"the unit may have changed: {value:g} is about {times} times {hit.before:g}, {hit.with_en}"
    return about("unit_jump", severity, hit.fact, zh, en)


# --- totals


@dataclass(frozen=True)
class Split:
    """Members of a dimension and the one they add up to."""

    dimension: str
    total: str
    parts: tuple[str, ...]


def totals(batch: Batch) -> Iterator[Finding]:
    """Find totals their parts do not add up to within rounding, and what the source declares beyond."""
    for series in batch.examined():
        if series.key.measure == "level":
            for split in splits_of(series, batch):
                yield from _sum_findings(series, split, batch)


def splits_of(series: Series, batch: Batch) -> list[Split]:
    """Return how this series is split: by the partitions of the catalogue and the sums of the source."""
    splits = splits_in_file(series.indicator, batch)
    return [each for each in splits if getattr(series.key, each.dimension) == each.total]


def splits_in_file(indicator: Indicator, batch: Batch) -> list[Split]:
    """Return how an indicator is split, as far as all parts stand in the file somewhere."""
    found = [Split(dimension, TOTAL, parts) for dimension, several in indicator.partitions.items() for parts in several]
    sums = [each for each in batch.settings.sums if each.indicator == indicator.code]
    found += [Split(each.dimension, each.total, each.parts) for each in sums]
    return [each for each in found if batch.codes_present[indicator.code, each.dimension].issuperset(each.parts)]


def _sum_findings(series: Series, split: Split, batch: Batch) -> Iterator[Finding]:
    parts = [batch.series.get(part) for part in series.key.ids_with(split.dimension, split.parts)]
    present = [part for part in parts if part is not None]
    if len(present) < len(parts):
        return
    for period, fact in series.facts.items():
        facts = [found for part in present if (found := part.facts.get(period)) is not None and found.value is not None]
        if fact.value is None or len(facts) < len(parts):
            continue
        added = math.fsum(each.value for each in facts if each.value is not None)
        allowed = _rounding(series, fact, facts) + batch.settings.totals_slack * 10.0 ** -series.decimals(fact)
        if abs(added - fact.value) > allowed * (1 + 1e-9):
            what = " + ".join(split.parts)
            zh = f"分项 {what} 合计 {added:g}，与合计 {fact.value:g} 相差 {added - fact.value:g}，超出舍入 {allowed:g}"
            en = f"{what} add up to {added:g}, not {fact.value:g}; rounding explains {allowed:g}"
            yield about("totals", batch.settings.totals, fact, zh, en)


def _rounding(series: Series, total: Fact, parts: list[Fact]) -> float:
    return sum(0.5 * 10.0 ** -series.decimals(each) for each in (total, *parts))


# --- 累计


def falling(batch: Batch) -> Iterator[Finding]:
    """Find sums over a year that fall within it, unless the catalogue says that they may."""
    for series in batch.examined():
        if only_rises(series):
            for fact in series.facts.values():
                before = _slot_before(batch, series, fact.period)
                if fact.value is not None and before is not None and fact.value < before - _unit(series, fact):
                    zh = f"累计值 {fact.value:g} 低于上期累计 {before:g}"
                    en = f"the year to date is {fact.value:g}, less than {before:g} a period before"
                    yield about("falling", batch.settings.falling, fact, zh, en)


def only_rises(series: Series) -> bool:
    """Tell whether a series is a sum over the year that cannot fall within it."""
    indicator = series.indicator
    is_sum = series.key.accumulation == Accumulation.YEAR_TO_DATE and indicator.value_kind == "level"
    return is_sum and series.key.measure == "level" and not indicator.may_fall


def _slot_before(batch: Batch, series: Series, period: int) -> float | None:
    frequency, combined = Frequency(series.key.frequency), series.indicator.combined_january_february
    if period == first_of_year(frequency, period, combined=combined):
        return None
    before = previous_slot(frequency, period, combined=combined)
    value = batch.value(series.key.series_id, before)
    return batch.held.get((series.key.series_id, before)) if value is None else value


def _unit(series: Series, fact: Fact) -> float:
    return float(10.0 ** -series.decimals(fact))


# --- growth


def growth(batch: Batch) -> Iterator[Finding]:
    """Find published growth further from that of the levels than scope and prices explain."""
    band = batch.settings.growth_band_pp
    for series, fact, value in batch.values():
        published = batch.value(series.growth_id, fact.period) if series.is_level else None
        before = batch.a_year_before(series, fact.period) if published is not None else None
        if published is None or before is None or before <= 0 or value < 0:
            continue
        nominal = (value / before - 1) * PERCENT
        if abs(nominal - published) > band:
            zh = f"公布增速 {published:g}%，由总量推算为 {nominal:.1f}%，相差超过 {band:g} 个百分点"
            en = f"published growth is {published:g} %, that of the levels {nominal:.1f} %: more than {band:g} pp apart"
            yield about("growth", batch.settings.growth, fact, zh, en)
