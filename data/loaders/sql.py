"""Another database as a feed: one question in a transaction that cannot write, its rows kept as a file.

What a declaration says never becomes SQL by itself: values are bound, table and columns are looked up in the database
first. Decimals stay exact. The rows go into a ``.jsonl`` file that the loader ``rest`` reads (``rows = "[*]"``).
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Executable,
    MetaData,
    Select,
    Table,
    create_engine,
    event,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchModuleError,
    NoSuchTableError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType

from data.loaders.addresses import FetchError, TransientFetchError
from data.loaders.fetch_options import SqlOptions

Question = Select[*tuple[Any, ...]]
ROWS_PER_LINE = 1000
ONE_SELECT = re.compile(r"\s*(?:select|with)\b[^;]*;?\s*", re.IGNORECASE)
BOUND = re.compile(r"(?<![:\w]):(\w+)")
PROGRESS_STEPS = 10_000

_POSTGRESQL_WRITES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%' AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
"""
# What an account of MySQL or MariaDB may hold without being able to change or write anything.
_MYSQL_READING = frozenset({"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS"})
_MYSQL_GRANT = re.compile(r"GRANT (?P<rights>.+?) ON ", re.IGNORECASE)
_MYSQL_FILE = re.compile(r"\binto\b", re.IGNORECASE)
DRIVERS = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
GRACE_S = 5  # the server ends a statement first, in its own words; the connection gives up after that


def extract(options: SqlOptions, window: Mapping[str, str], path: Path, environment: Mapping[str, str]) -> list[str]:
    """Run the declared question and write its rows to ``path``; return what a person should know.

    Raises ``FetchError`` for a database that does not answer, a question that does not fit it or an account that
    could write and must not. No text holds the URL, which has the password.
    """
    url = _url(options, environment)
    engine = _engine(url, options)
    try:
        with engine.connect() as connection, _reading(connection, options):
            notes = _check_account(connection, options)
            statement, values = _statement(connection, options, window)
            _write_rows(connection, statement, values, path, options.max_rows)
            return notes
    except (SQLAlchemyError, OSError) as error:
        # A database that is away or busy answers another time; a question it does not understand never.
        kind = TransientFetchError if isinstance(error, OperationalError | OSError) else FetchError
        raise kind(f"{options.url}: {_reason(error, url)}") from None
    finally:
        engine.dispose()


def _url(options: SqlOptions, environment: Mapping[str, str]) -> URL:
    given = environment.get(options.url, "")
    if not given:
        raise FetchError(f"the environment variable {options.url} with the database URL is not set")
    try:
        return make_url(given)
    except ArgumentError:
        raise FetchError(f"{options.url} does not hold a database URL") from None


def _engine(url: URL, options: SqlOptions) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, options)
    seconds = max(1, int(options.statement_s))
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        arguments = {
            "connect_timeout": seconds,
            "options": f"-c default_transaction_read_only=on -c statement_timeout={seconds * 1000}",
            "client_encoding": "utf8",
        }
    elif url.get_backend_name() in ("mysql", "mariadb"):
        arguments = {"connect_timeout": seconds, "read_timeout": seconds + GRACE_S, "charset": "utf8mb4"}
    try:
        return create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    except (NoSuchModuleError, ImportError) as error:
        raise FetchError(f"{options.url}: the driver for {url.get_backend_name()} is not installed") from error


def _sqlite_engine(url: URL, options: SqlOptions) -> Engine:
    """Open a file that must exist, for reading alone; a statement ends at its deadline."""
    file = Path(url.database or "")
    if not file.is_file():
        raise FetchError(f"{options.url}: there is no such SQLite file")
    opened = URL.create("sqlite", database=f"file:{file.resolve()}", query={"mode": "ro", "uri": "true"})
    waiting = {"timeout": options.statement_s}  # for a program that holds the file
    engine = create_engine(opened, poolclass=NullPool, connect_args=waiting, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _limit(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
        ends = time.monotonic() + options.statement_s
        connection.execute("PRAGMA query_only = ON")
        connection.set_progress_handler(lambda: int(time.monotonic() > ends), PROGRESS_STEPS)

    return engine


@contextmanager
def _reading(connection: Connection, options: SqlOptions) -> Iterator[None]:
    """Hold a transaction that cannot write, and never commit it."""
    kind = connection.dialect.name
    if kind in ("mysql", "mariadb"):
        _limit_mysql(connection, options)
    elif kind == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    elif kind != "sqlite" and options.writable == "refuse":
        raise FetchError(
            f"{options.url}: nobody can tell whether a transaction of {kind} is read-only; writable = warn"
        )
    try:
        yield
    finally:
        connection.rollback()


def _limit_mysql(connection: Connection, options: SqlOptions) -> None:
    """Make the transactions of a session read-only, and let the server end what takes too long or waits for a lock."""
    seconds = max(1, int(options.statement_s))
    is_mariadb = bool(getattr(connection.dialect, "is_mariadb", False))
    limit = f"max_statement_time = {seconds}" if is_mariadb else f"max_execution_time = {seconds * 1000}"
    for setting in ("TRANSACTION READ ONLY", limit, f"lock_wait_timeout = {seconds}"):
        connection.exec_driver_sql(f"SET SESSION {setting}")
    connection.rollback()


def _check_account(connection: Connection, options: SqlOptions) -> list[str]:
    """Refuse, or note, an account that could write: grants are the wall, a read-only transaction only the rail."""
    if not _can_write(connection):
        return []
    if options.writable == "refuse":
        raise FetchError(f"{options.url}: the account may write; give it SELECT alone, or declare writable = warn")
    return ["the account of the source database may write"]


def _can_write(connection: Connection) -> bool:
    kind = connection.dialect.name
    if kind == "postgresql":
        return bool(connection.execute(text(_POSTGRESQL_WRITES)).scalar_one())
    if kind in ("mysql", "mariadb"):
        return any(map(_lets_write, connection.execute(text("SHOW GRANTS")).scalars()))
    return kind != "sqlite"  # an SQLite file is opened for reading; of others nothing is known


def _lets_write(grant: str) -> bool:
    """Tell whether a line of SHOW GRANTS lets an account do more than read; one about a role alone does not."""
    found = _MYSQL_GRANT.match(grant)
    if found is None:
        return False
    rights = re.sub(r"\([^)]*\)", "", found["rights"]).upper().split(",")
    return not {right.strip() for right in rights} <= _MYSQL_READING


def _statement(
    connection: Connection, options: SqlOptions, window: Mapping[str, str]
) -> tuple[Executable, dict[str, object]]:
    if options.table:
        return _of_table(connection, options, window), {}
    bound = set(BOUND.findall(options.query))
    if not ONE_SELECT.fullmatch(options.query):
        raise FetchError("query: one SELECT without a semicolon inside is allowed")
    if connection.dialect.name in ("mysql", "mariadb") and _MYSQL_FILE.search(options.query):
        raise FetchError("query: one SELECT that writes no file (INTO) is allowed")
    if bound != set(window):
        raise FetchError(f"query: it binds {sorted(bound)}, the window gives {sorted(window)}")
    return text(options.query.strip().rstrip(";")), dict(window)


def _of_table(connection: Connection, options: SqlOptions, window: Mapping[str, str]) -> Question:
    """Build the statement from what the database has; a name it does not have never reaches it."""
    schema = options.schema_name or None
    inspector = inspect(connection)
    names = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
    if options.table not in names:
        raise FetchError(f"table {options.table!r} is not there")
    try:
        table = Table(options.table, MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
    except NoSuchTableError:
        raise FetchError(f"table {options.table!r} is not there") from None
    # Without a type the driver's own values come through: exact decimals, and no rounding through a float.
    columns = [_column(table, name) for name in options.columns]
    statement: Question = select(*(type_coerce(column, NullType()).label(column.name) for column in columns)).order_by(
        *columns
    )
    for name, value in options.equals.items():
        statement = statement.where(_column(table, name) == _bound(_column(table, name), str(value)))
    return _within(statement, _column(table, options.window_column), window) if window else statement


def _within(statement: Question, column: Column[Any], window: Mapping[str, str]) -> Question:
    """Bind the window; the last day of one is meant whole where the column holds moments."""
    first, last = _bound(column, window["first"]), _bound(column, window["last"])
    if isinstance(last, datetime):
        return statement.where(column >= first, column < last + timedelta(days=1))
    return statement.where(column.between(first, last))


def _bound(column: Column[Any], value: str) -> object:
    """Return a declared text as what the column holds."""
    try:
        kind = column.type.python_type
    except NotImplementedError:
        kind = str
    reading: dict[type, Callable[[str], object]] = {
        datetime: datetime.fromisoformat, date: date.fromisoformat, int: int, Decimal: Decimal,
    }  # fmt: skip
    try:
        return reading.get(kind, str)(value)
    except (ValueError, ArithmeticError):
        raise FetchError(f"column {column.name!r} holds {kind.__name__}, the declaration says {value!r}") from None


def _column(table: Table, name: str) -> Column[Any]:
    if name not in table.columns:
        raise FetchError(f"column {name!r} is not in {table.name}")
    return table.columns[name]


def _write_rows(
    connection: Connection, statement: Executable, values: Mapping[str, object], path: Path, max_rows: int
) -> None:
    """Write the rows as JSON, a thousand to a line."""
    count = 0
    with (
        path.open("w", encoding="utf-8") as file,
        connection.execution_options(yield_per=ROWS_PER_LINE).execute(statement, dict(values)) as result,
    ):
        names = list(result.keys())
        if len(set(names)) != len(names):
            raise FetchError(f"two columns of the answer have one name: {', '.join(names)}")
        for rows in result.partitions(ROWS_PER_LINE):
            count += len(rows)
            if count > max_rows:
                raise FetchError(f"more than {max_rows} rows")
            file.write("[" + ", ".join(_object(names, row) for row in rows) + "]\n")
    if not count:
        raise FetchError("the question gave no row")


def _object(names: Sequence[str], row: Sequence[object]) -> str:
    return "{" + ", ".join(f"{json.dumps(n)}: {_json(v)}" for n, v in zip(names, row, strict=True)) + "}"


def _json(value: object) -> str:
    """Return a value of a row as JSON: decimals as they are, days in ISO form."""
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return json.dumps(str(value))
        return format(value, "f")
    if isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else json.dumps(str(value))
    if isinstance(value, date | datetime):
        return json.dumps(value.isoformat())
    raise FetchError(f"a column holds {type(value).__name__}, which is neither a number, a text nor a day")


def _reason(error: Exception, url: URL) -> str:
    """Return the driver's words without the address and password it may repeat."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    words = " ".join(str(cause).split())[:300]
    for secret in (url.password, url.render_as_string(hide_password=False)):
        words = words.replace(str(secret), "***") if secret else words
    return f"{type(cause).__name__}: {words}"
