"""What the warehouse holds that a file is checked against: stored values, and the size of the file before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from data import schema
from data.catalogue import Catalogue
from data.check_batch import DAYS_NEAR, DAYS_PER_YEAR, Batch, Identity
from data.check_settings import Checks
from data.facts import Fact, Load
from data.periods import MONTHS_PER_YEAR, Frequency
from data.warehouse import Warehouse

CHUNK = 500  # series asked for in one statement
REMEMBERED = 200  # loads of a source looked through for the file before
_DIGITS = re.compile(r"\d+")


def batch_of(
    load: Load,
    facts: Sequence[Fact],
    cells_read: int,
    settings: Checks,
    catalogue: Catalogue,
    warehouse: Warehouse,
    today: date,
) -> Batch:
    """Return what is checked: the facts of a load beside what the warehouse holds of their series."""
    batch = Batch(catalogue, facts, today, settings, load.rejects, cells_read, load.rows_read)
    return replace(batch, held=held_values(warehouse, facts), last_rows=last_rows(warehouse, load))


def held_values(warehouse: Warehouse, facts: Iterable[Fact]) -> dict[Identity, float]:
    """Return the real values stored of the series of ``facts``, over their periods and the year before."""
    held: dict[Identity, float] = {}
    now = schema.observation.c
    with warehouse.connected() as connection:
        for series_ids, first, last in _stretches(facts):
            statement = select(now.series_id, now.period, now.value).where(
                now.series_id.in_(series_ids),
                now.period.between(first, last),
                now.simulated.is_(False),
                now.value.is_not(None),
            )
            held.update(((series_id, period), value) for series_id, period, value in connection.execute(statement))
    return held


def _stretches(facts: Iterable[Fact]) -> Iterator[tuple[list[int], int, int]]:
    """Give series in chunks with the first and last period to ask for; days are numbered otherwise than months."""
    spans: dict[bool, dict[int, tuple[int, int]]] = {True: {}, False: {}}
    for fact in facts:
        of_kind = spans[fact.key.frequency == Frequency.DAILY]
        first, last = of_kind.get(fact.key.series_id, (fact.period, fact.period))
        of_kind[fact.key.series_id] = min(first, fact.period), max(last, fact.period)
    for daily, of_kind in spans.items():
        before = DAYS_PER_YEAR + DAYS_NEAR if daily else MONTHS_PER_YEAR
        series = list(of_kind)
        for start in range(0, len(series), CHUNK):
            chunk = series[start : start + CHUNK]
            yield chunk, min(of_kind[each][0] for each in chunk) - before, max(of_kind[each][1] for each in chunk)


def last_rows(warehouse: Warehouse, load: Load) -> int | None:
    """Return how many rows the file before this one had; ``None`` if there was none of its kind.

    A file whose name differs by nothing but digits is of its kind, in an edition not newer than this one.
    """
    ledger = schema.load.c
    statement = (
        select(ledger.file_name, ledger.rows_read)
        .where(
            ledger.source_code == load.source,
            ledger.state == "done",
            ledger.sha256 != load.sha256,
            ledger.vintage <= load.vintage,
        )
        .order_by(ledger.load_id.desc())
        .limit(REMEMBERED)
    )
    with warehouse.connected() as connection:
        for file_name, rows in connection.execute(statement):
            if edition_stem(file_name) == edition_stem(load.file_name):
                return int(rows)
    return None


def edition_stem(file_name: str) -> str:
    """Return a file name without what changes from edition to edition: its digits."""
    return _DIGITS.sub("", file_name)
