"""The slots of the years a path runs through, and which months lie in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from data.periods import month_of, slots_of_year

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Number = TypeVar("Number", np.float64, np.int64)
MONTHS = 12


@dataclass(frozen=True)
class Slots:
    """All slots of the years ``first_year`` to ``last_year`` of one frequency, 1–2月 combined or not."""

    frequency: str
    combined: bool
    first_year: int
    last_year: int

    @cached_property
    def periods(self) -> Integers:
        """The period of every slot, in order."""
        years = range(self.first_year, self.last_year + 1)
        listed = [slot for year in years for slot in slots_of_year(self.frequency, year, combined=self.combined)]
        return np.array(listed, dtype=np.int64)

    @cached_property
    def per_year(self) -> int:
        """How many slots a year has."""
        return len(slots_of_year(self.frequency, self.first_year, combined=self.combined))

    @cached_property
    def years(self) -> Integers:
        """The calendar year of every slot."""
        return self.periods // MONTHS

    @cached_property
    def ends(self) -> Integers:
        """The month number, from January of the first year, that every slot ends with."""
        return self.periods - self.first_year * MONTHS

    def __len__(self) -> int:
        return len(self.periods)

    @cached_property
    def index(self) -> dict[int, int]:
        """The position of every period."""
        return {int(period): position for position, period in enumerate(self.periods)}

    @property
    def months(self) -> int:
        """How many calendar months the years have."""
        return (self.last_year - self.first_year + 1) * MONTHS

    def add_months(self, monthly: Floats) -> Floats:
        """Return the sum of a monthly array over the months of each slot."""
        starts = np.concatenate([[0], self.ends[:-1] + 1])
        sums: Floats = np.add.reduceat(monthly, starts)
        return sums

    def mean_of_months(self, monthly: Floats) -> Floats:
        """Return the mean of a monthly array over the months of each slot."""
        return self.add_months(monthly) / self.add_months(np.ones(self.months))

    def to_date(self, amounts: NDArray[Number]) -> NDArray[Number]:
        """Return the running totals from January of amounts per slot (last axis)."""
        by_year = amounts.reshape(*amounts.shape[:-1], -1, self.per_year)
        return by_year.cumsum(axis=-1).reshape(amounts.shape)

    def single(self, totals: Integers) -> Integers:
        """Return the amounts of the slots from running totals."""
        by_year = totals.reshape(-1, self.per_year)
        single: Integers = np.diff(by_year, axis=1, prepend=0).reshape(-1)
        return single

    def year_before(self, values: Integers) -> Floats:
        """Return the value of the same slot a year before; NaN in the first year."""
        shifted = np.full(len(values), np.nan)
        shifted[self.per_year :] = values[: -self.per_year]
        return shifted


@lru_cache(maxsize=32)
def slots_between(frequency: str, combined: bool, first_year: int, last_year: int) -> Slots:
    """Return the slots of a stretch of years, each stretch once."""
    return Slots(frequency, combined, first_year, last_year)


def december(period: int) -> bool:
    """Tell whether a period ends its year."""
    return month_of(period) == MONTHS
