"""The day on which a poster with a counter's code was last made, and that on which a newer code replaced it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("service_point_codes") as batch:
        batch.add_column(sa.Column("printed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("replaced_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE service_point_codes SET replaced_on = ("
        "SELECT min(newer.issued_on) FROM service_point_codes AS newer"
        " WHERE newer.service_point_id = service_point_codes.service_point_id"
        " AND newer.issued_on > service_point_codes.issued_on)"
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("service_point_codes") as batch:
        batch.drop_column("replaced_on")
        batch.drop_column("printed_on")
