"""A kiosk of one counter follows the counter: its links carry the counter's own series."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("service_points") as batch:
        batch.add_column(sa.Column("kiosk_series", sa.Integer(), server_default="0", nullable=False))
    # Links that were handed out before carry the series of the agency; they stay good.
    op.execute(
        "UPDATE service_points SET kiosk_series = "
        "(SELECT kiosk_series FROM agencies WHERE agencies.id = service_points.agency_id)"
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("service_points") as batch:
        batch.drop_column("kiosk_series")
