"""Comments are moderated: what was decided, what is shown, and the batch in which it is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

# Without batch mode: copying the table would give it the row numbers that it must not have on SQLite.
COLUMNS = (
    sa.Column("state", sa.String(), nullable=False, server_default="waiting"),
    sa.Column("shown_text", sa.String(), nullable=True),
    sa.Column("batch", sa.Integer(), nullable=True),
    sa.Column("reason", sa.String(), nullable=True),
    sa.Column("moderated_by", sa.Uuid(), nullable=True),
)


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    for column in COLUMNS:
        op.add_column("comments", column._copy())  # noqa: SLF001  a column can be added once; alembic has no other copy
    op.create_index("ix_comments_agency_id_state_batch", "comments", ["agency_id", "state", "batch"])


def downgrade() -> None:  # noqa: D103 -- likewise
    op.drop_index("ix_comments_agency_id_state_batch", "comments")
    for column in reversed(COLUMNS):
        op.drop_column("comments", column.name)
