"""The day on which a poster with a counter's code was last made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("service_point_codes") as batch:
        batch.add_column(sa.Column("printed_on", sa.Date(), nullable=True))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("service_point_codes") as batch:
        batch.drop_column("printed_on")
