"""A ministry may stand above provinces, so that their index is a round like any other."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"

_BEFORE = "kind IN ('province', 'department', 'commune', 'unit')"
_NOW = "kind IN ('ministry', 'province', 'department', 'commune', 'unit')"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _set_check(_NOW)


def downgrade() -> None:  # noqa: D103 -- likewise
    _set_check(_BEFORE)


def _set_check(condition: str) -> None:
    with op.batch_alter_table("agencies") as batch:
        batch.drop_constraint(batch.f("ck_agencies_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_agencies_kind"), condition)
