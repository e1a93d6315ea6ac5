"""Agencies as a tree, counters and their codes, services and fields."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('province', 'department', 'commune', 'unit')", name=op.f("ck_agencies_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_agencies_validity")),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name=op.f("fk_agencies_parent_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_agencies_code_valid_from")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agencies_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agencies_path"), ["path"], unique=False)
        batch_op.create_index(batch_op.f("ix_agencies_sort_key"), ["sort_key"], unique=False)
    op.create_table(
        "service_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_fields")),
        sa.UniqueConstraint("code", name=op.f("uq_service_fields_code")),
        info={"kind": "reference"},
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("service_field_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_services_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["service_field_id"], ["service_fields.id"], name=op.f("fk_services_service_field_id_service_fields")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("agency_id", "code", name=op.f("uq_services_agency_id_code")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_services_service_field_id"), ["service_field_id"], unique=False)
    op.create_table(
        "service_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("serves_agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("sort_key", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_service_points_agency_id_agencies")),
        sa.ForeignKeyConstraint(
            ["serves_agency_id"], ["agencies.id"], name=op.f("fk_service_points_serves_agency_id_agencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_points")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("service_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_points_agency_id"), ["agency_id"], unique=False)
    op.create_table(
        "service_point_services",
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_point_services_service_id_services")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_service_point_services_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("service_point_id", "service_id", name=op.f("pk_service_point_services")),
        info={"kind": "reference"},
    )
    op.create_table(
        "service_point_codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("service_point_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_service_point_codes_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_point_codes")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("service_point_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_point_codes_service_point_id"), ["service_point_id"], unique=False)


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("service_point_codes")
    op.drop_table("service_point_services")
    op.drop_table("service_points")
    op.drop_table("services")
    op.drop_table("service_fields")
    op.drop_table("agencies")
