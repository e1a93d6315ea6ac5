from __future__ import annotations

import pytest

from statement_audit import tables_without_agency


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT responses.id FROM responses WHERE responses.agency_id = ?",
        "SELECT r.id FROM responses AS r WHERE r.agency_id IN (SELECT agencies.id FROM agencies)",
        "UPDATE fold_marks SET stale=? WHERE fold_marks.agency_id = ? AND fold_marks.wave_id = ?",
        "DELETE FROM comments WHERE agency_id = ?",
        (
            "SELECT 1 FROM responses JOIN exclusions ON exclusions.agency_id = responses.agency_id "
            "AND exclusions.response_id = responses.id WHERE responses.agency_id = ?"
        ),
        "SELECT level_tallies.count FROM level_tallies JOIN agencies ON agencies.id = level_tallies.agency_id",
        "INSERT INTO responses (agency_id, id) VALUES (?, ?)",
        "SELECT agencies.id FROM agencies",
    ],
)
def test_statements_that_name_the_agency_pass(statement: str) -> None:
    assert tables_without_agency(statement) == []


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT responses.agency_id FROM responses WHERE responses.wave_id = ?", ["responses"]),
        ("SELECT count(*) FROM responses WHERE wave_id = ? GROUP BY responses.agency_id", ["responses"]),
        ("UPDATE responses SET burst=? WHERE responses.id = ?", ["responses"]),
        ("DELETE FROM comments", ["comments"]),
        (
            "SELECT 1 FROM responses AS r JOIN exclusions AS e ON e.agency_id = r.agency_id WHERE r.wave_id = ?",
            ["responses", "exclusions"],
        ),
        ("SELECT 1 FROM agencies, level_tallies WHERE agencies.id = ?", ["level_tallies"]),
    ],
)
def test_statements_that_forget_the_agency_are_found(statement: str, tables: list[str]) -> None:
    assert tables_without_agency(statement) == tables
