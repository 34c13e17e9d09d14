"""The warehouse tables as SQLAlchemy Core, the same on SQLite and PostgreSQL.

``series_id`` stands first in every primary key of the big tables (it is the distribution key on Citus), no
foreign key binds facts, and dimensions are small. All times are UTC; periods are plain integers
(``data.periods``).
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

from data.facts import KEY_PARTS


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

source = Table(
    "source",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("publisher_zh", Text, nullable=False),
    Column("publisher_en", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
)

load = Table(
    "load",
    metadata,
    Column("load_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("source_code", String(64), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("reading", String(64), nullable=False, default=""),  # fingerprint of the declarations it was read with
    Column("size_bytes", BigInteger, nullable=False),
    Column("vintage", Date, nullable=False),
    Column("kind", String(16), nullable=False),  # release | revision | correction
    Column("state", String(16), nullable=False),  # running (inside its transaction) | done | failed | quarantined
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("rows_read", BigInteger, nullable=False, default=0),
    Column("rows_new", BigInteger, nullable=False, default=0),
    Column("rows_revised", BigInteger, nullable=False, default=0),
    Column("rows_unchanged", BigInteger, nullable=False, default=0),
    Column(
        "rows_outranked", BigInteger, nullable=False, default=0
    ),  # simulated under a real value, or an older vintage
    Column("rows_rejected", BigInteger, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Index("ix_load_source_sha256", "source_code", "sha256"),
)

citation = Table(
    "citation",
    metadata,
    Column("citation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("publisher", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published_on", String(32), nullable=False),
    Column("url", Text, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("series_id", BigInteger, primary_key=True, autoincrement=False),
    *(Column(part, String(64), nullable=False) for part in KEY_PARTS),
    Column("unit", String(32), nullable=False),
    UniqueConstraint(*KEY_PARTS, "series_id", name="uq_series_key"),
    Index("ix_series_indicator", "indicator", "region"),
)


def _observation_columns() -> list[Column[object]]:
    return [
        Column("series_id", BigInteger, primary_key=True, autoincrement=False),
        Column("period", Integer, primary_key=True, autoincrement=False),
        Column("value", Float(53)),
        Column("decimals", SmallInteger),
        Column("obs_status", String(1), nullable=False),
        Column("conf_status", String(1), nullable=False),
        Column("simulated", Boolean, nullable=False),
        Column("derived", Boolean, nullable=False),
        Column("load_id", BigInteger, nullable=False),
        Column("vintage", Date, nullable=False),
        Column("citation_id", BigInteger),
        Column("place", Text, nullable=False),
        Column("raw", Text, nullable=False),
        Column("note", Text, nullable=False),
    ]


observation = Table(
    "observation",
    metadata,
    *_observation_columns(),
    Column("known_from", UtcDateTime, nullable=False),
    Column("revisions", SmallInteger, nullable=False, default=0),
    sqlite_with_rowid=False,  # clustered by key: a panel reads stretches of a few series
)

observation_history = Table(
    "observation_history",
    metadata,
    *_observation_columns(),
    Column("known_from", UtcDateTime, primary_key=True),
    Column("known_to", UtcDateTime, primary_key=True),
    Column("superseded_by", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

rejected_row = Table(
    "rejected_row",
    metadata,
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reject_number", Integer, primary_key=True, autoincrement=False),
    Column("place", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

finding = Table(  # what the checks said about a load, stored or held back
    "finding",
    metadata,
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_number", Integer, primary_key=True, autoincrement=False),
    Column("check_code", String(32), nullable=False),
    Column("severity", String(16), nullable=False),  # warn | quarantine | refuse
    Column("place", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    Column("remedy_zh", Text, nullable=False),
    Column("remedy_en", Text, nullable=False),
)

code = Table(
    "code",
    metadata,
    Column("list", String(32), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("parent", String(64), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("position", Integer, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
