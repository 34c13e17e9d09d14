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
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
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
    Column("kind", String(16), nullable=False),  # release | revision | correction | withdrawal
    # running (inside its transaction) | done | withdrawn | failed | quarantined | embargoed
    Column("state", String(16), nullable=False),
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
    Column("duration_ms", Integer),  # from the file in hand to the end of its transaction
    Column("release_at", UtcDateTime),  # not stored before this time
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", Text, nullable=False, default=""),
    Column("withdrawn_because", Text, nullable=False, default=""),
    Index("ix_load_source_sha256", "source_code", "sha256"),
    Index("ix_load_state", "state"),
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

confirmation = Table(  # a load that repeats what is held: see data.confirmations
    "confirmation",
    metadata,
    Column("series_id", BigInteger, primary_key=True, autoincrement=False),
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_period", Integer, nullable=False),
    Column("covered", LargeBinary, nullable=False),  # bit n, from the lowest, stands for first_period + n
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

correction = Table(  # figures stored otherwise than the publisher's file gives them, and why
    "correction",
    metadata,
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("correction_number", Integer, primary_key=True, autoincrement=False),
    Column("series_id", BigInteger, nullable=False),
    Column("period", Integer, nullable=False),
    Column("place", Text, nullable=False),
    Column("raw", Text, nullable=False),  # what stands in the file
    Column("value", Float(53)),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Index("ix_correction_series", "series_id", "period"),
)

approval = Table(  # findings about one file that a person looked at and found true
    "approval",
    metadata,
    Column("source_code", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("check_code", String(32), primary_key=True),
    Column("load_id", BigInteger, nullable=False),  # the load that was held back
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
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

run = Table(  # one attempt to bring one source up to date; what it stored stands in the ledger
    "run",
    metadata,
    Column("run_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("source_code", String(64), nullable=False),
    Column("reason", String(16), nullable=False),  # schedule | catch_up | retry | manual | drop
    Column("planned_for", UtcDateTime),  # the planned time it answers to
    Column("attempt", Integer, nullable=False, default=1),
    Column("token", BigInteger, nullable=False),  # of the lease it ran under
    Column("holder", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("duration_s", Float(53)),  # by a clock that does not jump
    Column("outcome", String(16), nullable=False),  # see data.runs.Outcome
    Column("transient", Boolean, nullable=False, default=False),  # trying again can help
    Column("rows_new", BigInteger, nullable=False, default=0),
    Column("rows_revised", BigInteger, nullable=False, default=0),
    Column("rows_rejected", BigInteger, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
    Column("next_due", UtcDateTime),
    Index("ix_run_source", "source_code", "run_id"),
)

lease = Table(  # who may do what only one process may do: see data.leases
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", Text, nullable=False),  # empty: given back
    Column("token", BigInteger, nullable=False),  # only grows
    Column("beat", BigInteger, nullable=False),  # grows while the holder lives
)

warning = Table(  # one stretch in which a declared warning held; written by the refresh process alone
    "warning",
    metadata,
    Column("warning_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("warning_key", String(255), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("level", SmallInteger, nullable=False),  # the last one
    Column("since", String(32), nullable=False),  # the first period in which the rule held without a break
    Column("period", String(32), nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", Text, nullable=False, default=""),
    Column("acknowledged_because", Text, nullable=False, default=""),
    Column("acknowledged_level", SmallInteger),  # a graver warning than this is not acknowledged
    Index(
        "uq_warning_open",
        "warning_key",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

warning_event = Table(  # what happened to a warning; rows are only added
    "warning_event",
    metadata,
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("warning_id", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # new | raised | lowered | acknowledged | ended
    Column("at", UtcDateTime, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("author", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Index("ix_warning_event_warning", "warning_id", "event_id"),
)

warning_message = Table(  # what is to be sent to the webhook; kept until it was, and afterwards
    "warning_message",
    metadata,
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # the generic message as JSON; the other kinds are made from it
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
)
