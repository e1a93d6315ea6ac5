"""The verb ``register``: it checks, imports and exports, and says in two languages what it did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from register_world import make_register
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry

Run = Callable[..., Result]
HEAD = "code,kind,name,parent_code\n"


@pytest.fixture
def run(app: flask.Flask, session: Session, run_verb: Run) -> Run:
    make_register(session)
    session.commit()
    return lambda *arguments: run_verb(app, "register", *arguments)


def count(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(Agency)).scalar_one()


def test_check_stores_nothing_and_import_does_what_it_said(run: Run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEAD + "A,unit,-Phòng A,SNV\nSNV,department,Sở Nội vụ,01\n", encoding="utf-8")
    before = count(session)

    checked = run("check", file)
    assert checked.exit_code == 0, checked.output
    assert "agencies: added 1, changed 0, retired 0, unchanged 1, bad cells 0, odd cells 2." in checked.output
    assert count(session) == before

    done = run("import", file)
    assert done.exit_code == 0, done.output
    assert count(session) == before + 1
    # Of the whole file, and of the agency that was added.
    assert session.scalars(select(AuditEntry.verb)).all() == ["import.done"] * 2


def test_bad_cells_are_named_written_to_a_file_and_end_with_a_fault(run: Run, session: Session, tmp_path: Path) -> None:
    file, errors = tmp_path / "a.csv", tmp_path / "bad.csv"
    file.write_text(HEAD + "A,unit,A,SNV\nB,unit,B,KHONG\n", encoding="utf-8")
    before = count(session)

    result = run("import", file, "--errors", errors)
    assert result.exit_code == 1
    assert "line 3, parent_code: “KHONG”" in result.output
    assert "KHONG" in errors.read_text(encoding="utf-8-sig")
    assert count(session) == before


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("shape", ["agencies", "counters", "services", "officials"])
def test_what_is_exported_goes_in_again(run: Run, tmp_path: Path, shape: str, name: str) -> None:
    assert run("export", shape, tmp_path / name, "--english").exit_code == 0
    again = run("check", tmp_path / name)
    assert again.exit_code == 0, again.output
    assert f"{shape}: added 0, changed 0, retired 0" in again.output


def test_a_file_that_cannot_be_used_is_one_sentence(run: Run, tmp_path: Path) -> None:
    assert "phải có đuôi .csv hoặc .xlsx" in run("export", "agencies", tmp_path / "a.txt").output
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n", encoding="utf-8")
    assert "Không nhận ra tệp a.csv" in run("check", file).output
    assert run("check", tmp_path / "none.csv").exit_code == 1


def test_communes_of_one_province_are_taken_with_headings_of_the_files_own(
    run: Run, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "c.csv"
    file.write_text(
        "Mã tỉnh mới;Tỉnh mới;Mã xã mới;Tên đơn vị;Mã xã cũ;Xã cũ\n"
        "01;Tỉnh Một;00007;Phường Mới;00008;Phường Cũ\n02;Tỉnh Hai;00009;Xã Mới;00010;Xã Cũ\n",
        encoding="utf-8",
    )
    result = run("import", file, "--shape", "communes", "--column", "new_commune=Tên đơn vị", "--province", "01")
    assert result.exit_code == 0, result.output
    session.rollback()
    found = session.scalars(select(Agency.name).where(Agency.code.in_(["00007", "00009", "02"]))).all()
    assert found == ["Phường Mới"]
    assert "1 đơn vị cấp xã cũ trong tệp không bị đụng đến" in result.output
