"""Who did what: the chain of audit entries; and the codes of the second factor that are spent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "audit_entries",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_entries")),
        info={"kind": "local"},
    )
    with op.batch_alter_table("audit_entries") as batch:
        for column in ("at", "actor", "verb", "agency_id"):
            batch.create_index(op.f(f"ix_audit_entries_{column}"), [column])
    op.create_table(
        "spent_codes",
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["official_id"], ["officials.id"], name=op.f("fk_spent_codes_official_id_officials")),
        sa.PrimaryKeyConstraint("official_id", "step", name=op.f("pk_spent_codes")),
        info={"kind": "local"},
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("spent_codes")
    op.drop_table("audit_entries")
