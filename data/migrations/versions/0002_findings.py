"""What the checks say about a load.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXTS = ("place", "raw", "reason_zh", "reason_en", "remedy_zh", "remedy_en")


def upgrade() -> None:
    """Create the table of findings."""
    op.create_table(
        "finding",
        sa.Column("load_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("finding_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("check_code", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
    )
