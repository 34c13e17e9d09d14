"""What every kind of series needs while it is made: the catalogue, the published figures, the slots and the seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from data.catalogue import Catalogue, Indicator
from data.facts import SeriesKey
from data.simulation.slots import Booleans, Floats, Integers, Slots, slots_between
from data.simulation.spec import Series, SimulationError, SimulationSpec, Term

Published = Mapping[SeriesKey, Mapping[int, float]]
GROWTH_DECIMALS = 1
HORIZON_STEP_YEARS = 20


@dataclass(frozen=True)
class Made:
    """One simulated series: ``units`` are whole units of the last decimal, ``known`` tells where there is a value.

    ``first_units`` are the figures first published and ``revised`` tells in which slots final ones replaced them
    ``revision_months`` after December's release; both are None for a series that is never revised.
    """

    key: SeriesKey
    unit: str
    release_lag_days: int
    periods: Integers
    units: Integers
    known: Booleans
    decimals: int
    first_units: Integers | None = None
    revised: Booleans | None = None
    revision_months: int = 0

    @property
    def values(self) -> Floats:
        """The values in the series' unit."""
        values: Floats = self.units / 10**self.decimals
        return values


@dataclass
class Setting:
    """The stage: what is declared, what is published, and what has been made so far (累计 levels by key)."""

    catalogue: Catalogue
    spec: SimulationSpec
    published: Published
    seed: int
    last_year: int
    levels: dict[SeriesKey, tuple[Slots, Floats]] = field(default_factory=dict)

    def indicator(self, entry: Series | Term) -> Indicator:
        """Return the catalogue's indicator of an entry."""
        try:
            return self.catalogue.indicators[entry.indicator]
        except KeyError:
            raise SimulationError(f"{entry.indicator}: the catalogue has no such indicator") from None

    def slots(self, indicator: Indicator) -> Slots:
        """Return the slots of an indicator, from a year before the first published one to the horizon."""
        combined = indicator.combined_january_february and "P" not in indicator.accumulations
        return slots_between(indicator.frequency, combined, self.spec.simulation.first_year - 1, self.last_year)

    def key(
        self, entry: Series | Term, dimensions: Mapping[str, str], accumulation: str, measure: str = "level"
    ) -> SeriesKey:
        """Return the key of one series of an entry."""
        indicator = self.indicator(entry)
        return indicator.key(entry.region or None, accumulation, measure, **dimensions)

    def published_at(self, key: SeriesKey, slots: Slots) -> dict[int, float]:
        """Return the published figures of a series by slot position."""
        figures = self.published.get(key, {})
        return {slots.index[period]: value for period, value in figures.items() if period in slots.index}

    def level_of(self, term: Term) -> tuple[Slots, Floats]:
        """Return the running totals of a series made before; ``SimulationError`` if there is none."""
        indicator = self.indicator(term)
        key = indicator.key(term.region or None, indicator.main_accumulation, **term.dimensions)
        if key not in self.levels:
            raise SimulationError(f"{term.indicator} {term.region} {term.dimensions}: nothing made it before")
        return self.levels[key]


def plain(key: SeriesKey, units: Integers, setting: Setting, slots: Slots) -> Made:
    """Return whole numbers as a series without revisions, from the first published year on."""
    indicator = setting.catalogue.indicators[key.indicator]
    known = np.arange(len(slots)) >= slots.per_year
    return Made(key, indicator.unit, indicator.release_lag_days, slots.periods, units, known, indicator.decimals)


def flow_accumulation(indicator: Indicator) -> str:
    """Return the accumulation a flow is benchmarked in: 累计 where it has one, else 当期 (annual figures)."""
    return "Y" if "Y" in indicator.accumulations else "S"
