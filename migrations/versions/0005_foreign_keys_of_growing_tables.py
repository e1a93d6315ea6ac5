"""Foreign keys of the growing tables: to reference tables, and from exclusions to their responses."""

from __future__ import annotations

from contextlib import AbstractContextManager
from itertools import groupby

from alembic import op
from alembic.operations import BatchOperations

revision = "0005"
down_revision = "0004"

# Table, name of the key, columns, table referred to, its columns; grouped by table.
FOREIGN_KEYS = [
    ("responses", "fk_responses_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    (
        "responses",
        "fk_responses_questionnaire_edition_id_questionnaire_editions",
        ["questionnaire_edition_id"],
        "questionnaire_editions",
        ["id"],
    ),
    ("responses", "fk_responses_received_by_agency_id_agencies", ["received_by_agency_id"], "agencies", ["id"]),
    ("responses", "fk_responses_service_id_services", ["service_id"], "services", ["id"]),
    ("responses", "fk_responses_service_point_id_service_points", ["service_point_id"], "service_points", ["id"]),
    ("responses", "fk_responses_wave_id_waves", ["wave_id"], "waves", ["id"]),
    ("exclusions", "fk_exclusions_agency_id_responses", ["agency_id", "response_id"], "responses", ["agency_id", "id"]),
    ("exclusions", "fk_exclusions_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("comments", "fk_comments_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("withdrawal_counts", "fk_withdrawal_counts_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("withdrawal_counts", "fk_withdrawal_counts_wave_id_waves", ["wave_id"], "waves", ["id"]),
    ("intake_meters", "fk_intake_meters_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    (
        "intake_meters",
        "fk_intake_meters_service_point_id_service_points",
        ["service_point_id"],
        "service_points",
        ["id"],
    ),
    ("level_tallies", "fk_level_tallies_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("level_tallies", "fk_level_tallies_wave_id_waves", ["wave_id"], "waves", ["id"]),
    ("breakdown_tallies", "fk_breakdown_tallies_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("breakdown_tallies", "fk_breakdown_tallies_wave_id_waves", ["wave_id"], "waves", ["id"]),
    ("moment_tallies", "fk_moment_tallies_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("moment_tallies", "fk_moment_tallies_wave_id_waves", ["wave_id"], "waves", ["id"]),
    ("fold_marks", "fk_fold_marks_agency_id_agencies", ["agency_id"], "agencies", ["id"]),
    ("fold_marks", "fk_fold_marks_wave_id_waves", ["wave_id"], "waves", ["id"]),
]
WITHOUT_ROWID = {"responses", "comments"}


def upgrade() -> None:  # noqa: D103 -- the module's title says it
    for table, keys in groupby(FOREIGN_KEYS, key=lambda key: key[0]):
        with _altered(table) as batch:
            for _, name, columns, referred, referred_columns in keys:
                batch.create_foreign_key(name, referred, columns, referred_columns)


def downgrade() -> None:  # noqa: D103 -- likewise
    for table, keys in groupby(FOREIGN_KEYS, key=lambda key: key[0]):
        with _altered(table) as batch:
            for _, name, *_rest in keys:
                batch.drop_constraint(name, type_="foreignkey")


def _altered(table: str) -> AbstractContextManager[BatchOperations]:
    # SQLite makes the table anew; it must stay without the row number that would tell the order of arrival.
    options = {"sqlite_with_rowid": False} if table in WITHOUT_ROWID else {}
    return op.batch_alter_table(table, table_kwargs=options)
