"""Editions, waves, the counters in them, N, and releases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "questionnaire_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_editions")),
        sa.UniqueConstraint("questionnaire", "edition", name=op.f("uq_questionnaire_editions_questionnaire_edition")),
        info={"kind": "reference"},
    )
    op.create_table(
        "method_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_editions")),
        sa.UniqueConstraint("code", name=op.f("uq_method_editions_code")),
        info={"kind": "reference"},
    )
    op.create_table(
        "waves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_edition_id", sa.Uuid(), nullable=False),
        sa.Column("method_edition_id", sa.Uuid(), nullable=False),
        sa.Column("sample_kind", sa.String(), nullable=False),
        sa.Column("index_year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "sample_kind IN ('household', 'transactions', 'self_selected')", name=op.f("ck_waves_sample_kind")
        ),
        sa.CheckConstraint("state IN ('planned', 'open', 'paused', 'closed')", name=op.f("ck_waves_state")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_waves_period")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_waves_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["method_edition_id"], ["method_editions.id"], name=op.f("fk_waves_method_edition_id_method_editions")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_edition_id"],
            ["questionnaire_editions.id"],
            name=op.f("fk_waves_questionnaire_edition_id_questionnaire_editions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
        sa.UniqueConstraint("code", name=op.f("uq_waves_code")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waves_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waves_index_year"), ["index_year"], unique=False)
    op.create_table(
        "wave_service_points",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_wave_service_points_service_point_id_service_points"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_wave_service_points_wave_id_waves")),
        sa.PrimaryKeyConstraint("wave_id", "service_point_id", name=op.f("pk_wave_service_points")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("wave_service_points", schema=None) as batch_op:
        batch_op.create_index(
            "uq_wave_service_points_open",
            ["service_point_id"],
            unique=True,
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )
    op.create_table(
        "population_sizes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_field_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.CheckConstraint("transactions >= 0", name=op.f("ck_population_sizes_transactions")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_population_sizes_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["service_field_id"],
            ["service_fields.id"],
            name=op.f("fk_population_sizes_service_field_id_service_fields"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_population_sizes_wave_id_waves")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_sizes")),
        sa.UniqueConstraint(
            "wave_id",
            "agency_id",
            "service_field_id",
            "month",
            name=op.f("uq_population_sizes_wave_id_agency_id_service_field_id_month"),
            postgresql_nulls_not_distinct=True,
        ),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("population_sizes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_population_sizes_agency_id"), ["agency_id"], unique=False)
    op.create_table(
        "wave_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("superseded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> drafted_by", name=op.f("ck_wave_releases_two_persons")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_wave_releases_wave_id_waves")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_releases")),
        sa.UniqueConstraint("wave_id", "version", name=op.f("uq_wave_releases_wave_id_version")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("wave_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_releases_wave_id"), ["wave_id"], unique=False)


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("wave_releases")
    op.drop_table("population_sizes")
    op.drop_table("wave_service_points")
    op.drop_table("waves")
    op.drop_table("method_editions")
    op.drop_table("questionnaire_editions")
