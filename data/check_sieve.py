"""The checks of a long file: whole columns are sieved, and only what may be wrong is looked at with the rules.

The sieve lets through too much rather than too little: what it stops, no rule would have found. So the rules of
``data.check_rules`` and ``data.check_comparisons`` remain the only ones, and the findings are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.catalogue.declared import DIMENSIONS
from data.check_batch import Batch, Series
from data.check_comparisons import (
    GREATEST_RATIO,
    LEAST_RATIO,
    NO_GROWTH_DECADES,
    Block,
    JumpTally,
    Split,
    only_rises,
    splits_in_file,
)
from data.check_rules import bounds_of
from data.facts import SeriesKey
from data.periods import MONTHS_PER_YEAR, period_end

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
HeldValues = Callable[[Sequence[int], Sequence[int]], tuple[Whole, Whole, Real]]  # of series, at periods
_SPAN = 1 << 22  # more periods than any series has; a series and a period make one number
_LOOSE = 1e-6  # the sieve's own rounding never stops what a rule would find


@dataclass(frozen=True)
class _Traits:
    """What the checks ask of a series, as numbers."""

    block: tuple[str, str, str]
    is_level: bool
    rises: bool
    careful: bool  # its facts are all looked at with the rules
    least: float
    greatest: float
    last: int  # the latest period that is over
    begins: int  # the first month of a year's slots, from 0
    step: int  # months from slot to slot


class Sieve:
    """Takes complete series and remembers those that may hold something to be found."""

    def __init__(self, batch: Batch, held: HeldValues) -> None:
        """``batch`` has the catalogue, the settings and the day; no facts."""
        self._batch, self._held = batch, held
        self._traits: dict[tuple[str, ...], _Traits] = {}
        self.suspects: set[int] = set()
        self.duplicated: set[int] = set()  # series with a period that stands twice
        self._compared: dict[tuple[str, str, str], dict[int, int]] = {}

    def restart(self) -> None:
        """Forget what was fed."""
        self.suspects, self.duplicated, self._compared = set(), set(), {}

    def count_into(self, tally: JumpTally) -> None:
        """Add what was compared with the year before to a tally."""
        for block, periods in self._compared.items():
            for period, count in periods.items():
                full: Block = (*block, period)
                tally.compared[full] += count

    def feed(self, keys: Mapping[int, SeriesKey], series: Whole, period: Whole, value: Real) -> None:
        """Sieve the facts of complete series, in the order of the file; no value is NaN."""
        if not len(series):
            return
        ids, number = np.unique(series, return_inverse=True)
        traits = [self._of(keys[int(each)]) for each in ids]
        stretch = _Stretch.of(number.astype(np.int64), period, value)
        if len(stretch.code) < len(series):
            once = np.bincount(stretch.number, minlength=len(ids))
            twice = np.bincount(number.ravel(), minlength=len(ids)) > once
            self.duplicated.update(ids[twice].tolist())
        periods = np.unique(period)
        compared = np.union1d(periods, periods - MONTHS_PER_YEAR)
        held = self._held([int(each) for each in ids], [int(each) for each in compared])
        odd = self._odd(stretch, traits, _Stretch.of(np.searchsorted(ids, held[0]), held[1], held[2]))
        suspects = ids[np.unique(stretch.number[odd])]
        careful = [int(each) for each, its in zip(ids, traits, strict=True) if its.careful]
        self.suspects.update(int(each) for each in suspects)
        self.suspects.update(careful)

    def _odd(self, facts: _Stretch, traits: list[_Traits], held: _Stretch) -> NDArray[np.bool_]:
        of = facts.number
        odd = facts.period > np.array([each.last for each in traits])[of]
        with np.errstate(invalid="ignore", divide="ignore"):
            odd |= facts.value < np.array([each.least for each in traits])[of]
            odd |= facts.value > np.array([each.greatest for each in traits])[of]
            rises, begins = (
                np.array([each.rises for each in traits])[of],
                np.array([each.begins for each in traits])[of],
            )
            odd |= rises & facts.may_fall(begins, np.array([each.step for each in traits])[of])
            odd |= np.array([each.is_level for each in traits])[of] & self._jumps(facts, held, traits)
        return np.asarray(odd, dtype=bool)

    def _jumps(self, facts: _Stretch, held: _Stretch, traits: list[_Traits]) -> NDArray[np.bool_]:
        if self._batch.settings.unit_jump == "off":
            return np.zeros(len(facts.code), dtype=bool)
        stored, before = held.at(facts.code), held.at(facts.code - MONTHS_PER_YEAR)
        before = np.where(np.isnan(before), facts.at(facts.code - MONTHS_PER_YEAR), before)
        news = ~np.isnan(facts.value) & (facts.value != stored)
        self._count(facts, news & ~np.isnan(before), traits)
        tolerance = math.log10(1 + self._batch.settings.unit_jump_tolerance)
        powers = _may_be_powers(facts.value, before, tolerance) | _may_be_powers(facts.value, stored, tolerance)
        return np.asarray(news & powers, dtype=bool)

    def _count(self, facts: _Stretch, compared: NDArray[np.bool_], traits: list[_Traits]) -> None:
        blocks = list(dict.fromkeys(each.block for each in traits if each.is_level and not each.careful))
        numbers = {block: number for number, block in enumerate(blocks)}
        of_series = np.array(
            [numbers.get(each.block, -1) if each.is_level and not each.careful else -1 for each in traits]
        )
        of_fact = of_series[facts.number]
        chosen = compared & (of_fact >= 0)
        codes, counts = np.unique(of_fact[chosen] * _SPAN + facts.period[chosen], return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            periods = self._compared.setdefault(blocks[code // _SPAN], {})
            periods[code % _SPAN] = periods.get(code % _SPAN, 0) + count

    def _of(self, key: SeriesKey) -> _Traits:
        about = key.indicator, key.measure, key.accumulation, key.frequency, key.flow
        if about not in self._traits:
            self._traits[about] = self._find(key)
        return self._traits[about]

    def _find(self, key: SeriesKey) -> _Traits:
        indicator = self._batch.catalogue.indicators.get(key.indicator)
        block = key.indicator, key.accumulation, key.flow
        if indicator is None:  # the codes are wrong; nothing else is looked at
            return _Traits(block, False, False, False, -math.inf, math.inf, _SPAN, 0, 1)
        series = Series(key, indicator, {})
        bounds = bounds_of(series, self._batch)
        return _Traits(
            block=block,
            is_level=series.is_level,
            rises=only_rises(series),
            careful=series.is_daily,
            least=max((each.minimum for each in bounds if each.minimum is not None), default=-math.inf),
            greatest=min((each.maximum for each in bounds if each.maximum is not None), default=math.inf),
            last=self._last_over(key.frequency),
            begins=2 if key.frequency == "Q" else int(indicator.combined_january_february),
            step=3 if key.frequency == "Q" else 1,
        )

    def _last_over(self, frequency: str) -> int:
        today = self._batch.today
        period = today.toordinal() if frequency == "D" else today.year * MONTHS_PER_YEAR + today.month - 1
        return period if period_end(frequency, period) <= today else period - 1


@dataclass(frozen=True)
class _Stretch:
    """Facts of some series by series and period, each once: the first of the file."""

    number: Whole  # of the series, in the stretch
    period: Whole
    value: Real

    @classmethod
    def of(cls, number: Whole, period: Whole, value: Real) -> _Stretch:
        """Sort facts, and leave out what stands there twice."""
        code = number * _SPAN + period
        if len(code) and not bool(np.all(code[1:] > code[:-1])):
            order = np.argsort(code, kind="stable")
            code = code[order]
            first = np.concatenate(([True], code[1:] != code[:-1]))
            order = order[first]
            number, period, value = number[order], period[order], value[order]
        return cls(number, period, value)

    @cached_property
    def code(self) -> Whole:
        """One number for series and period, rising."""
        return self.number * _SPAN + self.period

    def at(self, codes: Whole) -> Real:
        """Return the values at these codes; NaN where there is none."""
        if not len(self.code):
            return np.full(len(codes), np.nan)
        place = np.minimum(np.searchsorted(self.code, codes), len(self.code) - 1)
        return np.where(self.code[place] == codes, self.value[place], np.nan)

    def may_fall(self, begins: Whole, step: Whole) -> NDArray[np.bool_]:
        """Tell where a value is below that of the slot before in its year, or where that one is not here."""
        followed = (np.roll(self.number, 1) == self.number) & (self.period - np.roll(self.period, 1) == step)
        followed[:1] = False
        is_first = self.period % MONTHS_PER_YEAR == begins
        return np.asarray(~is_first & ~(followed & (self.value >= np.roll(self.value, 1))), dtype=bool)


def _may_be_powers(value: Real, before: Real, tolerance: float) -> NDArray[np.bool_]:
    """Tell where ``power_of_ten`` may find one."""
    decades = np.log10(np.abs(value)) - np.log10(np.abs(before))
    grown = (decades >= math.log10(LEAST_RATIO) + _LOOSE) & (decades <= math.log10(GREATEST_RATIO) - _LOOSE)
    near = np.abs(decades - np.round(decades)) <= tolerance + _LOOSE
    far = np.abs(decades) >= NO_GROWTH_DECADES - _LOOSE
    alike = (value != 0) & (before != 0) & ((value < 0) == (before < 0)) & ~np.isnan(before)
    return np.asarray(alike & ~grown & (near | far), dtype=bool)


def related(batch: Batch, keys: Mapping[int, SeriesKey]) -> dict[int, set[int]]:
    """Return the series that must be looked at because of others in the file, with those others.

    They are amounts with a published growth beside them, and totals whose parts are all there.
    """
    found: dict[int, set[int]] = {}
    grown = {key.indicator for key in keys.values() if key.measure == "yoy"}
    splits: dict[str, list[Split]] = {}
    for series_id, key in keys.items():
        indicator = batch.catalogue.indicators.get(key.indicator)
        if indicator is None or key.measure != "level":
            continue
        if key.indicator in grown:
            series = Series(key, indicator, {})
            if series.is_level and series.growth_id in keys:
                found.setdefault(series_id, set()).add(series.growth_id)
        if key.indicator not in splits:
            splits[key.indicator] = splits_in_file(indicator, batch) if batch.settings.totals != "off" else []
        for split in splits[key.indicator]:
            if getattr(key, split.dimension) == split.total:
                parts = key.ids_with(split.dimension, split.parts)
                if all(part in keys for part in parts):
                    found.setdefault(series_id, set()).update(parts)
    return found


def with_facts_of_file(batch: Batch, keys: Mapping[int, SeriesKey], facts: int) -> Batch:
    """Return the batch with what the whole file has."""
    of_indicator: dict[str, list[SeriesKey]] = {}
    for key in keys.values():
        of_indicator.setdefault(key.indicator, []).append(key)
    present: dict[tuple[str, str], set[str]] = {
        (code, dimension): {getattr(key, dimension) for key in its}
        for code, its in of_indicator.items()
        if code in batch.catalogue.indicators
        for dimension in DIMENSIONS
    }
    return replace(batch, codes_of_file=present, facts_of_file=facts)
