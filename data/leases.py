"""Who may do what only one process may do at a time: a lease with a fencing token, on either database.

A holder makes the row's ``beat`` grow; whoever sees row and beat unchanged for the time of the lease, by its own clock
that does not jump, takes it over with a higher ``token``. No clock of another machine is believed. A holder that
was stopped meanwhile cannot store anything any more: ``fence`` checks the token inside each of its transactions.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from data import schema
from data.dialects import Patience, WarehouseUnavailableError, end_sessions, name_session
from data.outages import Outage, outage_of
from data.warehouse import Warehouse, open_warehouse

LOADING = "loading"  # held by whoever loads, for as long as it loads
SCHEDULER = "scheduler"  # held by the one scheduler that starts runs
BEATS_PER_LEASE = 4
PATIENCE_MS = 2_000  # a statement about a lease waits no longer for a lock
# Whoever wants a lease asks again and again; a database that is away must not hold up the answer "not now".
HASTY = Patience(writer_s=PATIENCE_MS / 1000, away_s=0.0, connect_s=4, connections=2, more_connections=2)
UNAVAILABLE = (WarehouseUnavailableError, OperationalError)


class LeaseLostError(Exception):
    """Another process has taken over; nothing of this transaction is stored."""


class LeaseBusyError(Exception):
    """Another process holds the lease and did not give it back in time."""


@dataclass(frozen=True)
class _Seen:
    """The row as it was first seen like this, and when."""

    holder: str
    token: int
    beat: int
    at: float


class Lease:
    """A lease on a warehouse, to be taken by ``try_take`` or ``take`` and kept by a thread of its own."""

    def __init__(self, url: str, name: str, lease_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.name, self.lease_s = name, lease_s
        self.token = 0
        self.me = identity()
        self._clock = clock
        self._warehouse: Warehouse = open_warehouse(url, patience=HASTY)
        self._seen: _Seen | None = None
        self._outage: Outage | None = None
        self._believed_until = 0.0
        self._ended = threading.Event()
        self._keeper: threading.Thread | None = None

    # --- taking

    def take(self, patience_s: float, on_wait: Callable[[str], None] = lambda _holder: None) -> Self:
        """Wait for the lease; ``on_wait`` is told once who holds it.

        After ``patience_s`` raises ``LeaseBusyError``, or ``WarehouseUnavailableError`` if the database is away.
        """
        deadline, said = self._clock() + patience_s, False
        while not self.try_take():
            holder = self.holder()
            if holder and not said:
                on_wait(holder)
                said = True
            if self._clock() >= deadline:
                if self._outage is not None and self._outage.passing:
                    raise WarehouseUnavailableError(self._outage.words, self._outage)
                raise LeaseBusyError(f"{holder or 'another process'} holds the lease {self.name!r}; try again later")
            time.sleep(min(0.2, self.lease_s / 10))
        return self

    def try_take(self) -> bool:
        """Take the lease if it is free, given back or its holder is dead; ``False`` if not, or nobody can tell."""
        self._outage = None
        try:
            row = self._look()
            if row is not None and row.holder and not self._is_dead(row):
                return False
            taken = self._insert() if row is None else self._take_over(row)
        except UNAVAILABLE as error:
            self._outage = error.outage if isinstance(error, WarehouseUnavailableError) else outage_of(error)
            self._seen = None  # a locked database has a writer that lives: watch from the beginning again
            return False
        if taken:
            self._believe()
            self._start_keeper()
        return taken

    def holder(self) -> str:
        """Return who holds the lease as it was last seen."""
        return "" if self._seen is None else self._seen.holder

    def _look(self) -> _Seen | None:
        lease = schema.lease.c
        with self._warehouse.connected() as connection:
            statement = select(lease.holder, lease.token, lease.beat).where(lease.name == self.name)
            row = connection.execute(statement).first()
        if row is None:
            return None
        seen = self._seen
        if seen is None or (seen.holder, seen.token, seen.beat) != tuple(row):
            self._seen = seen = _Seen(*row, self._clock())
        return seen

    def _is_dead(self, row: _Seen) -> bool:
        return self._clock() - row.at >= self.lease_s or is_gone(row.holder)

    def _insert(self) -> bool:
        row = {"name": self.name, "holder": self.me, "token": 1, "beat": 0}
        try:
            with self._warehouse.writing.begin() as connection:
                connection.execute(insert(schema.lease).values(row))
        except IntegrityError:
            return False  # another one was quicker
        self.token = 1
        return True

    def _take_over(self, row: _Seen) -> bool:
        lease = schema.lease.c
        if row.holder:
            # What the dead one left open in the database would hold up whoever comes after it.
            end_sessions(self._warehouse.writing, self._session(row.token))
        same = (lease.name == self.name, lease.token == row.token, lease.beat == row.beat, lease.holder == row.holder)
        with self._warehouse.writing.begin() as connection:
            values = {"holder": self.me, "token": row.token + 1, "beat": 0}
            taken = connection.execute(update(schema.lease).where(*same).values(values)).rowcount == 1
        self.token = row.token + 1 if taken else self.token
        return taken

    # --- keeping

    def is_held(self) -> bool:
        """Tell whether it was certainly ours a moment ago: the last beat is younger than the lease."""
        return self.token > 0 and self._clock() < self._believed_until

    def beat(self) -> bool:
        """Say that the holder lives; ``False`` if the lease was lost. A database that is away decides nothing.

        While a long load keeps SQLite locked nobody can write here, neither this process nor one that would take over.
        """
        try:
            with self._warehouse.writing.begin() as connection:
                self.check(connection)
        except LeaseLostError:
            self._believed_until = 0.0
            return False
        except UNAVAILABLE:
            return self._is_still_noted()
        self._believe()
        return True

    def _is_still_noted(self) -> bool:
        began = self._clock()
        try:
            row = self._look()
        except UNAVAILABLE:
            return True
        if row is None or (row.holder, row.token) != (self.me, self.token):
            self._believed_until = 0.0
            return False
        self._believed_until = max(self._believed_until, began + self.lease_s)
        return True

    def check(self, connection: Connection) -> None:
        """Raise ``LeaseLostError`` unless the lease is still held, as part of a transaction.

        The row is locked until that transaction ends, so nobody takes over between this check and the commit.
        """
        lease = schema.lease.c
        mine = (lease.name == self.name, lease.token == self.token, lease.holder == self.me)
        if connection.execute(update(schema.lease).where(*mine).values(beat=lease.beat + 1)).rowcount != 1:
            raise LeaseLostError(f"the lease {self.name!r} (token {self.token}) was taken over; nothing is stored")

    def fence(self, engine: Engine) -> None:
        """From now on no transaction of ``engine`` is committed unless the lease is still held."""
        event.listen(engine, "commit", self.check)
        event.listen(engine, "begin", self._name_session)

    def unfence(self, engine: Engine) -> None:
        """Take the fence away again."""
        event.remove(engine, "commit", self.check)
        event.remove(engine, "begin", self._name_session)

    def _name_session(self, connection: Connection) -> None:
        name_session(connection, self._session(self.token))

    def _session(self, token: int) -> str:
        return f"onescreen {self.name} {token}"

    def _believe(self) -> None:
        self._believed_until = self._clock() + self.lease_s

    def _start_keeper(self) -> None:
        self._ended.clear()
        self._keeper = threading.Thread(target=self._keep, name=f"lease {self.name}", daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        while not self._ended.wait(self.lease_s / BEATS_PER_LEASE):
            if not self.beat():
                return

    # --- giving back

    def release(self) -> None:
        """Give the lease back, so that the next one need not wait."""
        self._ended.set()
        if self._keeper is not None:
            self._keeper.join(timeout=PATIENCE_MS / 1000 + 1)
        lease = schema.lease.c
        mine = (lease.name == self.name, lease.token == self.token, lease.holder == self.me)
        try:
            with self._warehouse.writing.begin() as connection:
                connection.execute(update(schema.lease).where(*mine).values(holder=""))
        except UNAVAILABLE:
            return  # then it runs out
        finally:
            self.token, self._believed_until, self._seen = 0, 0.0, None

    def close(self) -> None:
        """Give the lease back if it is held, and close the connections."""
        if self.token:
            self.release()
        self._warehouse.dispose()

    def __enter__(self) -> Self:
        """Nothing is taken yet."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self.close()


# --- who is who


def identity() -> str:
    """Return who this process is: host, process id and, where the system tells them, what makes them unique."""
    unique = _unique(os.getpid())
    return f"{socket.gethostname()}:{os.getpid()}" + (f":{unique}" if unique else "")


def is_gone(holder: str) -> bool:
    """Tell whether a holder is certainly dead: a process of this machine and boot that is not there any more."""
    parts = holder.split(":", 2)
    here = _unique(os.getpid())
    if len(parts) != 3 or not here or parts[0] != socket.gethostname() or not parts[1].isdecimal():
        return False
    machine = here.rpartition(":")[0]
    return parts[2].rpartition(":")[0] == machine and _unique(int(parts[1])) != parts[2]


def _unique(process_id: int) -> str:
    """Return ``boot:namespace:start time`` of a process; the last part is empty if there is no such process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
    return f"{boot}:{namespace.strip('pid:[]')}:{_started(process_id)}"


def _started(process_id: int) -> str:
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    after_name: list[Any] = stat.rpartition(")")[2].split()
    return "" if after_name[0] in "ZX" else str(after_name[19])  # a zombie does nothing any more
