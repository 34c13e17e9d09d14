"""One file as the checks see it: its facts by series, what is held of them, and what its source declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from data.catalogue import Catalogue, Indicator
from data.catalogue.declared import DIMENSIONS
from data.check_settings import DEFAULT_CHECKS, Checks
from data.facts import Fact, Reject, SeriesKey
from data.periods import MONTHS_PER_YEAR, Frequency

Identity = tuple[int, int]  # series_id, period
DAYS_PER_YEAR = 365
DAYS_NEAR = 7  # a market may have been closed on the day itself


@dataclass(frozen=True)
class Series:
    """The facts of one series in the file, each period once (the first that stands there)."""

    key: SeriesKey
    indicator: Indicator
    facts: Mapping[int, Fact]

    @property
    def is_level(self) -> bool:
        """Whether the series holds amounts, whose ratio means growth."""
        return self.key.measure == "level" and self.indicator.value_kind not in ("rate", "share")

    @property
    def is_daily(self) -> bool:
        """Whether its periods are days, whose year before is the nearest day there is."""
        return self.key.frequency == Frequency.DAILY

    @cached_property
    def growth_id(self) -> int:
        """The series of the published growth beside this one."""
        return self.key.ids_with("measure", ("yoy",))[0]

    def decimals(self, fact: Fact) -> int:
        """Return the precision a fact was published with."""
        return self.indicator.decimals if fact.decimals is None else fact.decimals


@dataclass(frozen=True)
class Batch:
    """What is checked. ``held`` are the real values stored now, ``last_rows`` the rows of the file before this one."""

    catalogue: Catalogue
    facts: Sequence[Fact]
    today: date
    settings: Checks = DEFAULT_CHECKS
    rejects: Sequence[Reject] = ()
    cells_read: int = 0
    rows_read: int = 0
    last_rows: int | None = None
    held: Mapping[Identity, float] = field(default_factory=dict)
    # Of a long file the facts are looked at in parts; then these tell what the whole file has.
    looked_at: frozenset[int] | None = None  # the other series are here to be compared with
    codes_of_file: Mapping[tuple[str, str], set[str]] | None = None
    facts_of_file: int | None = None

    @property
    def fact_count(self) -> int:
        """How many facts the file has."""
        return len(self.facts) if self.facts_of_file is None else self.facts_of_file

    def examined(self) -> Iterator[Series]:
        """Give the series that are checked."""
        return (each for each in self.series.values() if self.looked_at is None or each.key.series_id in self.looked_at)

    @cached_property
    def series(self) -> Mapping[int, Series]:
        """The series of the file whose indicator the catalogue knows."""
        grouped: dict[int, dict[int, Fact]] = {}
        for fact in self.facts:
            grouped.setdefault(fact.key.series_id, {}).setdefault(fact.period, fact)
        known = self.catalogue.indicators
        found: dict[int, Series] = {}
        for series_id, facts in grouped.items():
            key = next(iter(facts.values())).key
            if key.indicator in known:
                found[series_id] = Series(key, known[key.indicator], facts)
        return found

    @cached_property
    def codes_present(self) -> Mapping[tuple[str, str], set[str]]:
        """The codes the file has of each indicator and dimension."""
        if self.codes_of_file is not None:
            return self.codes_of_file
        found: dict[tuple[str, str], set[str]] = {}
        for series in self.series.values():
            for dimension in DIMENSIONS:
                found.setdefault((series.key.indicator, dimension), set()).add(getattr(series.key, dimension))
        return found

    def values(self) -> Iterator[tuple[Series, Fact, float]]:
        """Give every checked fact that has a value, with its series."""
        for series in self.examined():
            for fact in series.facts.values():
                if fact.value is not None:
                    yield series, fact, fact.value

    def value(self, series_id: int, period: int) -> float | None:
        """Return a value of the file itself."""
        series = self.series.get(series_id)
        fact = series.facts.get(period) if series is not None else None
        return None if fact is None else fact.value

    def a_year_before(self, series: Series, period: int) -> float | None:
        """Return the value one year earlier: as held, else as the file has it."""
        series_id = series.key.series_id
        for earlier in _year_before(series.key.frequency, period):
            held = self.held.get((series_id, earlier))
            value = self.value(series_id, earlier) if held is None else held
            if value is not None:
                return value
        return None


def _year_before(frequency: str, period: int) -> range:
    if frequency == Frequency.DAILY:
        latest = period - DAYS_PER_YEAR
        return range(latest, latest - DAYS_NEAR, -1)
    return range(period - MONTHS_PER_YEAR, period - MONTHS_PER_YEAR - 1, -1)
