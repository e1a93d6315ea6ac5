"""What changed because of the answers: a line an agency, with its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "improvements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=True),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_improvements_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvements")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_improvements_agency_id"), "improvements", ["agency_id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_index(op.f("ix_improvements_agency_id"), table_name="improvements")
    op.drop_table("improvements")
