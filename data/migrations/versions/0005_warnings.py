"""Warnings, what happened to them, and the messages that are to be sent.

Revision ID: 0005_warnings
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_warnings"
down_revision = "0004_schedule"

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "warning",
        sa.Column("warning_id", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("warning_key", sa.String(255), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("acknowledged_at", sa.DateTime()),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.Column("acknowledged_because", sa.Text(), nullable=False),
        sa.Column("acknowledged_level", sa.SmallInteger()),
    )
    open_only = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_warning_open",
        "warning",
        ["warning_key"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_table(
        "warning_event",
        sa.Column("event_id", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("warning_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_warning_event_warning", "warning_event", ["warning_id", "event_id"])
    op.create_table(
        "warning_message",
        sa.Column("event_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime()),
        sa.Column("error", sa.Text(), nullable=False),
    )
