"""Foreign keys of the tables of points; apart from the tables, so that these can be distributed in between."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from alembic import op

revision = "0028"
down_revision = "0027"

_KEYS: Final = (
    ("index_indicators", "fk_index_indicators_agency_id_agencies", "agencies", "agency_id"),
    ("index_evidence", "fk_index_evidence_agency_id_agencies", "agencies", "agency_id"),
    ("index_evidence", "fk_index_evidence_round_id_index_rounds", "index_rounds", "round_id"),
    ("index_objections", "fk_index_objections_agency_id_agencies", "agencies", "agency_id"),
    ("index_objections", "fk_index_objections_round_id_index_rounds", "index_rounds", "round_id"),
    ("index_score_changes", "fk_index_score_changes_agency_id_agencies", "agencies", "agency_id"),
    ("index_score_changes", "fk_index_score_changes_round_id_index_rounds", "index_rounds", "round_id"),
    ("index_scores", "fk_index_scores_agency_id_agencies", "agencies", "agency_id"),
    ("index_scores", "fk_index_scores_round_id_index_rounds", "index_rounds", "round_id"),
    ("index_tasks", "fk_index_tasks_agency_id_agencies", "agencies", "agency_id"),
    ("index_tasks", "fk_index_tasks_round_id_index_rounds", "index_rounds", "round_id"),
)


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    for table, keys in groupby(_KEYS, key=lambda key: key[0]):
        with op.batch_alter_table(table) as batch:
            for _, name, referred, column in keys:
                batch.create_foreign_key(batch.f(name), referred, [column], ["id"])


def downgrade() -> None:  # noqa: D103 -- likewise
    for table, keys in groupby(_KEYS, key=lambda key: key[0]):
        with op.batch_alter_table(table) as batch:
            for _, name, _, _ in keys:
                batch.drop_constraint(batch.f(name), type_="foreignkey")
