"""The verb ``import``: what it prints, what it leaves behind, and that it goes in whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import flask
import pytest
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldwork import add_editions
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.responses import Response
from survey.services.agencies import add_agency

MAP = """
[columns]
date = "date"
[constants]
agency = "P"
[items]
q1 = "q1"
[wave]
code = "W"
name = "Đợt giấy"
agency = "P"
questionnaire = "test"
edition = "q1-q2-overall"
method = "share-2026"
sample_kind = "household"
index_year = 2025
opens_on = 2025-08-01
closes_on = 2025-12-31
"""
Run = Callable[..., Result]


@pytest.fixture
def run(app: flask.Flask, session: Session, run_verb: Run) -> Run:
    add_editions(session, "q1", "q2", "overall")
    add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=date(2025, 7, 1))
    session.commit()
    return lambda *arguments: run_verb(app, *arguments)


@pytest.fixture
def import_answers(run: Run, tmp_path: Path) -> Run:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")

    def answers(lines: str, *options: object) -> Result:
        (tmp_path / "a.csv").write_text("date,q1\n" + lines, encoding="utf-8")
        return run("import", "responses", tmp_path / "a.csv", "--map", tmp_path / "map.toml", *options)

    return answers


def _stored(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(Response)).scalar_one()


def test_answers_are_stored_and_told_in_both_languages(import_answers: Run, session: Session) -> None:
    result = import_answers("2025-09-01,5\n" * 12 + "2025-09-01,\n")

    assert result.exit_code == 0, result.output
    assert "12 usable responses, 1 without any answer" in result.output
    assert "Đợt W: đã ghi 12 phiếu của 1 cơ quan" in result.output
    assert _stored(session) == 12


def test_second_time_nothing_new_is_told_and_stored(import_answers: Run, session: Session) -> None:
    import_answers("2025-09-01,5\n" * 12)

    result = import_answers("2025-09-01,5\n" * 12)

    assert result.exit_code == 0
    assert "this file was imported before (12 responses); nothing changed" in result.output
    assert _stored(session) == 12


def test_bad_cells_are_shown_in_part_and_written_in_whole(
    import_answers: Run, session: Session, tmp_path: Path
) -> None:
    errors = tmp_path / "bad.csv"

    result = import_answers("2025-09-01,5\n" + "2025-09-01,=9\n" * 30, "--errors", errors)

    assert result.exit_code == 1
    assert "Dòng 3 / line 3, q1: “=9”" in result.output
    assert result.output.count("“=9”") == 20
    assert "10 ô nữa" in result.output
    assert "Chưa ghi gì, vì có 30 ô sai." in result.output
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["line"] for row in rows] == [f"{line}" for line in range(3, 33)]
    assert rows[0]["value"] == "'=9"
    assert _stored(session) == 0
    assert session.scalar(select(func.count()).select_from(Wave)) == 0


def test_file_of_errors_appears_only_if_there_are_any(import_answers: Run, tmp_path: Path) -> None:
    import_answers("2025-09-01,5\n", "--errors", tmp_path / "bad.csv")

    assert not list(tmp_path.glob("bad.csv*"))


def test_dry_run_stores_nothing(import_answers: Run, session: Session) -> None:
    result = import_answers("2025-09-01,5\n", "--dry-run")

    assert result.exit_code == 0
    assert "nothing was stored" in result.output
    assert _stored(session) == 0


def test_unusable_file_ends_in_a_sentence(run: Run, tmp_path: Path) -> None:
    result = run("import", "responses", tmp_path / "none.csv", "--map", tmp_path / "none.toml")

    assert result.exit_code == 1
    assert "cannot be opened" in result.output
    assert "Traceback" not in result.output


def test_agencies_go_in_and_bad_ones_do_not(run: Run, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "agencies.csv"
    header = "code,kind,name,name_en,parent_code,valid_from\n"
    path.write_text(header + "X,commune,Xã X,,P,2025-07-01\nY,commune,Xã Y,,Q,2025-07-01\n", encoding="utf-8")

    bad = run("import", "agencies", path)
    path.write_text(header + "X,commune,Xã X,,P,2025-07-01\n", encoding="utf-8")
    dry = run("import", "agencies", path, "--dry-run")
    before = session.scalar(select(func.count()).select_from(Agency))
    session.rollback()
    good = run("import", "agencies", path)

    assert (bad.exit_code, dry.exit_code, good.exit_code) == (1, 0, 0)
    assert "Dòng 3 / line 3, code: “Y”" in bad.output
    assert before == 1
    assert "Added 1, changed 0, unchanged 0, bad 0." in good.output
    assert session.scalar(select(func.count()).select_from(Agency)) == 2


def test_population_below_the_answers_is_told_loudly(
    run: Run, import_answers: Run, tmp_path: Path, session: Session
) -> None:
    import_answers("2025-09-01,5\n" * 12)
    (session.scalars(select(Wave)).one()).closes_on = date(2025, 12, 30)
    session.commit()
    path = tmp_path / "n.csv"
    path.write_text("wave_code,agency_code,month,transactions\nW,P,2025-09,11\n", encoding="utf-8")

    result = run("import", "population", path)

    assert result.exit_code == 0
    assert "CẢNH BÁO: P, tháng 2025-09: có 12 phiếu nhưng N = 11" in result.output


def test_counters_go_in_with_their_codes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "counters.csv"
    path.write_text("agency_code;name;name_en;serves_code\nP;Quầy 1;;\n", encoding="utf-8-sig")

    assert run("import", "counters", path).exit_code == 0

    shown = run("agency", "counters", "P")
    assert "Quầy 1" in shown.output
    assert len(shown.output.split()[0]) == 9
