"""The index: rubrics, rounds with who takes part, results, targets, and series of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _create_external_series()
    _create_external_years()
    _create_external_values()
    _create_rubrics()
    _create_index_rounds()
    _create_index_participants()
    _create_index_results()
    _create_index_targets()


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("index_targets")
    op.drop_table("index_results")
    op.drop_table("index_participants")
    op.drop_table("index_rounds")
    op.drop_table("rubrics")
    op.drop_table("external_values")
    op.drop_table("external_years")
    op.drop_table("external_series")


def _create_external_series() -> None:
    op.create_table(
        "external_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_external_series_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_series")),
        sa.UniqueConstraint(
            "code", "agency_id", name=op.f("uq_external_series_code_agency_id"), postgresql_nulls_not_distinct=True
        ),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_external_series_agency_id"), "external_series", ["agency_id"], unique=False)


def _create_external_years() -> None:
    op.create_table(
        "external_years",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("components", _JSON, nullable=False),
        sa.Column("unit_set", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["external_series.id"], name=op.f("fk_external_years_series_id_external_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "year", name=op.f("pk_external_years")),
        info={"kind": "reference"},
    )


def _create_external_values() -> None:
    op.create_table(
        "external_values",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("total", sa.String(), nullable=True),
        sa.Column("published_rank", sa.Integer(), nullable=True),
        sa.Column("components", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_external_values_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["external_series.id"], name=op.f("fk_external_values_series_id_external_series")
        ),
        sa.PrimaryKeyConstraint("series_id", "year", "unit", name=op.f("pk_external_values")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_external_values_agency_id"), "external_values", ["agency_id"], unique=False)


def _create_rubrics() -> None:
    op.create_table(
        "rubrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rubric", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_rubrics_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubrics")),
        sa.UniqueConstraint("rubric", "edition", name=op.f("uq_rubrics_rubric_edition")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_rubrics_agency_id"), "rubrics", ["agency_id"], unique=False)


def _create_index_rounds() -> None:
    op.create_table(
        "index_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("self_assessment_until", sa.Date(), nullable=False),
        sa.Column("appraisal_until", sa.Date(), nullable=False),
        sa.Column("objection_until", sa.Date(), nullable=False),
        sa.Column("decision_until", sa.Date(), nullable=False),
        sa.Column("survey_is_run", sa.Boolean(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'self_assessment', 'appraisal', 'objection', 'decision', 'decided')",
            name=op.f("ck_index_rounds_state"),
        ),
        sa.CheckConstraint(
            "self_assessment_until <= appraisal_until AND appraisal_until <= objection_until"
            " AND objection_until <= decision_until",
            name=op.f("ck_index_rounds_deadlines"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_index_rounds_agency_id_agencies")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_index_rounds_release_id_releases")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubrics.id"], name=op.f("fk_index_rounds_rubric_id_rubrics")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_rounds")),
        sa.UniqueConstraint("agency_id", "year", "name", name=op.f("uq_index_rounds_agency_id_year_name")),
        sa.UniqueConstraint("code", name=op.f("uq_index_rounds_code")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_index_rounds_agency_id"), "index_rounds", ["agency_id"], unique=False)
    op.create_index(op.f("ix_index_rounds_rubric_id"), "index_rounds", ["rubric_id"], unique=False)
    op.create_index(op.f("ix_index_rounds_year"), "index_rounds", ["year"], unique=False)


def _create_index_participants() -> None:
    op.create_table(
        "index_participants",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "left_on IS NULL OR joined_on IS NULL OR left_on > joined_on",
            name=op.f("ck_index_participants_part_of_year"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_index_participants_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["index_rounds.id"], name=op.f("fk_index_participants_round_id_index_rounds")
        ),
        sa.PrimaryKeyConstraint("round_id", "agency_id", name=op.f("pk_index_participants")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_index_participants_agency_id"), "index_participants", ["agency_id"], unique=False)


def _create_index_results() -> None:
    op.create_table(
        "index_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["index_rounds.id"], name=op.f("fk_index_results_round_id_index_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_results")),
        sa.UniqueConstraint("round_id", "version", name=op.f("uq_index_results_round_id_version")),
        info={"kind": "reference"},
    )
    op.create_index(op.f("ix_index_results_round_id"), "index_results", ["round_id"], unique=False)


def _create_index_targets() -> None:
    op.create_table(
        "index_targets",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_k", sa.Integer(), nullable=True),
        sa.Column("points", sa.String(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.CheckConstraint("first_k IS NOT NULL OR points IS NOT NULL", name=op.f("ck_index_targets_aim")),
        sa.CheckConstraint("first_k IS NULL OR first_k >= 1", name=op.f("ck_index_targets_first_k")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_index_targets_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", "year", name=op.f("pk_index_targets")),
        info={"kind": "reference"},
    )
