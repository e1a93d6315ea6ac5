from __future__ import annotations

import io

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.editions import BUILT_IN

ADDRESS = "/admin/questionnaires"
ROOT = "giamdoc"


@pytest.fixture
def source() -> str:
    """The counter form as a new questionnaire of the office's own."""
    text = (BUILT_IN / "counter-2026.toml").read_text(encoding="utf-8")
    return text.replace('questionnaire = "counter"', 'questionnaire = "own"')


def upload(content: str | bytes) -> dict[str, tuple[io.BytesIO, str]]:
    body = content.encode() if isinstance(content, str) else content
    return {"file": (io.BytesIO(body), "phieu.toml")}


def edition(session: Session, name: str) -> QuestionnaireEdition | None:
    session.rollback()
    return session.scalar(select(QuestionnaireEdition).where(QuestionnaireEdition.questionnaire == name))


def test_editions_are_listed_shown_and_downloaded_as_templates(sign_in: SignIn, session: Session) -> None:
    client = sign_in(ROOT)
    assert "policy-and-service/2026.2" in client.get(ADDRESS).text
    full = session.scalars(select(QuestionnaireEdition).where(QuestionnaireEdition.edition == "2026.2")).all()[-1]
    page = client.get(f"{ADDRESS}/{full.id}").text
    assert "Câu chữ không thể sửa nữa" in page
    file = client.get(f"{ADDRESS}/{full.id}.toml")
    assert f'questionnaire = "{full.questionnaire}"' in file.text


def test_a_file_is_tried_out_kept_as_a_draft_and_published_once(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    page = client.post(ADDRESS, data=upload(source), follow_redirects=True)
    assert "Tệp không có lỗi" in page.text
    assert "Công chức: thái độ, cách hướng dẫn" in page.text
    draft = edition(session, "own")
    assert draft is not None
    assert draft.published_on is None
    assert client.post(f"{ADDRESS}/{draft.id}/publish").status_code == 302
    published = edition(session, "own")
    assert published is not None
    assert published.published_on is not None
    assert client.post(f"{ADDRESS}/{draft.id}/publish").status_code == 409
    assert client.post(ADDRESS, data=upload(source.replace("Nhìn chung", "Nói chung"))).status_code == 409


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("Nhìn chung về sự phục vụ", ""), "overall.text.vi"),
        (('code = "b1"', 'code = "a1"'), "dùng hai lần"),
        (('3 = { vi = "Bình thường", en = "Neutral" }', ""), "Dòng 10"),
        (('edition = "2026"', 'edition = "'), "dòng 5"),
    ],
)
def test_every_fault_of_a_file_is_named_with_its_line_and_nothing_is_stored(
    sign_in: SignIn, session: Session, source: str, change: tuple[str, str], sentence: str
) -> None:
    response = sign_in(ROOT).post(ADDRESS, data=upload(source.replace(*change)))
    assert response.status_code == 400
    assert sentence in response.text
    assert edition(session, "own") is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_no_file_and_broken_bytes_are_named(sign_in: SignIn, content: bytes) -> None:
    response = sign_in(ROOT).post(ADDRESS, data=upload(content))
    assert response.status_code == 400
    assert 'role="alert"' in response.text


def test_who_does_not_administer_a_root_sees_no_editions(sign_in: SignIn) -> None:
    assert sign_in("yte").get(ADDRESS).status_code == 404


def test_an_agency_chooses_another_edition_for_its_counters(sign_in: SignIn, session: Session) -> None:
    client = sign_in(ROOT)
    counters = select(WaveServicePoint).where(WaveServicePoint.is_open)
    row = session.scalars(counters).first()
    assert row is not None
    agency, old = row.service_point.agency_id, row.wave
    service = edition(session, "service")
    assert service is not None
    address = f"/admin/agencies/{agency}/edition"
    assert "service/2026" in client.get(address).text
    page = client.post(
        address, data={"edition": str(service.id), "counter": str(row.service_point_id)}, follow_redirects=True
    )
    assert "1 quầy đã chuyển sang đợt" in page.text
    session.rollback()
    beside = session.scalars(select(Wave).where(Wave.questionnaire_edition_id == service.id)).one()
    assert (beside.state, beside.opens_on, beside.index_year) == (old.state, old.opens_on, old.index_year)
