"""How bodies came to be and ended: the decisions, and what went from which to which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "agency_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('merge', 'split', 'rename', 'move', 'abolish')", name=op.f("ck_agency_changes_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_changes")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_agency_changes_effective_on"), "agency_changes", ["effective_on"])
    _create_parts()


def downgrade() -> None:  # noqa: D103 -- likewise
    for column in ("to_agency_id", "from_agency_id", "change_id"):
        op.drop_index(op.f(f"ix_agency_change_parts_{column}"), table_name="agency_change_parts")
    op.drop_table("agency_change_parts")
    op.drop_index(op.f("ix_agency_changes_effective_on"), table_name="agency_changes")
    op.drop_table("agency_changes")


def _create_parts() -> None:
    op.create_table(
        "agency_change_parts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("from_agency_id", sa.Uuid(), nullable=False),
        sa.Column("to_agency_id", sa.Uuid(), nullable=True),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("takes_over", sa.Boolean(), nullable=False),
        sa.Column("old_name", sa.String(), nullable=True),
        sa.Column("old_name_en", sa.String(), nullable=True),
        sa.Column("new_name", sa.String(), nullable=True),
        sa.Column("new_name_en", sa.String(), nullable=True),
        sa.CheckConstraint("share IS NULL OR (share > 0 AND share <= 1)", name=op.f("ck_agency_change_parts_share")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["agency_changes.id"], name=op.f("fk_agency_change_parts_change_id_agency_changes")
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agencies.id"], name=op.f("fk_agency_change_parts_from_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"], ["agencies.id"], name=op.f("fk_agency_change_parts_to_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_change_parts")),
        sa.UniqueConstraint(
            "change_id",
            "from_agency_id",
            "to_agency_id",
            name=op.f("uq_agency_change_parts_change_id_from_agency_id_to_agency_id"),
        ),
        info={"kind": "reference"},
    )
    for column in ("change_id", "from_agency_id", "to_agency_id"):
        op.create_index(op.f(f"ix_agency_change_parts_{column}"), "agency_change_parts", [column])
