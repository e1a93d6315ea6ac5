"""Releases of waves and of years in three steps, their frozen values, notices of jobs, and scheduled reports."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_THREE_PERSONS = (
    "(reviewed_by IS NULL OR reviewed_by <> drafted_by) AND (released_by IS NULL OR released_by <> drafted_by)"
    " AND (released_by IS NULL OR reviewed_by IS NULL OR released_by <> reviewed_by)"
)
_SUBJECT = (
    "(kind = 'wave' AND wave_id IS NOT NULL AND agency_id IS NULL AND year IS NULL AND form IS NULL)"
    " OR (kind = 'annual' AND wave_id IS NULL AND agency_id IS NOT NULL AND year IS NOT NULL AND form IS NOT NULL)"
)
_KEPT = "id, wave_id, version, drafted_by, drafted_on, released_by, released_on, superseded_on"
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _create_releases()
    _move_wave_releases()
    op.drop_table("wave_releases")
    _create_frozen_findings()
    _create_schedules()
    with op.batch_alter_table("jobs") as batch:
        batch.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("jobs") as batch:
        batch.drop_column("mailed_at")
        batch.drop_column("seen_at")
        batch.drop_column("attempts")
    op.drop_table("report_schedules")
    op.drop_table("frozen_findings")
    _create_wave_releases()
    op.execute(f"INSERT INTO wave_releases ({_KEPT}) SELECT {_KEPT} FROM releases WHERE kind = 'wave'")  # noqa: S608 -- fixed words
    op.drop_table("releases")


def _create_releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("asked_for", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("superseded_on", sa.Date(), nullable=True),
        sa.Column("frozen_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("bundle_sha256", sa.String(), nullable=True),
        sa.Column("bundle_size", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('wave', 'annual')", name=op.f("ck_releases_kind")),
        sa.CheckConstraint(_SUBJECT, name=op.f("ck_releases_subject")),
        sa.CheckConstraint(_THREE_PERSONS, name=op.f("ck_releases_three_persons")),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_releases_wave_id_waves")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_releases_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("code", name=op.f("uq_releases_code")),
        sa.UniqueConstraint("wave_id", "version", name=op.f("uq_releases_wave_id_version")),
        sa.UniqueConstraint(
            "agency_id", "year", "form", "version", name=op.f("uq_releases_agency_id_year_form_version")
        ),
        info={"kind": "reference"},
    )
    is_open = sa.text("released_on IS NULL")
    for name, columns in (
        ("uq_releases_wave_draft", ["wave_id"]),
        ("uq_releases_annual_draft", ["agency_id", "year", "form"]),
    ):
        op.create_index(name, "releases", columns, unique=True, sqlite_where=is_open, postgresql_where=is_open)


def _move_wave_releases() -> None:
    connection = op.get_bind()
    old = sa.table("wave_releases", *(sa.column(name) for name in _KEPT.split(", ")))
    new = sa.table("releases", *(sa.column(name) for name in (*_KEPT.split(", "), "kind", "code", "note", "asked_for")))
    for row in connection.execute(sa.select(old)).mappings().all():
        code = "".join(secrets.choice(_SYMBOLS) for _ in range(10))
        connection.execute(new.insert().values(**row, kind="wave", code=code, note="", asked_for=""))


def _create_frozen_findings() -> None:
    op.create_table(
        "frozen_findings",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('agency', 'wave', 'annual')", name=op.f("ck_frozen_findings_kind")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_frozen_findings_agency_id_agencies")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_frozen_findings_release_id_releases")),
        sa.PrimaryKeyConstraint("agency_id", "release_id", "kind", name=op.f("pk_frozen_findings")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("frozen_findings") as batch:
        batch.create_index(batch.f("ix_frozen_findings_release_id"), ["release_id"], unique=False)


def _create_schedules() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("last_period", sa.String(), nullable=False),
        sa.CheckConstraint("every IN ('month', 'year')", name=op.f("ck_report_schedules_every")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_report_schedules_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["official_id"], ["officials.id"], name=op.f("fk_report_schedules_official_id_officials")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
        sa.UniqueConstraint(
            "official_id",
            "agency_id",
            "every",
            "language",
            name=op.f("uq_report_schedules_official_id_agency_id_every_language"),
        ),
        info={"kind": "reference"},
    )


def _create_wave_releases() -> None:
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
    with op.batch_alter_table("wave_releases") as batch:
        batch.create_index(batch.f("ix_wave_releases_wave_id"), ["wave_id"], unique=False)
