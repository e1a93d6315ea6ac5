"""Kiosk links can be revoked: an agency's links are good while they carry its series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("agencies") as batch:
        batch.add_column(sa.Column("kiosk_series", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("agencies") as batch:
        batch.drop_column("kiosk_series")
