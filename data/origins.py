"""Where stored figures come from, beyond their load: what was counted, what the checks said, what was revised.

Questions for the drawer behind a panel and for exported files. Nothing confidential leaves here: a revision of a
series that is hidden today, or was hidden then, has no figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from data import schema
from data.queries import CONFIDENTIAL, Reader

MOST_FINDINGS = 200
MOST_REVISIONS = 400
HISTORY = schema.observation_history.c


class Counted(NamedTuple):
    """What became of the rows of one load."""

    load_id: int
    rows_read: int
    rows_new: int
    rows_revised: int
    rows_unchanged: int
    rows_rejected: int


class Remark(NamedTuple):
    """One thing a check said about a load."""

    load_id: int
    check_code: str
    severity: str
    place: str
    reason_zh: str
    reason_en: str


class Revision(NamedTuple):
    """One figure that was replaced: what it was, what it became, and when that was known.

    ``None`` is a period without a figure; of a ``hidden`` one (confidential then or now) nothing is told.
    """

    series_id: int
    period: int
    before: float | None
    after: float | None
    decimals: int | None
    known_to: datetime
    vintage: date
    hidden: bool


def counted(warehouse: Reader, load_ids: Iterable[int]) -> list[Counted]:
    """Return what became of the rows of each load, the latest load first."""
    ids = sorted(load_ids)
    if not ids:
        return []
    columns = [schema.load.c[name] for name in Counted._fields]
    asked = select(*columns).where(schema.load.c.load_id.in_(ids)).order_by(schema.load.c.load_id.desc())
    return [Counted._make(row) for row in warehouse.read(asked)]


def remarks(warehouse: Reader, load_ids: Iterable[int]) -> list[Remark]:
    """Return what the checks said about the loads, at most ``MOST_FINDINGS``."""
    ids = sorted(load_ids)
    if not ids:
        return []
    finding = schema.finding.c
    columns = [finding[name] for name in Remark._fields]
    order = (finding.load_id.desc(), finding.finding_number)
    asked = select(*columns).where(finding.load_id.in_(ids)).order_by(*order).limit(MOST_FINDINGS)
    return [Remark._make(row) for row in warehouse.read(asked)]


def revisions(warehouse: Reader, series_ids: Iterable[int], simulated: bool) -> list[Revision]:
    """Return the replaced figures of the series, the latest first, at most ``MOST_REVISIONS``."""
    ids = sorted(set(series_ids))
    if not ids:
        return []
    replaced = warehouse.read(_replaced(ids, simulated))
    now = warehouse.read(_current(ids, {row.period for row in replaced})) if replaced else []
    known = {(row.series_id, row.period, row.known_from): row for row in [*replaced, *now]}
    found = []
    for row in replaced:
        after = known.get((row.series_id, row.period, row.known_to))
        if after is not None:
            found.append(_revision(row, after))
    return found


def _replaced(ids: Sequence[int], simulated: bool) -> Select[Any]:
    names = ("series_id", "period", "value", "decimals", "conf_status", "vintage", "known_from", "known_to")
    conditions = [HISTORY.series_id.in_(ids), *([] if simulated else [HISTORY.simulated.is_(False)])]
    order = (HISTORY.known_to.desc(), HISTORY.period.desc(), HISTORY.series_id)
    return select(*(HISTORY[name] for name in names)).where(*conditions).order_by(*order).limit(MOST_REVISIONS)


def _current(ids: Sequence[int], periods: Iterable[int]) -> Select[Any]:
    now = schema.observation.c
    names = ("series_id", "period", "value", "decimals", "conf_status", "vintage", "known_from")
    return select(*(now[name] for name in names)).where(now.series_id.in_(ids), now.period.in_(sorted(periods)))


def _revision(row: Any, after: Any) -> Revision:  # noqa: ANN401 - rows of the two tables
    hidden = row.conf_status in CONFIDENTIAL or after.conf_status in CONFIDENTIAL
    before, now = (None, None) if hidden else (row.value, after.value)
    decimals = after.decimals if row.decimals is None else row.decimals
    return Revision(row.series_id, row.period, before, now, decimals, row.known_to, after.vintage, hidden)
