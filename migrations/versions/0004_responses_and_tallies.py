"""The growing tables, still without foreign keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "responses",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_edition_id", sa.Uuid(), nullable=False),
        sa.Column("received_by_agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("burst", sa.Boolean(), nullable=False),
        sa.Column("outside_hours", sa.Boolean(), nullable=False),
        sa.Column("repeated_pattern", sa.Boolean(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=True),
        sa.Column("cluster", sa.String(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('qr', 'kiosk', 'assisted', 'paper', 'transaction')", name=op.f("ck_responses_channel")
        ),
        sa.CheckConstraint("weight IS NULL OR weight > 0", name=op.f("ck_responses_weight")),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_responses")),
        sa.UniqueConstraint("agency_id", "key_hash", name=op.f("uq_responses_agency_id_key_hash")),
        info={"kind": "distributed"},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.create_index(
            "ix_responses_agency_id_wave_id_answered_on", ["agency_id", "wave_id", "answered_on"], unique=False
        )
    op.create_table(
        "exclusions",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("excluded_by", sa.Uuid(), nullable=True),
        sa.Column("excluded_on", sa.Date(), nullable=False),
        sa.Column("is_folded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_exclusions")),
        sa.UniqueConstraint("agency_id", "response_id", name=op.f("uq_exclusions_agency_id_response_id")),
        info={"kind": "distributed"},
    )
    op.create_table(
        "comments",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_comments")),
        info={"kind": "distributed"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "withdrawal_counts",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "month", name=op.f("pk_withdrawal_counts")),
        info={"kind": "distributed"},
    )
    op.create_table(
        "intake_meters",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ten_minutes", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "service_point_id", "day", "ten_minutes", name=op.f("pk_intake_meters")),
        info={"kind": "distributed"},
    )
    op.create_table(
        "level_tallies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_level_tallies_level")),
        sa.PrimaryKeyConstraint(
            "agency_id", "wave_id", "month", "item", "channel", "verified", "level", name=op.f("pk_level_tallies")
        ),
        info={"kind": "distributed"},
    )
    op.create_table(
        "breakdown_tallies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("member", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "agency_id", "wave_id", "dimension", "member", "month", "item", "level", name=op.f("pk_breakdown_tallies")
        ),
        info={"kind": "distributed"},
    )
    op.create_table(
        "moment_tallies",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sums", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cross", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answered", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "month", "channel", "verified", name=op.f("pk_moment_tallies")),
        info={"kind": "distributed"},
    )
    op.create_table(
        "fold_marks",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("member", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("folded_until", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "wave_id", "dimension", "member", name=op.f("pk_fold_marks")),
        info={"kind": "distributed"},
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("fold_marks")
    op.drop_table("moment_tallies")
    op.drop_table("breakdown_tallies")
    op.drop_table("level_tallies")
    op.drop_table("intake_meters")
    op.drop_table("withdrawal_counts")
    op.drop_table("comments")
    op.drop_table("exclusions")
    op.drop_table("responses")
