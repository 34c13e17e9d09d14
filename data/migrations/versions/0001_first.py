"""The first tables, and the triggers that make what was once written stay.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY_PARTS = (
    "indicator", "region", "frequency", "accumulation", "measure", "industry", "partner", "commodity", "flow",
    "breakdown", "currency", "price_basis", "adjustment", "classification",
)  # fmt: skip
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and the append-only triggers."""
    _create_ledger()
    _create_series()
    _create_observations()
    _create_code_lists()
    _make_append_only()


def _create_ledger() -> None:
    op.create_table(
        "source",
        sa.Column("code", sa.String(64), primary_key=True),
        *(_text(name) for name in ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page")),
        sa.Column("simulated", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "load",
        sa.Column("load_id", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("source_code", sa.String(64), nullable=False),
        _text("file_name"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("reading", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("vintage", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        *(
            sa.Column(f"rows_{name}", sa.BigInteger(), nullable=False)
            for name in ("read", "new", "revised", "unchanged", "outranked", "rejected")
        ),
        _text("error"),
        _text("note"),
    )
    op.create_index("ix_load_source_sha256", "load", ["source_code", "sha256"])
    op.create_table(
        "rejected_row",
        sa.Column("load_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("reject_number", sa.Integer(), primary_key=True, autoincrement=False),
        *(_text(name) for name in ("place", "raw", "reason")),
    )
    op.create_table(
        "citation",
        sa.Column("citation_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        _text("publisher"),
        _text("title"),
        sa.Column("published_on", sa.String(32), nullable=False),
        _text("url"),
    )


def _create_series() -> None:
    op.create_table(
        "series",
        sa.Column("series_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(part, sa.String(64), nullable=False) for part in _KEY_PARTS),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.UniqueConstraint(*_KEY_PARTS, "series_id", name="uq_series_key"),
    )
    op.create_index("ix_series_indicator", "series", ["indicator", "region"])


def _create_observations() -> None:
    op.create_table(
        "observation",
        *_observation_columns(),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("revisions", sa.SmallInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "observation_history",
        *_observation_columns(),
        sa.Column("known_from", sa.DateTime(), primary_key=True),
        sa.Column("known_to", sa.DateTime(), primary_key=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )


def _observation_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("series_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("period", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Float(53)),
        sa.Column("decimals", sa.SmallInteger()),
        sa.Column("obs_status", sa.String(1), nullable=False),
        sa.Column("conf_status", sa.String(1), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("load_id", sa.BigInteger(), nullable=False),
        sa.Column("vintage", sa.Date(), nullable=False),
        sa.Column("citation_id", sa.BigInteger()),
        *(_text(name) for name in ("place", "raw", "note")),
    ]


def _create_code_lists() -> None:
    op.create_table(
        "code",
        sa.Column("list", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
        *(_text(name) for name in ("name_zh", "name_en")),
        sa.Column("parent", sa.String(64), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
    )
    op.create_table("meta", sa.Column("key", sa.String(64), primary_key=True), _text("value"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


# What must never change once written: the table, and which of its rows (the ledger row of a load is completed
# inside the load's own transaction, and is fixed from then on).
_FIXED = (("observation_history", ""), ("load", "OLD.state = 'done'"))


def _make_append_only() -> None:
    statements = _postgresql_triggers() if op.get_bind().dialect.name == "postgresql" else _sqlite_triggers()
    for statement in statements:
        op.execute(sa.text(statement))


def _sqlite_triggers() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {f'WHEN {rows} ' if rows else ''}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table, rows in _FIXED
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql_triggers() -> list[str]:
    refuse = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    per_row = [
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"{f'WHEN ({rows}) ' if rows else ''}EXECUTE FUNCTION refuse_change()"
        for table, rows in _FIXED
    ]
    emptying = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION refuse_change()"
        for table, _ in _FIXED
    ]
    return [refuse, *per_row, *emptying]
