"""Which cells would give a single firm away (domain rules, section 8).

The rules run on the server where the contributors are known; only the answer leaves it. What is unsafe shows ×,
and so does everything it could be worked out from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True)
class SafetyRules:
    """Parameters of the three rules; they stay on the server.

    ``smallest_count`` contributors at least; the largest two at most ``dominance_percent`` of the total; the
    remainder beside the largest two at least ``p_percent`` of the largest.
    """

    smallest_count: int = 3
    dominance_percent: float = 85.0
    p_percent: float = 10.0


@dataclass(frozen=True)
class Contributors:
    """How many make a cell and how large the largest two are, in the unit of ``total``."""

    count: int
    total: float
    largest: float
    second: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Contributors:
        """Count contributors; the size of one is its absolute value, because a loss gives it away as well."""
        sizes = sorted((abs(value) for value in values), reverse=True)
        largest, second = (*sizes, 0.0, 0.0)[:2]
        return cls(len(sizes), sum(sizes), largest, second)


def is_unsafe(cell: Contributors, rules: SafetyRules) -> bool:
    """Tell whether a cell must show ×: too few, two dominate, or the p % rule fails."""
    if cell.count < rules.smallest_count:
        return True
    largest_two = cell.largest + cell.second
    dominated = 100 * largest_two > rules.dominance_percent * cell.total
    remainder = cell.total - largest_two
    return dominated or 100 * remainder < rules.p_percent * cell.largest


def with_complements(parts: Mapping[str, float], unsafe: AbstractSet[str], *, total_shown: bool) -> frozenset[str]:
    """Return what an additive row must hide: the unsafe parts and, if only one is, the smallest safe one with it.

    Total minus the other parts would give a lone hidden part back. ``KeyError`` if an unsafe part is not in the row.
    """
    missing = unsafe - parts.keys()
    if missing:
        raise KeyError(f"not parts of the row: {sorted(missing)}")
    safe = [part for part in parts if part not in unsafe]
    if not total_shown or len(unsafe) != 1 or not safe:
        return frozenset(unsafe)
    return frozenset(unsafe) | {min(safe, key=lambda part: abs(parts[part]))}
