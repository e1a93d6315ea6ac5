from __future__ import annotations

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from desk_fixtures import SignIn
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.editions import BUILT_IN, parse_edition

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


def carried(page: TestResponse) -> str:
    """Return the file that a page of its contents carries on."""
    return html.unescape(page.text.partition('name="source" value="')[2].partition('">')[0])


def keep(client: FlaskClient, session: Session, source: str) -> QuestionnaireEdition:
    assert client.post(f"{ADDRESS}/drafts", data={"source": source}).status_code == 302
    draft = edition(session, "own")
    assert draft is not None
    return draft


def test_editions_are_listed_shown_and_downloaded_as_templates(sign_in: SignIn, session: Session) -> None:
    client = sign_in(ROOT)
    assert "policy-and-service/2026.2" in client.get(ADDRESS).text
    full = session.scalars(select(QuestionnaireEdition).where(QuestionnaireEdition.edition == "2026.2")).all()[-1]
    page = client.get(f"{ADDRESS}/{full.id}").text
    assert "Câu chữ không thể sửa nữa" in page
    file = client.get(f"{ADDRESS}/{full.id}.toml")
    assert f'questionnaire = "{full.questionnaire}"' in file.text


def test_a_file_is_only_shown_until_somebody_keeps_it(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    page = client.post(ADDRESS, data=upload(source))
    assert page.status_code == 200
    assert "Chưa có gì được lưu" in page.text
    assert "Công chức: thái độ, cách hướng dẫn" in page.text
    assert edition(session, "own") is None
    kept = client.post(f"{ADDRESS}/drafts", data={"source": carried(page)}, follow_redirects=True)
    assert "Đã lưu bản nháp" in kept.text
    draft = edition(session, "own")
    assert draft is not None
    assert draft.content == parse_edition(source.encode(), name="own")


def test_a_draft_is_published_once_and_then_stays(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    draft = keep(client, session, source)
    assert draft.published_on is None
    assert client.post(f"{ADDRESS}/{draft.id}/publish").status_code == 302
    published = edition(session, "own")
    assert published is not None
    assert published.published_on is not None
    assert client.post(f"{ADDRESS}/{draft.id}/publish").status_code == 409
    assert client.post(f"{ADDRESS}/{draft.id}/discard").status_code == 409
    other = client.post(ADDRESS, data=upload(source.replace("Nhìn chung", "Nói chung")))
    assert other.status_code == 400
    assert "không thể sửa" in other.text
    same = client.post(ADDRESS, data=upload(source))
    assert "giống hệt" in same.text


def test_a_draft_is_replaced_or_discarded(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    keep(client, session, source)
    other = source.replace("Nhìn chung", "Nói chung")
    assert "sẽ thay bản nháp đó" in client.post(ADDRESS, data=upload(other)).text
    draft = keep(client, session, other)
    assert "Nói chung" in str(draft.content)
    page = client.post(f"{ADDRESS}/{draft.id}/discard", follow_redirects=True)
    assert "Đã bỏ bản nháp" in page.text
    assert edition(session, "own") is None


def test_what_a_new_edition_changes_is_told_item_by_item(sign_in: SignIn) -> None:
    client = sign_in(ROOT)
    newer = (BUILT_IN / "counter-2026.2.toml").read_text(encoding="utf-8")
    newer = newer.replace('edition = "2026.2"', 'edition = "2027"', 1)
    page = client.post(ADDRESS, data=upload(newer)).text
    assert "Mọi câu đều giữ nguyên như counter/2026" in page
    first = 'how = "same", edition = "counter/2026", item = "a1"'
    assert first in newer
    page = client.post(ADDRESS, data=upload(newer.replace(first, 'how = "new"'))).text
    assert "xu hướng đứt ở đây" in page
    assert "<strong>câu mới</strong>" in page
    assert "<strong>không còn hỏi</strong>" in page


def test_a_file_larger_than_any_other_form_is_taken(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    large = source + "# Ghi chú: còn phải hỏi lại Sở Nội vụ.\n" * 2000
    page = client.post(ADDRESS, data=upload(large))
    assert page.status_code == 200
    assert client.post(f"{ADDRESS}/drafts", data={"source": carried(page)}).status_code == 302
    assert edition(session, "own") is not None
    assert client.post(ADDRESS, data=upload(source + "#" * 600_000)).status_code == 413


def test_the_preview_is_the_citizens_form_without_a_key(sign_in: SignIn, session: Session, source: str) -> None:
    client = sign_in(ROOT)
    draft = keep(client, session, source)
    page = client.get(f"{ADDRESS}/{draft.id}/preview")
    assert "Xem thử" in page.text
    assert 'type="radio" name="a1" value="5"' in page.text
    assert 'name="key"' not in page.text
    assert "<script" not in page.text
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
    english = client.get(f"{ADDRESS}/{draft.id}/preview?lang=en")
    assert '<html lang="en">' in english.text
    assert "Sample counter" in english.text
    assert '<html lang="vi">' in client.get(ADDRESS).text
    # Who reads the desk in English sees the form in English first.
    client.get(f"{ADDRESS}?lang=en")
    assert '<html lang="en">' in client.get(f"{ADDRESS}/{draft.id}/preview").text


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
    client = sign_in("yte")
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS).status_code == 404
    assert client.post(f"{ADDRESS}/drafts").status_code == 404


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
    for wrong in ("", "x", str(old.id)):
        assert "Hãy chọn một phiên bản" in client.post(address, data={"edition": wrong}, follow_redirects=True).text
    page = client.post(
        address, data={"edition": str(service.id), "counter": str(row.service_point_id)}, follow_redirects=True
    )
    assert "1 quầy đã chuyển sang đợt" in page.text
    session.rollback()
    beside = session.scalars(select(Wave).where(Wave.questionnaire_edition_id == service.id)).one()
    assert (beside.state, beside.opens_on, beside.index_year) == (old.state, old.opens_on, old.index_year)


def test_the_template_of_the_next_edition_can_be_loaded_as_it_is(sign_in: SignIn) -> None:
    client = sign_in("giamdoc")
    page = client.get("/admin/questionnaires").text
    found = re.search(r'href="(/admin/questionnaires/[^"]+\.toml\?next=1)"[^>]*counter/2026\.2', page)
    assert found

    source = client.get(found[1]).data

    assert b'edition = "2026.3"' in source
    assert b'maps_to = { how = "same", edition = "counter/2026.2"' in source
    file = {"file": (io.BytesIO(source), "phieu.toml")}
    shown = client.post("/admin/questionnaires", data=file, content_type="multipart/form-data").text
    assert "Tệp không có lỗi" in shown
    assert "(giữ nguyên: counter/2026.2" in shown


def test_a_preview_has_a_way_back_and_no_button(session: Session, sign_in: SignIn) -> None:
    client = sign_in("giamdoc")
    edition = session.scalars(select(QuestionnaireEdition)).first()
    assert edition is not None

    page = client.get(f"/admin/questionnaires/{edition.id}/preview").text

    assert f'href="/admin/questionnaires/{edition.id}"' in page
    assert "<button>" not in page
