"""Take a load back: ``python -m data.withdraw LOAD_ID --reason "…"`` (L-18).

The state before it returns: where the load's value is the one held, the value that stands next in the history takes
its place again, or none. Where a later load has already replaced it, that later value stays; only what the load still
holds is given back. What a later load said again, value for value, stays too, as a value of that load.

Nothing is deleted: the withdrawn values stay in the history, the ledger says when, by whom and why, and a ledger row
of its own (kind ``withdrawal``) says what was given back. What was known on a day no longer counts them. The file is
not loaded again by itself; ``python -m data.replay LOAD_ID`` does it on purpose, or the drop folder.

A load that goes on is waited for, a minute at most (``data.by_hand``). Exit codes: 0 withdrawn, or withdrawn before;
2 refused, with the reason; 4 another process was loading all the time.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, union, update

from data import schema
from data.by_hand import BUSY, alone
from data.confirmations import uphold_without
from data.dialects import WarehouseUnavailableError
from data.failpoints import checkpoint
from data.leases import LeaseBusyError, LeaseLostError
from data.revision_counts import CHUNK, recount
from data.settings import SettingsError, load_settings
from data.succession import give_back, take_away
from data.vintages import WITHDRAWN
from data.warehouse import Warehouse

KIND = "withdrawal"
SMALLEST_REASON = 4


class WithdrawalRefusedError(ValueError):
    """A load cannot be withdrawn; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal did: how many values were taken away, and for how many of them an earlier one returned.

    ``state`` is ``unchanged`` where the load was withdrawn before.
    """

    load_id: int
    file_name: str
    state: str
    taken: int = 0
    restored: int = 0


def withdraw(warehouse: Warehouse, load_id: int, reason: str, author: str) -> Withdrawal:
    """Withdraw a stored load in one transaction. Raises ``WithdrawalRefusedError``."""
    if len(reason.strip()) < SMALLEST_REASON:
        raise WithdrawalRefusedError("say why the load is withdrawn, in words that are understood in a year")
    ledger = _ledger_row(warehouse, load_id)
    if ledger.state == WITHDRAWN:
        return Withdrawal(load_id, ledger.file_name, "unchanged")
    with warehouse.changing() as (connection, now):
        if _lock_state(connection, load_id) == WITHDRAWN:  # by another writer, while this one waited
            return Withdrawal(load_id, ledger.file_name, "unchanged")
        done = _withdraw(connection, ledger, reason.strip(), author, now)
        checkpoint("withdrawal recorded")
    checkpoint("withdrawal committed")
    return done


def _ledger_row(warehouse: Warehouse, load_id: int) -> Row[Any]:
    with warehouse.connected() as connection:
        row = connection.execute(select(schema.load).where(schema.load.c.load_id == load_id)).first()
    if row is None:
        raise WithdrawalRefusedError(f"there is no load {load_id}; python -m data.ledger lists them")
    if row.state not in ("done", WITHDRAWN):
        raise WithdrawalRefusedError(f"load {load_id} was not stored (it is {row.state}), so nothing can be withdrawn")
    if row.kind == KIND:
        raise WithdrawalRefusedError(f"load {load_id} is a withdrawal itself; load the file again with data.replay")
    return row


def _lock_state(connection: Connection, load_id: int) -> str:
    return str(connection.execute(select(schema.load.c.state).where(schema.load.c.load_id == load_id)).scalar_one())


def _withdraw(connection: Connection, ledger: Row[Any], reason: str, author: str, now: datetime) -> Withdrawal:
    number = _open_ledger_row(connection, ledger, reason, author, now)
    checkpoint("withdrawal opened")
    _mark(connection, ledger.load_id, reason, author, now)
    checkpoint("load marked as withdrawn")
    taken = restored = 0
    for series_ids in _chunks(_series_of(connection, ledger.load_id)):
        held = schema.observation.c
        own = and_(held.series_id.in_(series_ids), held.load_id == ledger.load_id)
        taken += take_away(connection, own, number, now)
        checkpoint("withdrawn values moved to history")
        uphold_without(connection, series_ids, ledger.load_id, number, now)
        restored += give_back(connection, series_ids, number, now)
        checkpoint("values given back")
        recount(connection, series_ids)
    checkpoint("revisions counted")
    counts = {"rows_read": taken, "rows_revised": restored}
    closing = update(schema.load).where(schema.load.c.load_id == number)
    connection.execute(closing.values(state="done", finished_at=now, **counts))
    return Withdrawal(ledger.load_id, ledger.file_name, WITHDRAWN, taken, restored)


def _open_ledger_row(connection: Connection, ledger: Row[Any], reason: str, author: str, now: datetime) -> int:
    row = {
        "source_code": ledger.source_code,
        "file_name": f"load {ledger.load_id}: {ledger.file_name}",
        "sha256": "",
        "reading": "",
        "size_bytes": 0,
        "vintage": ledger.vintage,
        "kind": KIND,
        "state": "running",
        "started_at": now,
        "note": f"{reason} ({author})",
    }
    return int(connection.execute(insert(schema.load).values(row).returning(schema.load.c.load_id)).scalar_one())


def _mark(connection: Connection, load_id: int, reason: str, author: str, now: datetime) -> None:
    said = {"state": WITHDRAWN, "withdrawn_at": now, "withdrawn_by": author, "withdrawn_because": reason}
    connection.execute(update(schema.load).where(schema.load.c.load_id == load_id).values(said))


def _series_of(connection: Connection, load_id: int) -> list[int]:
    """Return the series a load gave values of, whether they are held still or superseded."""
    tables = (schema.observation, schema.observation_history)
    both = union(*(select(table.c.series_id).where(table.c.load_id == load_id) for table in tables)).subquery()
    return list(connection.execute(select(both.c.series_id).order_by(both.c.series_id)).scalars())


def _chunks(series_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (series_ids[start : start + CHUNK] for start in range(0, len(series_ids), CHUNK))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data.withdraw", description="take a load back")
    parser.add_argument("load", type=int, help="number of the load, as python -m data.ledger shows it")
    parser.add_argument("--reason", required=True, help="why it is taken back; kept in the ledger")
    parser.add_argument("--by", default=getpass.getuser(), help="who decided so (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        with alone(load_settings()) as warehouse:
            done = withdraw(warehouse, asked.load, asked.reason, asked.by)
    except LeaseBusyError as error:
        sys.stderr.write(f"{error}\n")
        return BUSY
    except (SettingsError, WarehouseUnavailableError, LeaseLostError, WithdrawalRefusedError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(_said(done))
    return 0


def _said(done: Withdrawal) -> str:
    if done.state == "unchanged":
        return f"load {done.load_id} ({done.file_name}) was withdrawn before; nothing changed\n"
    gone = done.taken - done.restored
    return (
        f"load {done.load_id} ({done.file_name}) is withdrawn: {done.restored} earlier values returned, "
        f"{gone} cells have no value any more\n"
    )


if __name__ == "__main__":
    sys.exit(main())
