"""The one door to the stored figures: read with a cache that knows the data version, write all or nothing.

``open_warehouse(url)`` gives a writer (loads, migrations), ``open_warehouse(url, readonly=True)`` what the web
processes get: an engine that cannot write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from data import migrations, schema
from data.clock import to_shanghai
from data.clock_drift import clock_findings, drift
from data.dialects import (
    PATIENT,
    STAGING,
    Patience,
    WarehouseUnavailableError,
    is_damaged,
    lock_writers,
    make_engine,
    settle,
    staging_place,
    sweep_staging,
)
from data.facts import Load, LoadReport
from data.failpoints import checkpoint
from data.findings import Finding
from data.gathering import Gathered, LoadRefusedError, gather
from data.insistence import insisting
from data.outages import DAMAGED, outage_of
from data.read_cache import ReadCache
from data.staging import Staging
from data.storing import insert_ledger_row, ledger_row, store, write_remarks
from data.vintages import WITHDRAWN

DATA_VERSION = "data_version"
EMPTY = "0"
_FILL_IT = "fill it with: python -m data.refresh"

Clock = Callable[[], datetime]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_warehouse(
    url: str, *, readonly: bool = False, clock: Clock = _utc_now, patience: Patience = PATIENT
) -> Warehouse:
    """Open the warehouse at ``url``. Nothing is connected before the first statement."""
    return Warehouse(url, readonly=readonly, clock=clock, patience=patience)


class Snapshot:
    """The data as they stood at one moment, and ``version``, their version. Lives as long as its connection."""

    def __init__(self, connection: Connection, cache: ReadCache) -> None:
        # The first statement of the transaction fixes what all others see (WAL; REPEATABLE READ on PostgreSQL).
        self.version = _read_version(connection)
        self._connection = connection
        self._cache = cache

    def read(self, statement: Select[Any]) -> list[Row[Any]]:
        """Return the rows of a statement. The same statement object is the same question and may be kept."""
        question = _question(statement)
        rows = self._cache.get(self.version, question)
        if rows is None:
            rows = tuple(self._connection.execute(statement).all())
            self._cache.put(self.version, question, rows)
        return list(rows)


@lru_cache(maxsize=2048)
def _question(statement: Select[Any]) -> tuple[str, str]:
    """Return what tells a statement from others. Compiling takes longer than most answers, so it is done once."""
    compiled = statement.compile()
    return str(compiled), repr(compiled.params)


class Warehouse:
    """The stored figures. Safe to share between threads; call ``after_fork`` in a forked process."""

    def __init__(self, url: str, *, readonly: bool, clock: Clock, patience: Patience) -> None:
        self._url = url
        self.readonly = readonly
        self.patience = patience
        # A loader's own questions may take as long as its loads; a web process answers or says that it cannot.
        self.reading: Engine = make_engine(url, readonly=True, limited=readonly, patience=patience)
        self._writing: Engine | None = None if readonly else make_engine(url, readonly=False, patience=patience)
        self._clock = clock
        self._cache = ReadCache()

    @property
    def writing(self) -> Engine:
        """The engine for writing. Raises ``WarehouseUnavailableError`` on a read-only warehouse."""
        if self._writing is None:
            raise WarehouseUnavailableError("this warehouse was opened read-only; nothing can be written through it")
        return self._writing

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.reading.dialect.name

    # --- reading

    def read(self, statement: Select[Any]) -> list[Row[Any]]:
        """Return the rows of a statement, from the cache if nothing was loaded since it was last asked."""
        with self.snapshot() as snapshot:
            return snapshot.read(statement)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Give one state of the data to ask several things of: a load in between changes none of the answers."""
        with self.connected() as connection:
            yield Snapshot(connection, self._cache)

    def forget_rows(self) -> None:
        """Ask the database again for everything, as a fresh process would; for measuring."""
        self._cache.clear()

    def data_version(self) -> str:
        """Return the version of the data: another text after every load that changed something."""
        with self.connected() as connection:
            return _read_version(connection)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a reading connection. Raises ``WarehouseUnavailableError`` if the database is away or too busy."""
        try:
            with self._reading_connection() as connection:
                yield connection
        except SQLAlchemyError as error:
            outage = outage_of(error)
            if outage is not None:
                raise WarehouseUnavailableError(outage.words, outage) from error
            if not isinstance(error, OperationalError):
                raise
            reason = type(error).__name__
            raise WarehouseUnavailableError(f"the warehouse does not answer ({reason}); {_FILL_IT}") from error

    @insisting
    def _reading_connection(self) -> Connection:
        return self.reading.connect()

    def check_schema(self) -> None:
        """Raise ``WarehouseUnavailableError`` unless the tables are there and as this program knows them."""
        with self.connected() as connection:
            found = migrations.current_revision(connection)
        if migrations.is_newer(found):
            raise WarehouseUnavailableError(migrations.newer_text(found))
        if found != migrations.HEAD:
            raise WarehouseUnavailableError(
                f"the warehouse has schema {found or 'none'}, this program needs {migrations.HEAD}; "
                "bring it up to date with: python -m data.refresh"
            )

    def check_file(self, limit_s: float | None = None) -> None:
        """Raise ``WarehouseUnavailableError`` if an SQLite file is damaged, as far as a few seconds let one see."""
        with self.connected() as connection:
            damaged = is_damaged(connection, self.patience.check_s if limit_s is None else limit_s)
            connection.invalidate()  # the look took over its clock
        if damaged:
            raise WarehouseUnavailableError(DAMAGED.words, DAMAGED)

    # --- writing

    @insisting
    def migrate(self) -> None:
        """Create or upgrade the tables, in one transaction. Quick when there is nothing to do."""
        with self.writing.begin() as connection:
            lock_writers(connection)
            migrations.upgrade(connection)

    def write(self, load: Load) -> LoadReport:
        """Store a load whole or not at all.

        The report's state is ``done``, ``unchanged`` (this file was loaded before, read the same way) or
        ``failed`` (refused, with the reason in ``error`` and the ledger). Database errors are raised.
        """
        load = load.begun()
        with self.connected() as connection:
            earlier = _done_before(connection, load)
        if earlier is not None:
            return _unchanged(load, earlier)
        if load.release_at is not None and self._clock() < load.release_at:
            return self._record_embargo(load, load.release_at)
        try:
            return self._write_new(load)
        except LoadRefusedError as refusal:
            return self.record_failure(load, str(refusal))

    def _write_new(self, load: Load) -> LoadReport:
        gathered = gather(load)
        checkpoint("facts gathered")
        return self._store_gathered(load, gathered)

    @insisting
    def _store_gathered(self, load: Load, gathered: Gathered) -> LoadReport:
        with self.writing.begin() as connection:
            lock_writers(connection)
            staging = Staging(connection)
            staging.fill(gathered)
            report = self._store(connection, load, staging)
            staging.clear()
        checkpoint("committed")
        return report

    def _store(self, connection: Connection, load: Load, staging: Staging) -> LoadReport:
        """Store what is staged in the transaction of ``connection``, in which no other writer is at work."""
        # Another writer may have stored it while this one gathered.
        earlier = _done_before(connection, load)
        if earlier is not None:
            return _unchanged(load, earlier)
        simulated = _is_simulated(connection, load.source)
        load = replace(load, findings=[*load.findings, *self._clock_findings(connection)])
        report = store(connection, load, staging, simulated=simulated, now=self._next_time(connection))
        if any(report.counts[name] for name in ("new", "revised", "late")):
            _bump_version(connection, report.load_id)
        checkpoint("data version bumped")
        return report

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """Give a place for the facts of a long load, beside the warehouse: no other writer waits meanwhile."""
        with self.writing.connect() as connection, staging_place(connection) as place:
            connection.execution_options(**{STAGING: True})
            try:
                yield Staging(connection, place)
            finally:
                connection.invalidate()  # with it goes what was staged, and the room it took on the disk

    def sweep(self) -> None:
        """Remove what long loads that were killed left beside the warehouse; those at work lose nothing."""
        sweep_staging(self._url)

    def write_staged(self, load: Load, staging: Staging) -> LoadReport:
        """Store a load whose facts are staged, whole or not at all, as ``write`` does; it has no ``facts`` itself."""
        load = load.begun()
        if load.release_at is not None and self._clock() < load.release_at:
            return self._record_embargo(load, load.release_at)
        connection = staging.connection
        connection.commit()
        connection.execution_options(**{STAGING: False})
        try:
            with connection.begin():
                lock_writers(connection)
                report = self._store(connection, load, staging)
        except LoadRefusedError as refusal:
            return self.record_failure(load, str(refusal))
        checkpoint("committed")
        return report

    def _record_embargo(self, load: Load, release_at: datetime) -> LoadReport:
        """Say in the ledger that a load waits; none of its figures is stored, not even among its remarks."""
        told = replace(load, facts=(), findings=(), rejects=())
        moment = to_shanghai(release_at).isoformat(sep=" ", timespec="seconds")
        return self.record_failure(told, f"embargoed until {moment} (Asia/Shanghai)", "embargoed")

    @insisting
    def record_failure(self, load: Load, error: str, state: str = "failed") -> LoadReport:
        """Write a load that was not stored (``failed``, ``quarantined``, ``embargoed``), once for the same reason.

        What was rejected in it and what the checks found goes along.
        """
        with self.writing.begin() as connection:
            lock_writers(connection)
            row = ledger_row(load, self._next_time(connection), state)
            last = connection.execute(
                select(schema.load.c.load_id, schema.load.c.state, schema.load.c.error)
                .where(*_same_file(load))
                .order_by(schema.load.c.load_id.desc())
                .limit(1)
            ).first()
            if last is None or (last.state, last.error) != (state, error):
                counts = {"rows_read": load.rows_read, "rows_rejected": len(load.rejects)}
                ending = {"finished_at": row["started_at"], "error": error, "duration_ms": load.duration_ms}
                load_id = insert_ledger_row(connection, row | counts | ending)
                write_remarks(connection, load, load_id)
            else:
                load_id = last.load_id
        return LoadReport(load.source, load.file_name, state, load_id, error=error)

    @insisting
    def has_loaded(self, source: str, sha256: str, reading: str | None = None) -> bool:
        """Tell whether a file was loaded whole before; with ``reading``, also read the same way."""
        return any(reading in (None, found) for state, found in self._loads_of(source, sha256) if state == "done")

    @insisting
    def is_withdrawn(self, source: str, sha256: str) -> bool:
        """Tell whether the last load of a file was withdrawn: then it is loaded again only on purpose."""
        return any(state == WITHDRAWN for state, _ in self._loads_of(source, sha256)[:1])

    def _loads_of(self, source: str, sha256: str) -> list[tuple[str, str]]:
        """Return state and reading of the loads that stored a file, the last one first."""
        ledger = schema.load.c
        statement = select(ledger.state, ledger.reading).where(
            ledger.source_code == source, ledger.sha256 == sha256, ledger.state.in_(("done", WITHDRAWN))
        )
        with self.connected() as connection:
            rows = connection.execute(statement.order_by(ledger.load_id.desc())).all()
        return [(row.state, row.reading) for row in rows]

    @contextmanager
    def changing(self) -> Iterator[tuple[Connection, datetime]]:
        """Give a writer's transaction and its time; what is changed in it has a data version of its own."""
        with self.writing.begin() as connection:
            lock_writers(connection)
            yield connection, self._next_time(connection)
            _bump_version(connection, None)

    @insisting
    def register_source(self, code: str, *, simulated: bool, **texts: str) -> None:
        """Declare a source, or change its texts (title, publisher, licence, page; see ``schema.source``).

        Raises ``ValueError`` when a source that has loads changes between simulated and real.
        """
        row = {"code": code, "simulated": simulated, **texts}
        with self.writing.begin() as connection:
            lock_writers(connection)
            known = connection.execute(select(schema.source).where(schema.source.c.code == code)).mappings().first()
            if known is None:
                connection.execute(insert(schema.source).values(row))
            elif dict(known) != row:
                if known["simulated"] != simulated:
                    raise ValueError(f"source {code} cannot change between simulated and real; give it another code")
                connection.execute(update(schema.source).where(schema.source.c.code == code).values(row))
            else:
                return
            _bump_version(connection, None)

    def write_codes(self, code_list: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Make a code list be exactly ``rows`` (``code, name_zh, name_en, parent, level, position``)."""
        self._replace_codes(code_list, [{"list": code_list, **row} for row in rows])

    @insisting
    def _replace_codes(self, code_list: str, wanted: list[dict[str, Any]]) -> None:
        table = schema.code
        with self.writing.begin() as connection:
            lock_writers(connection)
            stored = connection.execute(select(table).where(table.c.list == code_list)).mappings()
            if sorted((dict(row) for row in stored), key=_by_code) == sorted(wanted, key=_by_code):
                return
            connection.execute(delete(table).where(table.c.list == code_list))
            if wanted:
                connection.execute(insert(table), wanted)
            _bump_version(connection, None)

    @insisting
    def note(self, key: str, value: str | None) -> None:
        """Remember a word about the warehouse itself (``meta``); ``None`` forgets it."""
        if key == DATA_VERSION:
            raise ValueError("the data version is set by loads alone")
        with self.writing.begin() as connection:
            lock_writers(connection)
            _set_meta(connection, key, value)

    @insisting
    def noted(self, key: str) -> str | None:
        """Return what was remembered under ``key``."""
        with self.connected() as connection:
            return _get_meta(connection, key)

    @insisting
    def settle(self) -> None:
        """Tidy up after many loads: give the planner its statistics, and empty SQLite's log into the file."""
        with self.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            settle(connection)

    def _clock_findings(self, connection: Connection) -> list[Finding]:
        # A clock that was handed in (a test, a reproduction) may well stand elsewhere.
        return clock_findings(connection, self._clock()) if self._clock is _utc_now else []

    def clock_drift(self) -> timedelta:
        """Return how far the clock of the database is ahead of ours, if by more than a minute."""
        with self.connected() as connection:
            return drift(connection, self._clock())

    def _next_time(self, connection: Connection) -> datetime:
        """Return now, but always later than every load before, also if the clock was set back."""
        last = connection.execute(select(func.max(schema.load.c.started_at))).scalar()
        now = self._clock()
        return now if last is None or now > last else last + timedelta(microseconds=1)

    # --- life

    def after_fork(self) -> None:
        """Forget connections that belong to the parent process."""
        for engine in self._engines():
            engine.dispose(close=False)

    def dispose(self) -> None:
        """Close all connections."""
        for engine in self._engines():
            engine.dispose()

    def _engines(self) -> Sequence[Engine]:
        return [engine for engine in (self.reading, self._writing) if engine is not None]


def _same_file(load: Load) -> list[Any]:
    ledger = schema.load.c
    return [ledger.source_code == load.source, ledger.sha256 == load.sha256, ledger.reading == load.reading]


def _done_before(connection: Connection, load: Load) -> int | None:
    statement = select(schema.load.c.load_id).where(*_same_file(load), schema.load.c.state == "done").limit(1)
    return connection.execute(statement).scalar()


def _unchanged(load: Load, load_id: int) -> LoadReport:
    return LoadReport(load.source, load.file_name, "unchanged", load_id)


def _is_simulated(connection: Connection, source: str) -> bool:
    simulated = connection.execute(select(schema.source.c.simulated).where(schema.source.c.code == source)).scalar()
    if simulated is None:
        raise LoadRefusedError(f"source {source} is not declared; register it before its first load")
    return bool(simulated)


def _read_version(connection: Connection) -> str:
    try:
        return _get_meta(connection, DATA_VERSION) or EMPTY
    except (OperationalError, ProgrammingError) as error:
        if outage_of(error) is not None:
            raise
        raise WarehouseUnavailableError(f"the warehouse has no tables yet; {_FILL_IT}") from error


def _bump_version(connection: Connection, load_id: int | None) -> None:
    count = int((_get_meta(connection, DATA_VERSION) or EMPTY).split(".")[0]) + 1
    _set_meta(connection, DATA_VERSION, f"{count}.{load_id or 0}")


_META_VALUE = select(schema.meta.c.value).where(schema.meta.c.key == bindparam("asked"))


def _get_meta(connection: Connection, key: str) -> str | None:
    return connection.execute(_META_VALUE, {"asked": key}).scalar()


def _set_meta(connection: Connection, key: str, value: str | None) -> None:
    connection.execute(delete(schema.meta).where(schema.meta.c.key == key))
    if value is not None:
        connection.execute(insert(schema.meta).values(key=key, value=value))


def _by_code(row: Mapping[str, Any]) -> str:
    return str(row["code"])
