"""When sources were asked, and who may ask.

Revision ID: 0004_schedule
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_schedule"
down_revision = "0003_ledger"

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables of runs and leases."""
    op.create_table(
        "run",
        sa.Column("run_id", _ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("source_code", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("planned_for", sa.DateTime()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        sa.Column("duration_s", sa.Float(53)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("transient", sa.Boolean(), nullable=False),
        *(sa.Column(f"rows_{name}", sa.BigInteger(), nullable=False) for name in ("new", "revised", "rejected")),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("next_due", sa.DateTime()),
    )
    op.create_index("ix_run_source", "run", ["source_code", "run_id"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
    )
