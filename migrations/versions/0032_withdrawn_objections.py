"""An agency can take an objection back that nobody has decided."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"

_BEFORE = "decision IS NULL OR decision IN ('accepted', 'partly', 'refused')"
_NOW = "decision IS NULL OR decision IN ('accepted', 'partly', 'refused', 'withdrawn')"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _set_check(_NOW)


def downgrade() -> None:  # noqa: D103 -- likewise
    op.execute("UPDATE index_objections SET decision = 'refused' WHERE decision = 'withdrawn'")
    _set_check(_BEFORE)


def _set_check(condition: str) -> None:
    with op.batch_alter_table("index_objections") as batch:
        batch.drop_constraint(batch.f("ck_index_objections_decision"), type_="check")
        batch.create_check_constraint(batch.f("ck_index_objections_decision"), condition)
