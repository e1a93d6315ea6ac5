"""A service can be retired: answers keep it, and no citizen is offered it any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    with op.batch_alter_table("services") as batch:
        batch.add_column(sa.Column("retired_on", sa.Date(), nullable=True))


def downgrade() -> None:  # noqa: D103 -- likewise
    with op.batch_alter_table("services") as batch:
        batch.drop_column("retired_on")
