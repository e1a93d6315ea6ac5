"""Points corrected after the decision are told apart from those that objections changed."""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"

_BEFORE = "stage IN ('self_assessment', 'indicator', 'survey', 'appraisal', 'decision', 'carried_over')"
_NOW = "stage IN ('self_assessment', 'indicator', 'survey', 'appraisal', 'decision', 'carried_over', 'correction')"


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    _set_check(_NOW)


def downgrade() -> None:  # noqa: D103 -- likewise
    for table in ("index_scores", "index_score_changes"):
        op.execute(f"UPDATE {table} SET stage = 'decision' WHERE stage = 'correction'")  # noqa: S608 -- fixed words
    _set_check(_BEFORE)


def _set_check(condition: str) -> None:
    with op.batch_alter_table("index_scores") as batch:
        batch.drop_constraint(batch.f("ck_index_scores_stage"), type_="check")
        batch.create_check_constraint(batch.f("ck_index_scores_stage"), condition)
