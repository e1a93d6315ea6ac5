"""Daily alerts about the intake of a counter, and when a counter is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("service_points") as batch:
        batch.add_column(sa.Column("opening_hours", sa.String(), nullable=True))
    op.create_table(
        "intake_alerts",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.Column("outside_hours", sa.Integer(), nullable=False),
        sa.Column("repeated_pattern", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "service_point_id", "day", name=op.f("pk_intake_alerts")),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("intake_alerts") as batch:
        for column, referred in (("agency_id", "agencies"), ("service_point_id", "service_points")):
            name = op.f(f"fk_intake_alerts_{column}_{referred}")
            batch.create_foreign_key(name, referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("intake_alerts")
    with op.batch_alter_table("service_points") as batch:
        batch.drop_column("opening_hours")
