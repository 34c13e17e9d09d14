"""Loads as a publisher's half-years would bring them: what was released, and what was revised, in each half-year.

An edition that is over never changes, whatever day the simulation runs on, so loading it again changes nothing. Its
bytes (and SHA-256) are the canonical list of its facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from data.facts import Fact, Load
from data.periods import MONTHS_PER_YEAR, month_period, period_end, release_day
from data.simulation.setting import Made, Published

SOURCE = "simulated"
PROVISIONAL, FINAL = "P", "A"
Edition = tuple[int, int]


def edition_of(day: date) -> Edition:
    """Return year and half-year of a day."""
    return day.year, 1 if day.month <= MONTHS_PER_YEAR // 2 else 2


class Editions:
    """Sorts facts into half-yearly loads, up to today."""

    def __init__(self, published: Published, today: date, file_name: str = "simulated.toml") -> None:
        self.published, self.today, self.file_name = published, today, file_name
        self._facts: dict[Edition, list[Fact]] = {}
        self._lines: dict[Edition, list[str]] = {}
        self._latest: dict[Edition, date] = {}
        self._days: dict[tuple[str, int, int], date] = {}

    def add(self, made: Iterable[Made]) -> None:
        """Put every released value of the series into its edition; published cells are left to the real source."""
        for series in made:
            self._add(series)

    def _add(self, series: Made) -> None:
        real: Mapping[int, float] = self.published.get(series.key, {})
        place = f"{self.file_name} [{series.key.indicator}]"
        first = series.units if series.first_units is None else series.first_units
        revised = np.zeros(len(series.units), dtype=bool) if series.revised is None else series.revised
        rows = zip(
            series.periods.tolist(),
            series.units.tolist(),
            first.tolist(),
            revised.tolist(),
            series.known.tolist(),
            strict=True,
        )
        for period, final, early, is_revised, known in rows:
            released = self._release(series.key.frequency, period, series.release_lag_days)
            if released > self.today:
                break
            if not known or period in real:
                continue
            if not is_revised:
                self._put(series, period, final, released, place, FINAL)
                continue
            self._put(series, period, early, released, place, PROVISIONAL)
            day = self._revision_day(series, period)
            if day <= self.today:
                self._put(series, period, final, day, place, FINAL)

    def _release(self, frequency: str, period: int, lag_days: int) -> date:
        known = (frequency, period, lag_days)
        if known not in self._days:
            self._days[known] = release_day(frequency, period, lag_days)
        return self._days[known]

    def _revision_day(self, series: Made, period: int) -> date:
        """Return the day a whole year's figures become final: months after its last release."""
        december = month_period(period // MONTHS_PER_YEAR, MONTHS_PER_YEAR)
        later = self._release(series.key.frequency, december + series.revision_months, series.release_lag_days)
        return later if series.key.frequency == "M" else period_end("M", december + series.revision_months)

    def _put(self, series: Made, period: int, units: int, day: date, place: str, status: str) -> None:
        edition = edition_of(day)
        value = units / 10**series.decimals
        fact = Fact(series.key, period, value, series.unit, place, "", series.decimals, status)
        self._facts.setdefault(edition, []).append(fact)
        line = f"{series.key.series_id},{period},{units},{series.decimals},{status}\n"
        self._lines.setdefault(edition, []).append(line)
        self._latest[edition] = max(self._latest.get(edition, day), day)

    def loads(self) -> list[Load]:
        """Return the editions in order of time."""
        return [self._load(edition) for edition in sorted(self._facts)]

    def _load(self, edition: Edition) -> Load:
        content = "".join(self._lines[edition]).encode()
        facts = self._facts[edition]
        year, half = edition
        return Load(
            source=SOURCE,
            file_name=f"simulated-{year}H{half}",
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            vintage=self._latest[edition],
            facts=facts,
            rows_read=len(facts),
            kind="release",
        )
