"""The report of a wave and the comparison of chosen agencies, as officials ask for them."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conftest import Database
from desk_fixtures import SignIn
from desk_province import LAST_JUNE, START, Province, add_answers
from survey.findings.chosen_values import ChosenComparison
from survey.findings.frozen import thaw
from survey.findings.values import AnnualFindings
from survey.jobs.comparison import make_comparison
from survey.jobs.perform import perform_job
from survey.jobs.wave_report import make_wave_report
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.jobs import Job
from survey.rendering.annual_tables import annual_tables
from survey.rendering.comparison_report import comparison_tables
from survey.services.agencies import add_agency
from survey.services.fold import fold
from tests.rendering.reading import missing_figures

KINDS = {"comparison": make_comparison, "wave_report": make_wave_report}


def address(province: Province, page: str, agency: UUID | None = None) -> str:
    return f"/desk/agencies/{agency or province.province}/waves/{province.closed}/{page}"


def add_bodies(session: Session, province: Province) -> list[UUID]:
    """Add a body of which nearly everybody was satisfied, and one of which nearly nobody was."""
    top, wave = session.get_one(Agency, province.province), session.get_one(Wave, province.closed)
    found = []
    for code, name, satisfied in (("99.03", "Sở Nội vụ", 58), ("99.04", "Sở Xây dựng", 4)):
        agency = add_agency(session, code=code, kind="department", name=name, valid_from=START, parent=top)
        add_answers(session, wave, agency, satisfied=satisfied, dissatisfied=60 - satisfied)
        found.append(agency.id)
    fold(session, until=LAST_JUNE)
    session.commit()
    return found


def test_the_report_of_a_wave_ranks_and_tells_what_its_documents_tell(
    sign_in: SignIn, province: Province, session: Session, database: Database
) -> None:
    add_bodies(session, province)
    client = sign_in("xem")
    page = client.get(address(province, "summary")).text
    for words in ("Sở Nội vụ", "Sở Xây dựng", "Phiếu phát ra, thu về, hợp lệ", "Rất hài lòng", "chưa có kỳ trước"):
        assert words in page
    assert "Lowest agency" in client.get(address(province, "summary") + "?lang=en").text
    job = client.post(address(province, "summary/documents")).location
    files = done(session, database)
    assert {"PDF", "DOCX", "XLSX", "CSV", "JSON", "CSV kết quả chung"} <= set(files)
    told = json.loads(client.get(f"{job}/JSON").data)["findings"]
    tables = annual_tables(thaw(AnnualFindings, json.dumps(told).encode()), "vi")
    assert len(tables) > 6
    assert missing_figures(page, (tables[code] for code in tables if code not in {"points", "sample"})) == []
    assert (told["wave"]["code"], told["forms"]["valid"]) == (session.get_one(Wave, province.closed).code, 132)
    assert [row["rank"] for row in told["agencies"]][:2] == [1, 2]


def test_chosen_agencies_are_compared_pair_by_pair(
    sign_in: SignIn, province: Province, session: Session, database: Database
) -> None:
    good, bad = add_bodies(session, province)
    client = sign_in("xem")
    empty = client.get(address(province, "chosen"))
    assert "Chưa chọn đủ cơ quan để so sánh" in empty.text
    chosen = f"?with={good}&with={bad}&with={province.commune}"
    page = client.get(address(province, "chosen") + chosen).text
    assert "Sở Nội vụ cao hơn Sở Xây dựng" in page
    assert "không đủ số liệu" in page
    job = client.post(address(province, "chosen/documents") + chosen).location
    files = done(session, database)
    assert {"PDF", "DOCX", "XLSX", "CSV", "JSON"} <= set(files)
    told = json.loads(client.get(f"{job}/JSON").data)["findings"]
    tables = comparison_tables(thaw(ChosenComparison, json.dumps(told).encode()), "vi")
    assert missing_figures(page, tables.values()) == []
    pairs = told["pairs"]
    assert sorted(pair["words"] for pair in pairs) == ["higher", "too_few", "too_few"]
    # A body and what lies below it are not compared with themselves, and nobody compares what he may not read.
    nested = client.get(address(province, "chosen") + f"?with={good}&with={province.province}").text
    assert "cơ quan này thuộc cơ quan kia" in nested
    own = sign_in("yte")
    assert own.get(address(province, "chosen", province.health)).status_code == 200
    assert own.get(address(province, "chosen", province.health) + chosen).status_code == 404
    assert own.post(address(province, "chosen/documents")).status_code == 404


def done(session: Session, database: Database) -> dict[str, str]:
    job_id = session.scalars(select(Job.id)).one()
    session.rollback()
    perform_job(session.get_bind(), job_id, kinds=KINDS, data_dir=database.data_dir)  # type: ignore[arg-type]
    job = session.get_one(Job, job_id)
    session.refresh(job)
    assert job.state == "done", job.message
    return job.files or {}
