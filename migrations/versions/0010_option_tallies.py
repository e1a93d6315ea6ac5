"""Tallies of the questions that are not rated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "option_tallies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("option >= 0", name=op.f("ck_option_tallies_option")),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "month", "question", "option", name=op.f("pk_option_tallies")),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("option_tallies") as batch:
        for column, referred in (("agency_id", "agencies"), ("wave_id", "waves")):
            name = op.f(f"fk_option_tallies_{column}_{referred}")
            batch.create_foreign_key(name, referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("option_tallies")
