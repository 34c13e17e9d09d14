"""Whole numbers of the last decimal that still add up: the largest-remainder method."""

from __future__ import annotations

import numpy as np

from data.simulation.slots import Booleans, Floats, Integers


def to_units(value: float, decimals: int) -> int:
    """Return a value as whole units of its last decimal; ``ValueError`` if it has more decimals than that."""
    units: int = round(value * 10**decimals)
    if abs(units - value * 10**decimals) > 1e-6 * max(1.0, abs(units)):
        raise ValueError(f"{value!r} has more than {decimals} decimals")
    return units


def largest_remainder(values: Floats, totals: Integers, fixed: dict[tuple[int, int], int] | None = None) -> Integers:
    """Return whole numbers near ``values`` (parts × slots) whose columns add up to ``totals`` (slots).

    ``fixed`` holds cells (part, slot) that must be a given number. A column in which every cell is fixed is left as
    it is, whether or not it adds up: published figures are not ours to mend.
    """
    fixed = fixed or {}
    free = np.ones(values.shape, dtype=bool)
    held = np.zeros(values.shape, dtype=np.int64)
    for cell, number in fixed.items():
        free[cell], held[cell] = False, number
    left = totals - held.sum(axis=0)
    wanted = np.where(free, values, 0.0)
    wanted += np.where(free, _spread(wanted, free, left), 0.0)
    floors = np.floor(wanted).astype(np.int64)
    short = left - floors.sum(axis=0)
    remainder = np.where(free, wanted - floors, -1.0)
    rank = np.argsort(np.argsort(-remainder, axis=0, kind="stable"), axis=0, kind="stable")
    return np.where(free, floors + (rank < short), held)


def _spread(wanted: Floats, free: Booleans, left: Integers) -> Floats:
    """Return what each free cell must take of the difference, in proportion to its size."""
    size = np.where(free, np.abs(wanted), 0.0)
    total = size.sum(axis=0)
    even = free / np.maximum(free.sum(axis=0), 1)
    share = np.where(total > 0, size / np.where(total > 0, total, 1.0), even)
    spread: Floats = share * (left - wanted.sum(axis=0))
    return spread
