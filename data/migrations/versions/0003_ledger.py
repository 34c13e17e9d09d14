"""The ledger in full: how long a load took, when it may be shown, how it was withdrawn, corrected and approved.

Revision ID: 0003_ledger
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003_ledger"
down_revision = "0002"

# All of a ledger row but its state and what is said when it is withdrawn: this never changes once it is stored.
_FIXED = (
    "load_id", "source_code", "file_name", "sha256", "reading", "size_bytes", "vintage", "kind", "started_at",
    "finished_at", "rows_read", "rows_new", "rows_revised", "rows_unchanged", "rows_outranked", "rows_rejected",
    "error", "note", "duration_ms", "release_at",
)  # fmt: skip
_APPEND_ONLY = ("correction", "approval")


def upgrade() -> None:
    """Add the columns and tables, and let a stored load be marked as withdrawn."""
    _widen_ledger()
    _create_correction()
    _create_approval()
    op.create_table(
        "confirmation",
        sa.Column("series_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("load_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("first_period", sa.Integer(), nullable=False),
        sa.Column("covered", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql_triggers() if is_postgresql else _sqlite_triggers():
        op.execute(sa.text(statement))


def _widen_ledger() -> None:
    op.add_column("load", sa.Column("duration_ms", sa.Integer()))
    op.add_column("load", sa.Column("release_at", sa.DateTime()))
    op.add_column("load", sa.Column("withdrawn_at", sa.DateTime()))
    op.add_column("load", sa.Column("withdrawn_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("load", sa.Column("withdrawn_because", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_load_state", "load", ["state"])


def _create_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("load_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("correction_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(53)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
    )
    op.create_index("ix_correction_series", "correction", ["series_id", "period"])


def _create_approval() -> None:
    op.create_table(
        "approval",
        sa.Column("source_code", sa.String(64), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("check_code", sa.String(32), primary_key=True),
        sa.Column("load_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(), nullable=False),
    )


def _may_be_withdrawn(same: str) -> str:
    kept = " AND ".join(f"NEW.{name} {same} OLD.{name}" for name in _FIXED)
    said = "NEW.state = 'withdrawn' AND NEW.withdrawn_at IS NOT NULL AND NEW.withdrawn_because <> ''"
    return f"OLD.state = 'withdrawn' OR (OLD.state = 'done' AND NOT ({said} AND {kept}))"


_STORED = "OLD.state IN ('done', 'withdrawn')"


def _sqlite_triggers() -> Iterator[str]:
    yield "DROP TRIGGER load_no_update"
    yield "DROP TRIGGER load_no_delete"
    refuse = "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    on_load = refuse.format(table="load")
    yield f"CREATE TRIGGER load_no_update BEFORE UPDATE ON load WHEN {_may_be_withdrawn('IS')} {on_load}"
    yield f"CREATE TRIGGER load_no_delete BEFORE DELETE ON load WHEN {_STORED} {on_load}"
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            yield f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {refuse.format(table=table)}"


def _postgresql_triggers() -> Iterator[str]:
    refuse = "EXECUTE FUNCTION refuse_change()"
    yield "DROP TRIGGER load_no_change ON load"
    changed = _may_be_withdrawn("IS NOT DISTINCT FROM")
    yield f"CREATE TRIGGER load_no_update BEFORE UPDATE ON load FOR EACH ROW WHEN ({changed}) {refuse}"
    yield f"CREATE TRIGGER load_no_delete BEFORE DELETE ON load FOR EACH ROW WHEN ({_STORED}) {refuse}"
    for table in _APPEND_ONLY:
        yield f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
        yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
