"""An entered answer that an official erased is no withdrawal: it is counted apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("withdrawal_counts") as batch:
        batch.add_column(sa.Column("corrected", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("withdrawal_counts") as batch:
        batch.drop_column("corrected")
