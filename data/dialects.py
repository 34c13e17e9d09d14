"""The few things SQLite and PostgreSQL say differently: opening, locking, bulk writing.

SQLite runs through the ``pysqlite3`` wheel, because the library of many systems has the WAL-reset bug.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, Table, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from data.outages import Outage
from data.staging_files import staging_file, sweep

Row = tuple[Any, ...]

WAL_LIMIT = 64 * 1024 * 1024  # bytes SQLite's log keeps on the disk once it was emptied into the file
WRITERS_LOCK = 0x0E5C  # any constant: the advisory lock that lets one writer in at a time

STAGING = "staging"  # execution option of a writer's connection that only fills temporary tables, which locks nothing

_WRITER_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    f"journal_size_limit={WAL_LIMIT}",
    "cache_size=-65536",
)
_READER_PRAGMAS = ("query_only=ON", "foreign_keys=ON", "cache_size=-16384")
_PROGRESS_STEPS = 20_000  # of SQLite's machine, about a millisecond, between two looks at the clock


@dataclass(frozen=True)
class Patience:
    """How long things are waited for, in seconds, and how many connections there are at most."""

    writer_s: float = 30.0  # a load for another writer
    away_s: float = 60.0  # a load for a database that is away; a reader does not wait for one
    connect_s: int = 10
    pool_s: float = 1.0  # anybody for a free connection
    sqlite_statement_s: float = 5.0  # a reader of a web process for an answer
    postgresql_statement_s: float = 10.0
    check_s: float = 5.0  # the look through the whole file at a start
    connections: int = 16
    more_connections: int = 64


PATIENT = Patience()


class WarehouseUnavailableError(Exception):
    """The warehouse cannot be opened or used; the text says why and what to do.

    ``outage`` is what kept it from answering, ``None`` if that is a matter of its content.
    """

    def __init__(self, text: str, outage: Outage | None = None) -> None:
        super().__init__(text)
        self.outage = outage


# Everything reading can fail with; the screen answers all of them with "the warehouse is away".
READ_ERRORS: tuple[type[Exception], ...] = (WarehouseUnavailableError, SQLAlchemyError)


def make_engine(url: str, *, readonly: bool, limited: bool = False, patience: Patience = PATIENT) -> Engine:
    """Return an engine for a warehouse URL; a read-only one cannot write, whatever it is asked.

    On a ``limited`` one, as the web processes have, a statement that takes too long is ended.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, readonly=readonly, limited=limited, patience=patience)
    return _postgresql_engine(parsed, readonly=readonly, limited=limited, patience=patience)


def _sqlite_engine(url: URL, *, readonly: bool, limited: bool, patience: Patience) -> Engine:
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
        pool_size=patience.connections,
        max_overflow=patience.more_connections,
        pool_timeout=patience.pool_s,
    )
    # No reader waits for a writer here, except while a file that was left behind is put in order.
    busy = f"busy_timeout={int((patience.sqlite_statement_s if limited else patience.writer_s) * 1000)}"
    # First of all, because also the next pragma may meet a lock.
    _say_on_connect(engine, (busy, *(_READER_PRAGMAS if readonly else _WRITER_PRAGMAS)))
    # A deferred transaction that reads and then writes fails at once or loses updates; writers begin as writers.
    _say_on_begin(engine, "BEGIN" if readonly else "BEGIN IMMEDIATE")
    if limited:
        _end_long_statements(engine, patience.sqlite_statement_s)
    return engine


def _end_long_statements(engine: Engine, limit_s: float) -> None:
    """End a statement of SQLite ``limit_s`` after it began; its connection can be used again."""

    @event.listens_for(engine, "connect")
    def _watch(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver has no types
        deadline = record.info["deadline"] = [math.inf]
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline[0]), _PROGRESS_STEPS)

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: Connection, *_: object) -> None:
        connection.info["deadline"][0] = time.monotonic() + limit_s


def _say_on_connect(engine: Engine, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver has no types
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")


def _say_on_begin(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(STAGING) else statement)


def _postgresql_engine(url: URL, *, readonly: bool, limited: bool, patience: Patience) -> Engine:
    limit_ms = int(patience.postgresql_statement_s * 1000) if limited else 0
    options = f"-c timezone=UTC -c statement_timeout={limit_ms} -c lock_timeout={int(patience.writer_s * 1000)}"
    engine = create_engine(
        url,
        connect_args={"options": options, "connect_timeout": 2 if limited else patience.connect_s},
        isolation_level="REPEATABLE READ" if readonly else "READ COMMITTED",
        pool_pre_ping=True,
        pool_size=patience.connections,
        max_overflow=min(patience.more_connections, 16),  # a server has a hundred for all its clients
        pool_timeout=patience.pool_s,
    )
    return engine.execution_options(postgresql_readonly=True) if readonly else engine


def lock_writers(connection: Connection) -> None:
    """Wait until no other writer is at work; the lock ends with the transaction.

    On SQLite ``BEGIN IMMEDIATE`` has done so already.
    """
    if connection.dialect.name == "postgresql":  # its lock_timeout, set with the connection, ends the waiting
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


def name_session(connection: Connection, name: str) -> None:
    """Tell the server, until the transaction ends, whose session this is. SQLite has no sessions."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT set_config('application_name', %s, true)", (name,))


def end_sessions(engine: Engine, name: str) -> None:
    """End the sessions of a writer that is dead or stopped, with the locks they hold.

    On SQLite nobody can: the lock goes with its process.
    """
    if engine.dialect.name != "postgresql":
        return
    statement = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = %s AND datname = current_database() AND usename = current_user"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(statement, (name,))


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


def bulk_insert_columns(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Sequence[Any]]
) -> None:
    """Like ``bulk_insert``, of values that stand in columns and need no binding (numbers, texts, truths)."""
    if not columns or not len(columns[0]):
        return
    if connection.dialect.name == "postgresql":
        lines = "\n".join(map("\t".join, zip(*map(_copy_texts, columns), strict=True)))
        statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
        with through_driver(connection, statement) as driver, driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(lines + "\n")
    else:
        connection.exec_driver_sql("SELECT 1")  # so that the transaction has begun
        statement = _insert_text("INSERT", table.name, names)
        with through_driver(connection, statement) as driver:
            driver.executemany(statement, zip(*columns, strict=True))


_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_texts(column: Sequence[Any]) -> Iterable[str]:
    """Return a column as PostgreSQL's COPY writes it."""
    kinds = set(map(type, column))
    if kinds == {str}:
        return column if _SPECIAL.search("".join(column)) is None else [text.translate(_ESCAPES) for text in column]
    if kinds <= {int, bool, float}:
        return map(repr, column)
    return [
        "\\N" if each is None else each.translate(_ESCAPES) if isinstance(each, str) else repr(each) for each in column
    ]


@contextmanager
def staging_place(connection: Connection) -> Iterator[str]:
    """Give a fresh connection a place for very many temporary rows, as the prefix of its tables' names.

    On PostgreSQL temporary tables are on the disk already. On SQLite it is a file beside the warehouse that loses its
    name as soon as it is open: ``data.staging_files`` says what a kill before that leaves, and who removes it.
    """
    if connection.dialect.name == "postgresql":
        yield ""
        return
    driver = connection.connection.driver_connection
    if driver is None:
        raise WarehouseUnavailableError("the connection to SQLite is closed")
    for name in _STAGED_NAMES:
        driver.execute(f"DROP TABLE IF EXISTS temp.{name}")  # of a small load, they would stand before the others
    (_, _, path), *_rest = driver.execute("PRAGMA database_list").fetchall()
    with staging_file(Path(path).parent) as name:
        driver.execute("ATTACH DATABASE ? AS staging", (name,))
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-32768"):
            driver.execute(f"PRAGMA staging.{pragma}").fetchall()
    yield "staging."


def sweep_staging(url: str) -> None:
    """Remove what loads that were killed left beside the warehouse. PostgreSQL does so by itself."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        sweep(Path(parsed.database or "").resolve().parent)


_STAGED_NAMES = ("staged", "known_series", "decided")


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
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with through_driver(connection, statement) as driver, driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def through_driver(connection: Connection, statement: str) -> Iterator[Any]:
    """Give the driver's own connection for a bulk path, which goes past SQLAlchemy.

    Its errors come out as SQLAlchemy's, so that an outage is known for one, and a broken connection is left.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise WarehouseUnavailableError("the connection to the warehouse is closed")
    errors: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        yield driver
    except errors as error:
        is_lost = bool(getattr(driver, "closed", False))
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, (), error, errors, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error


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


def is_damaged(connection: Connection, limit_s: float) -> bool:
    """Look through an SQLite file for damage, for ``limit_s`` at most; PostgreSQL looks after its own."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        return False
    from pysqlite3 import dbapi2

    ends = time.monotonic() + limit_s
    driver.set_progress_handler(lambda: int(time.monotonic() > ends), _PROGRESS_STEPS)
    try:
        return bool(driver.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)])
    except dbapi2.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return False  # as far as was looked it is whole
    finally:
        driver.set_progress_handler(None, 0)


def integrity_faults(connection: Connection, most: int) -> list[str]:
    """Return what SQLite finds wrong with its file, page by page; PostgreSQL looks after its own."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql(f"PRAGMA integrity_check({int(most)})").scalars()
    return [text for text in found if text != "ok"]


def trigger_names(connection: Connection) -> set[str]:
    """Return the names of the triggers that are there and switched on."""
    if connection.dialect.name == "sqlite":
        statement = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        statement = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    return set(connection.exec_driver_sql(statement).scalars())


def server_time(connection: Connection) -> datetime | None:
    """Return what time it is by the clock of the database's machine; SQLite has none but ours."""
    if connection.dialect.name != "postgresql":
        return None
    return cast("datetime", connection.exec_driver_sql("SELECT clock_timestamp()").scalar())
