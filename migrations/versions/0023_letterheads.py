"""What an agency's official documents print at their head and foot: names, place, symbol, signer, recipients."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_TEXTS: Final = (
    "superior",
    "superior_en",
    "issuer",
    "issuer_en",
    "place",
    "number",
    "symbol",
    "signer_post",
    "signer_post_en",
    "signer_name",
    "recipients",
    "recipients_en",
)


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    op.create_table(
        "letterheads",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_letterheads_agency_id_agencies")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_letterheads")),
        info={"kind": "reference"},
    )


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_table("letterheads")
