"""Paper forms: the series that were printed, and the sheets that came back unusable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "paper_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=True),
        sa.Column("questionnaire_edition_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("printed_on", sa.Date(), nullable=False),
        sa.Column("printed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("first_number >= 1 AND last_number >= first_number", name=op.f("ck_paper_series_numbers")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_paper_series_wave_id_waves")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_paper_series_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name=op.f("fk_paper_series_service_point_id_service_points")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_edition_id"],
            ["questionnaire_editions.id"],
            name=op.f("fk_paper_series_questionnaire_edition_id_questionnaire_editions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_series")),
        sa.UniqueConstraint("wave_id", "first_number", name=op.f("uq_paper_series_wave_id_first_number")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_paper_series_agency_id"), "paper_series", ["agency_id"])
    op.create_table(
        "invalid_sheets",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "number", name=op.f("pk_invalid_sheets")),
        info={"kind": "distributed"},
    )
    with op.batch_alter_table("invalid_sheets") as batch:
        for column, referred in (("agency_id", "agencies"), ("wave_id", "waves")):
            name = op.f(f"fk_invalid_sheets_{column}_{referred}")
            batch.create_foreign_key(name, referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("invalid_sheets")
    op.drop_index(op.f("ix_paper_series_agency_id"), table_name="paper_series")
    op.drop_table("paper_series")
