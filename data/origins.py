"""Where stored figures come from, beyond their load: what was counted, what the checks said, what was revised.

Questions for the drawer behind a panel and for exported files. Nothing confidential leaves here: a revision of a
series that is hidden today, or was hidden then, has no figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from data import schema
from data.facts import SeriesKey
from data.queries import CONFIDENTIAL, Reader
from data.revision_history import Revision, revisions_of

MOST_FINDINGS = 200


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


class Change(NamedTuple):
    """One figure that was replaced: what it was, what it became, with which vintage, and why.

    ``None`` is a period without a figure; of a ``hidden`` one (confidential then or now) nothing is told.
    """

    series_id: int
    period: int
    before: float | None
    after: float | None
    decimals: int | None
    vintage: date
    hidden: bool
    is_correction: bool
    note: str


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


def changes(warehouse: Reader, keys: Iterable[SeriesKey], simulated: bool, as_of: date | None = None) -> list[Change]:
    """Return the replaced figures of the series, the latest first; with ``as_of`` what was known by then."""
    found = [
        _change(key, each)
        for key in keys
        for each in revisions_of(warehouse, key, simulated=simulated)
        if each.is_change and (as_of is None or each.new.vintage <= as_of)
    ]
    return sorted(found, key=lambda each: (each.vintage, each.period), reverse=True)


def _change(key: SeriesKey, each: Revision) -> Change:
    old, new = each.old, each.new
    hidden = bool({new.conf_status, old.conf_status if old else "F"} & CONFIDENTIAL)
    before, after = (None, None) if hidden else (old.value if old else None, new.value)
    is_correction = each.kind == "correction"
    return Change(
        key.series_id, each.period, before, after, new.decimals, new.vintage, hidden, is_correction, each.note
    )
