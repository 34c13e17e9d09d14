"""The smooth shape of a path before it meets its anchors: trend, season, shocks and noise."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from data.simulation.slots import MONTHS, Floats, Slots
from data.simulation.spec import ByYear, Changing

PERSISTENCE = 0.55
BURN_IN = 24


def generator(seed: int, *name: str) -> np.random.Generator:
    """Return the random numbers of one name: the same for the same seed and name, whatever else is simulated."""
    text = "\x1f".join([str(seed), *name])
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())))


def wandering(numbers: np.random.Generator, length: int, size: float) -> Floats:
    """Return noise with a memory (AR(1), standard deviation ``size``); longer noise begins with the shorter one."""
    shocks = numbers.standard_normal(length + BURN_IN) * size * np.sqrt(1 - PERSISTENCE**2)
    noise = np.empty(length + BURN_IN)
    state = 0.0
    for position, shock in enumerate(shocks.tolist()):
        state = PERSISTENCE * state + shock
        noise[position] = state
    return noise[BURN_IN:]


def changing(value: Changing, slots: Slots) -> Floats:
    """Return a number that may change over the years, at the middle of every slot's year (linear, flat outside)."""
    if isinstance(value, float | int):
        return np.full(len(slots), float(value))
    years = sorted(value)
    at = slots.ends / MONTHS + slots.first_year
    return np.interp(at, np.array(years) + 0.5, [value[year] for year in years])


def levels_for(levels: ByYear, first_year: int, last_year: int, trend_percent: float) -> Floats:
    """Return the annual level of every year: declared, geometric between declared years, by the trend outside."""
    years = np.arange(first_year, last_year + 1)
    declared = sorted(levels)
    known = np.log([levels[year] for year in declared])
    path = np.interp(years, declared, known)
    slope = np.log1p(trend_percent / 100)
    path += np.clip(years - declared[-1], 0, None) * slope - np.clip(declared[0] - years, 0, None) * slope
    return np.exp(path)


def monthly_trend(annual: Floats) -> Floats:
    """Return a monthly amount that grows smoothly through the middles of the years (annual level / 12 on average)."""
    middles = np.arange(len(annual)) * MONTHS + (MONTHS - 1) / 2
    months = np.arange(len(annual) * MONTHS)
    logs = np.log(annual / MONTHS)
    path = np.interp(months, middles, logs)
    head, tail = months < middles[0], months > middles[-1]
    path[head] += (months[head] - middles[0]) * (logs[1] - logs[0]) / MONTHS
    path[tail] += (months[tail] - middles[-1]) * (logs[-1] - logs[-2]) / MONTHS
    return np.exp(path)


def year_end_trend(levels: ByYear, slots: Slots, step: float, *, linear: bool) -> Floats:
    """Return a state that passes the declared value at each year's end, at the end of every slot."""
    declared = sorted(levels)
    values = np.array([levels[year] for year in declared])
    known = values if linear else np.log(values)
    slope = step if linear else np.log1p(step / 100)
    at = (slots.ends + 1) / MONTHS + slots.first_year - 1
    path = np.interp(at, declared, known)
    path += np.clip(at - declared[-1], 0, None) * slope - np.clip(declared[0] - at, 0, None) * slope
    return np.asarray(path if linear else np.exp(path), dtype=np.float64)


def season_of(shares: Sequence[float] | None, slots: Slots) -> Floats:
    """Return the monthly season, 1 on average, for every month of the years."""
    if not shares:
        return np.ones(slots.months)
    year = np.array(shares) / np.mean(shares)
    return np.tile(year, slots.months // MONTHS)


def shock_of(names: Sequence[str], shocks: Mapping[str, Mapping[int, float]], slots: Slots, neutral: float) -> Floats:
    """Return the monthly shocks: factors multiplied (``neutral`` 1) or percentage points added up (``neutral`` 0)."""
    path = np.full(slots.months, neutral)
    for name in names:
        for period, size in shocks[name].items():
            month = period - slots.first_year * MONTHS
            if 0 <= month < slots.months:
                path[month] = path[month] * size if neutral else path[month] + size
    return path
