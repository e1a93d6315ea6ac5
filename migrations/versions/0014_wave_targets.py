"""How precise a wave is to be, and the day on which N was last set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "wave_targets",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.Column("design_effect", sa.Double(), nullable=False),
        sa.Column("participation", sa.Double(), nullable=False),
        sa.CheckConstraint("margin > 0 AND margin < 1", name=op.f("ck_wave_targets_margin")),
        sa.CheckConstraint("design_effect > 0", name=op.f("ck_wave_targets_design_effect")),
        sa.CheckConstraint("participation > 0 AND participation <= 1", name=op.f("ck_wave_targets_participation")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_wave_targets_wave_id_waves")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_wave_targets")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("population_sizes") as batch:
        batch.add_column(sa.Column("set_on", sa.Date(), nullable=True))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("population_sizes") as batch:
        batch.drop_column("set_on")
    op.drop_table("wave_targets")
