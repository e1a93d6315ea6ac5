"""Moments of the breakdowns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "breakdown_moment_tallies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("member", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sums", _json(), nullable=False),
        sa.Column("cross", _json(), nullable=False),
        sa.Column("answered", _json(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agency_id", "wave_id", "dimension", "member", "month", name=op.f("pk_breakdown_moment_tallies")
        ),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("breakdown_moment_tallies") as batch:
        for column, referred in (("agency_id", "agencies"), ("wave_id", "waves")):
            name = op.f(f"fk_breakdown_moment_tallies_{column}_{referred}")
            batch.create_foreign_key(name, referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("breakdown_moment_tallies")


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
