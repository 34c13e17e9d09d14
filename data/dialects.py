"""The few things SQLite and PostgreSQL say differently: opening, locking, bulk writing.

SQLite runs through the ``pysqlite3`` wheel, because the library of many systems has the WAL-reset bug.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, Table, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

Row = tuple[Any, ...]

BUSY_TIMEOUT_MS = 30_000  # a load waits this long for another writer
POOL_TIMEOUT_S = 2.0  # a reader waits this long for a free connection, then says so
STATEMENT_TIMEOUT_MS = 10_000
WRITERS_LOCK = 0x0E5C  # any constant: the advisory lock that lets one writer in at a time

_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "temp_store=MEMORY",
    "cache_size=-65536",
)
_READER_PRAGMAS = ("query_only=ON", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}", "cache_size=-16384")


class WarehouseUnavailableError(Exception):
    """The warehouse cannot be opened; the text says why and what to do."""


# Everything reading can fail with; the screen answers all of them with "the warehouse is away".
READ_ERRORS: tuple[type[Exception], ...] = (WarehouseUnavailableError, SQLAlchemyError)


def make_engine(url: str, *, readonly: bool) -> Engine:
    """Return an engine for a warehouse URL; a read-only one cannot write, whatever it is asked."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, readonly=readonly)
    return _postgresql_engine(parsed, readonly=readonly)


def _sqlite_engine(url: URL, *, readonly: bool) -> Engine:
    from pysqlite3 import dbapi2

    path = Path(url.database or "")
    if not readonly:
        path.parent.mkdir(parents=True, exist_ok=True)
    address = f"file:{quote(str(path.resolve()))}?mode={'ro' if readonly else 'rwc'}"

    def connect() -> Any:  # noqa: ANN401 - the driver has no types
        # isolation_level None: the driver must not begin transactions by itself, the event below does.
        return dbapi2.connect(address, uri=True, isolation_level=None, check_same_thread=False)

    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=16,
        max_overflow=64,
        pool_timeout=POOL_TIMEOUT_S,
    )
    _say_on_connect(engine, _READER_PRAGMAS if readonly else _WRITER_PRAGMAS)
    # A deferred transaction that reads and then writes fails at once or loses updates; writers begin as writers.
    _say_on_begin(engine, "BEGIN" if readonly else "BEGIN IMMEDIATE")
    return engine


def _say_on_connect(engine: Engine, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver has no types
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")


def _say_on_begin(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _postgresql_engine(url: URL, *, readonly: bool) -> Engine:
    options = f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}" if readonly else "-c timezone=UTC"
    engine = create_engine(
        url,
        connect_args={"options": options, "connect_timeout": 10},
        isolation_level="REPEATABLE READ" if readonly else "READ COMMITTED",
        pool_pre_ping=True,
        pool_size=16,
        max_overflow=16,
        pool_timeout=POOL_TIMEOUT_S,
    )
    return engine.execution_options(postgresql_readonly=True) if readonly else engine


def lock_writers(connection: Connection) -> None:
    """Wait until no other writer is at work; the lock ends with the transaction.

    On SQLite ``BEGIN IMMEDIATE`` has done so already.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


def bulk_insert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert many rows the engine's quickest way: COPY on PostgreSQL, one prepared statement on SQLite."""
    if not rows:
        return
    bound = _bound(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        _copy(connection, table.name, columns, bound)
    else:
        connection.exec_driver_sql(_insert_text("INSERT", table.name, columns), bound)


def bulk_replace(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Like ``bulk_insert``, but a row whose primary key exists is replaced."""
    if not rows:
        return
    bound = _bound(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        _copy_over(connection, table, columns, bound)
    else:
        connection.exec_driver_sql(_insert_text("INSERT OR REPLACE", table.name, columns), bound)


def _insert_text(verb: str, table: str, columns: Sequence[str]) -> str:
    # Names of our own tables and columns; the values are bound.
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _bound(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Return the rows with dates and times as the column types would bind them."""
    dialect = connection.dialect
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    dates = [(place, _remembering(process)) for place, process in enumerate(processors) if process is not None]
    bound = []
    for row in rows:
        cells = list(row)
        for place, process in dates:
            cells[place] = process(cells[place])
        bound.append(tuple(cells))
    return bound


def _remembering(process: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return ``process`` with a memory: the dates of a load are a handful of values in many rows."""
    known: dict[Any, Any] = {}

    def remember(value: Any) -> Any:  # noqa: ANN401 - any column value
        if value not in known:
            known[value] = process(value)
        return known[value]

    return remember


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise WarehouseUnavailableError("the connection to PostgreSQL is closed")
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_over(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    staging, names = f"staging_{table.name}", ", ".join(columns)
    keys = [column.name for column in table.primary_key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {staging} (LIKE {table.name}) ON COMMIT DROP")
    _copy(connection, staging, columns, rows)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staging} "  # noqa: S608 - our own names only
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"
    )


def settle(connection: Connection) -> None:
    """Refresh the planner's statistics; on SQLite also empty the log into the file. Outside a transaction only."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
    else:
        driver = connection.connection.driver_connection
        if driver is None:
            raise WarehouseUnavailableError("the connection to SQLite is closed")
        for pragma in ("optimize", "wal_checkpoint(TRUNCATE)"):
            driver.execute(f"PRAGMA {pragma}").fetchall()


def sqlite_library_version() -> str:
    """Return the version of the SQLite library in use."""
    from pysqlite3 import dbapi2

    return str(dbapi2.sqlite_version)
