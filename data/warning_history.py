"""Which warnings held in each of the last months, from the figures as they are known now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data import periods
from data.periods import Frequency
from data.warning_evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from data.catalogue import Catalogue
    from data.queries import Frame
    from data.warning_evaluation import Warned

MONTHS_BACK = 12


def held_by_month(frame: Frame, catalogue: Catalogue, today: date) -> Mapping[int, list[Warned]]:
    """Return what held when each of the last twelve months was the newest; nothing without monthly figures."""
    months = [cells[-1].period for key, cells in frame.cells.items() if key.frequency == Frequency.MONTHLY and cells]
    if not months:
        return {}
    shown = periods.window(Frequency.MONTHLY, max(months), MONTHS_BACK)
    return {month: _held_in(frame, catalogue, month, today) for month in shown}


def _held_in(frame: Frame, catalogue: Catalogue, month: int, today: date) -> list[Warned]:
    cells = {
        key: kept
        for key, series in frame.cells.items()
        if (kept := tuple(cell for cell in series if _is_by(key.frequency, cell.period, month)))
    }
    return evaluate(replace(frame, cells=cells), catalogue, today, month)


def _is_by(frequency: str, period: int, month: int) -> bool:
    last = periods.period_end(Frequency.MONTHLY, month).toordinal() if frequency == Frequency.DAILY else month
    return period <= last
