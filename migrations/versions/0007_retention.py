"""What retention leaves behind: the day it erased the answers of a wave, and the exclusions by rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("fold_marks") as batch:
        batch.add_column(sa.Column("erased_on", sa.Date(), nullable=True))
    op.create_table(
        "exclusion_counts",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "rule", name=op.f("pk_exclusion_counts")),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("exclusion_counts") as batch:
        for column, referred in (("agency_id", "agencies"), ("wave_id", "waves")):
            name = op.f(f"fk_exclusion_counts_{column}_{referred}")
            batch.create_foreign_key(name, referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("exclusion_counts")
    with op.batch_alter_table("fold_marks") as batch:
        batch.drop_column("erased_on")
