"""What a reader knows of the simulated source at some time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.facts import Load, SeriesKey

Cells = dict[tuple[SeriesKey, int], int]


def known(loads: Iterable[Load], real: Mapping[SeriesKey, Mapping[int, float]]) -> Cells:
    """Return the newest value of every cell in units of its last decimal; real values win."""
    cells: Cells = {}
    decimals: dict[SeriesKey, int] = {}
    for load in loads:
        for fact in load.facts:
            decimals[fact.key] = fact.decimals
            cells[fact.key, fact.period] = round(fact.value * 10**fact.decimals)
    for key, figures in real.items():
        if key in decimals:
            cells |= {(key, period): round(value * 10 ** decimals[key]) for period, value in figures.items()}
    return cells
