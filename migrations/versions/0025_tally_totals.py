"""Totals of tallies: of an agency in a wave, and of each of its breakdowns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    # Empty: the next fold fills it, agency by agency, and until then figures are added up from the tallies.
    op.create_table(
        "tally_totals",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("member", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("channels", _json(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.Column("cross", sa.LargeBinary(), nullable=False),
        sa.Column("answered", sa.LargeBinary(), nullable=False),
        sa.Column("levels", _json(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "dimension", "member", name=op.f("pk_tally_totals")),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("tally_totals") as batch:
        for column, referred in (("agency_id", "agencies"), ("wave_id", "waves")):
            batch.create_foreign_key(op.f(f"fk_tally_totals_{column}_{referred}"), referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("tally_totals")


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
