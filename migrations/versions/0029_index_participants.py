"""Agencies taken out of a round stay in it, marked; figures of other surveys bring their n and interval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("index_participants") as batch:
        batch.add_column(sa.Column("removed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("removed_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("removed_reason", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("index_indicators") as batch:
        batch.add_column(sa.Column("n", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("low", sa.String(), nullable=True))
        batch.add_column(sa.Column("high", sa.String(), nullable=True))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("index_indicators") as batch:
        batch.drop_column("high")
        batch.drop_column("low")
        batch.drop_column("n")
    with op.batch_alter_table("index_participants") as batch:
        batch.drop_column("removed_reason")
        batch.drop_column("removed_by")
        batch.drop_column("removed_on")
