"""Growth that would give a confidential level back is as confidential as that level (domain rules, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.facts import SeriesKey
    from data.queries import Cell

CONFIDENTIAL = frozenset({"N", "C"})
YEAR = 12
# The levels a rate of growth stands on, in months before its own period; two of them and the rate give the third.
STANDS_ON = {"yoy": (0, YEAR), "avg2": (0, YEAR, 2 * YEAR)}


def with_growth_concealed(cells: Mapping[SeriesKey, tuple[Cell, ...]]) -> dict[SeriesKey, tuple[Cell, ...]]:
    """Return the cells without the growth that stands on a confidential level among them."""
    hidden = {
        key: {cell.period: cell.conf_status for cell in series if cell.conf_status in CONFIDENTIAL}
        for key, series in cells.items()
        if key.measure == "level"
    }
    return {
        key: tuple(_concealed(cell, levels, STANDS_ON[key.measure]) for cell in series)
        if key.measure in STANDS_ON and (levels := hidden.get(key.with_(measure="level")))
        else series
        for key, series in cells.items()
    }


def _concealed(cell: Cell, levels: Mapping[int, str], steps: tuple[int, ...]) -> Cell:
    found = [status for step in steps if (status := levels.get(cell.period - step))]
    return concealed(cell, found[0]) if found else cell


def concealed(cell: Cell, conf_status: str) -> Cell:
    """Return a cell with nothing in it but that it is confidential."""
    return cell._replace(value=None, place="", note="", conf_status=conf_status)
