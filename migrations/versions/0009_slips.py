"""Slips: who hands them out, batches of one-time codes, and the keys of other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

# Table, column, table referred to; added after the tables, as for every growing table.
FOREIGN_KEYS = {
    "transaction_batches": [
        ("agency_id", "agencies"),
        ("deciding_agency_id", "agencies"),
        ("service_id", "services"),
        ("api_key_id", "api_keys"),
    ],
    "transaction_codes": [("agency_id", "agencies"), ("deciding_agency_id", "agencies"), ("service_id", "services")],
}


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _create_reference_tables()
    _create_growing_tables()
    for table, keys in FOREIGN_KEYS.items():
        options = {"sqlite_with_rowid": False} if table == "transaction_codes" else {}
        with op.batch_alter_table(table, table_kwargs=options) as batch:
            for column, referred in keys:
                batch.create_foreign_key(op.f(f"fk_{table}_{column}_{referred}"), referred, [column], ["id"])


def _create_reference_tables() -> None:
    op.create_table(
        "slip_issuers",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_slip_issuers_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_slip_issuers")),
        sa.UniqueConstraint("code", name=op.f("uq_slip_issuers_code")),
        info={"kind": "reference"},
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_api_keys_agency_id_agencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        info={"kind": "reference"},
    )
    with op.batch_alter_table("api_keys") as batch:
        batch.create_index(op.f("ix_api_keys_agency_id"), ["agency_id"])


def _create_growing_tables() -> None:
    op.create_table(
        "transaction_batches",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deciding_agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("request_hash", sa.String(), nullable=True),
        sa.Column("seed", sa.String(), nullable=True),
        sa.CheckConstraint("count > 0", name=op.f("ck_transaction_batches_count")),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_transaction_batches")),
        sa.UniqueConstraint(
            "agency_id",
            "api_key_id",
            "request_hash",
            name=op.f("uq_transaction_batches_agency_id_api_key_id_request_hash"),
        ),
        info={"kind": "distributed"},
    )
    op.create_table(
        "transaction_codes",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("deciding_agency_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "code_hash", name=op.f("pk_transaction_codes")),
        info={"kind": "distributed"},
        sqlite_with_rowid=False,
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    for table in ("transaction_codes", "transaction_batches", "api_keys", "slip_issuers"):
        op.drop_table(table)
