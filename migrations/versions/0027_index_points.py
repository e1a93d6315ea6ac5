"""Points of the index with their ledger, evidence and objections, indicators, and road maps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _create_index_indicators()
    _create_index_evidence()
    _create_index_objections()
    _create_index_score_changes()
    _create_index_scores()
    _create_index_tasks()


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("index_tasks")
    op.drop_table("index_scores")
    op.drop_table("index_score_changes")
    op.drop_table("index_objections")
    op.drop_table("index_evidence")
    op.drop_table("index_indicators")


def _create_index_indicators() -> None:
    op.create_table(
        "index_indicators",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("numerator", sa.String(), nullable=True),
        sa.Column("denominator", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "year", "indicator", name=op.f("pk_index_indicators")),
        info={"kind": "distributed"},
    )


def _create_index_evidence() -> None:
    op.create_table(
        "index_evidence",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_index_evidence")),
        info={"kind": "distributed"},
    )
    op.create_index(
        "ix_index_evidence_criterion", "index_evidence", ["agency_id", "round_id", "criterion"], unique=False
    )
    op.create_index(op.f("ix_index_evidence_round_id"), "index_evidence", ["round_id"], unique=False)


def _create_index_objections() -> None:
    op.create_table(
        "index_objections",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("points_asked", sa.String(), nullable=True),
        sa.Column("points_before", sa.String(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("points_after", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision IN ('accepted', 'partly', 'refused')",
            name=op.f("ck_index_objections_decision"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_index_objections")),
        info={"kind": "distributed"},
    )
    op.create_index(op.f("ix_index_objections_round_id"), "index_objections", ["round_id"], unique=False)
    op.create_index(
        "uq_index_objections_open",
        "index_objections",
        ["agency_id", "round_id", "criterion"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def _create_index_score_changes() -> None:
    op.create_table(
        "index_score_changes",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("points_before", sa.String(), nullable=True),
        sa.Column("points_after", sa.String(), nullable=True),
        sa.Column("value_after", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_index_score_changes")),
        info={"kind": "distributed"},
    )
    op.create_index(
        "ix_index_score_changes_criterion", "index_score_changes", ["agency_id", "round_id", "criterion"], unique=False
    )
    op.create_index(op.f("ix_index_score_changes_round_id"), "index_score_changes", ["round_id"], unique=False)


def _create_index_scores() -> None:
    op.create_table(
        "index_scores",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("self_value", sa.String(), nullable=True),
        sa.Column("self_points", sa.String(), nullable=True),
        sa.Column("self_note", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("points", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("basis", _JSON, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('self_assessment', 'indicator', 'survey', 'appraisal', 'decision', 'carried_over')",
            name=op.f("ck_index_scores_stage"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "round_id", "criterion", name=op.f("pk_index_scores")),
        info={"kind": "distributed"},
    )
    op.create_index(op.f("ix_index_scores_round_id"), "index_scores", ["round_id"], unique=False)


def _create_index_tasks() -> None:
    op.create_table(
        "index_tasks",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expected_points", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'begun', 'done', 'dropped')", name=op.f("ck_index_tasks_state")),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_index_tasks")),
        info={"kind": "distributed"},
    )
    op.create_index(op.f("ix_index_tasks_round_id"), "index_tasks", ["round_id"], unique=False)
    op.create_index("ix_index_tasks_year", "index_tasks", ["agency_id", "year"], unique=False)
