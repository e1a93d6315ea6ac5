"""Rubrics at the desk: every fault told, drafts edited line by line, published, begun anew; two officials at once."""

from __future__ import annotations

import io
import re
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import START
from survey.models.audit import AuditEntry
from survey.models.rubrics import Rubric
from survey.services.rubric_file import BUILT_IN
from survey.services.rubrics import load_builtin_rubrics

PAGE = "/desk/index/rubrics"
EXAMPLE = (BUILT_IN / "departments-2026.toml").read_bytes()


def sent(content: bytes, name: str = "bo.toml") -> dict[str, object]:
    return {"file": (io.BytesIO(content), name)}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def draft(session: Session) -> Rubric:
    session.rollback()
    return session.scalars(select(Rubric).where(Rubric.published_on.is_(None))).one()


@pytest.mark.usefixtures("province")
def test_a_rubric_goes_from_file_to_draft_to_edited_to_published_to_next_year(  # noqa: PLR0915 -- one walk, one world
    sign_in: SignIn, session: Session
) -> None:
    load_builtin_rubrics(session, today=START)
    session.commit()
    client = sign_in("giamdoc")
    page = client.get(PAGE).text
    assert "departments/2026" in page
    assert "có sẵn (ví dụ)" in page
    example = session.scalars(select(Rubric).where(Rubric.rubric == "departments")).one().id

    # Every fault at its place, in both languages, and nothing kept.
    faulty = EXAMPLE.replace(b'maximum = "18"', b'maximum = "19"', 1).replace(
        b'rubric = "departments"', b'rubric = "so"'
    )
    faulty = faulty.replace(b'source = "self_assessment"\n', b"", 1)
    refused = client.post(PAGE, data=sent(faulty))
    assert refused.status_code == 422
    assert "Dòng " in refused.text
    assert "thiếu nguồn điểm" in refused.text
    assert "areas[1]" in refused.text
    assert "does not say where its points come from" in client.post(f"{PAGE}?lang=en", data=sent(faulty)).text
    assert client.post(f"{PAGE}?lang=vi", data=sent(b"\x00\x01", "x.xlsx")).status_code == 422
    assert client.post(PAGE).status_code == 422

    # The spreadsheet of an example, under another name, is shown and kept as a draft.
    begun = client.post(f"{PAGE}/{example}/next", data={"rubric": "so", "edition": "2027", "year": "2027"})
    assert begun.status_code == 303
    book = client.get(f"{begun.location}.xlsx")
    assert book.data[:2] == b"PK"
    shown = client.post(PAGE, data=sent(book.data, "so.xlsx"))
    assert "giống hệt tệp vừa gửi" in shown.text
    toml = client.get(f"{begun.location}.toml").data.replace(b'edition = "2027"', b'edition = "2027-b"')
    kept = client.post(f"{PAGE}/drafts", data={"source": toml.decode()})
    assert kept.status_code == 303
    assert client.post(f"{begun.location}/discard").status_code == 303
    number = draft(session).id
    assert isinstance(number, UUID)

    # A leaf is edited; the sums above it follow.
    line = f"{PAGE}/{number}/lines/1.1"
    boxes = client.get(line).text
    typed = {
        "seen": hidden(boxes, "seen"), "name": "Kế hoạch mới", "name_en": "New plan", "maximum": "3,5",
        "source": "indicator", "taken_from": "plan", "formula": "bands", "numbers": ">=0,9: 3,5; >=0,8: 1",
    }  # fmt: skip
    wrong = client.post(line, data=typed | {"taken_from": "", "numbers": ">=0,9: 9"})
    assert wrong.status_code == 422
    assert "vượt điểm tối đa 3,5" in wrong.text or "vượt điểm tối đa 3.5" in wrong.text
    assert "Kế hoạch mới" in wrong.text
    assert client.post(line, data=typed).status_code == 303
    content = draft(session).content
    assert content["areas"][0]["criteria"][0]["formula"]["steps"][0] == {"at_least": "0.9", "points": "3.5"}
    assert (content["areas"][0]["maximum"], content["maximum"]) == ("18.5", "100.5")

    # The second of two officials is told, and keeps what he typed.
    late = sign_in("phogiamdoc").post(line, data=typed | {"name": "Kế hoạch của tôi"})
    assert late.status_code == 409
    assert "người khác đã lưu" in late.text
    assert "Kế hoạch của tôi" in late.text
    area = f"{PAGE}/{number}/lines/1"
    renamed = {"seen": hidden(client.get(area).text, "seen"), "name": "Điều hành", "name_en": ""}
    assert client.post(area, data=renamed).status_code == 303

    # Published with what was seen; then it never changes.
    assert "vừa được người khác sửa" in client.get(client.post(f"{PAGE}/{number}/publish").location).text
    seen = draft(session).sha256
    assert client.post(f"{PAGE}/{number}/publish", data={"seen": seen}).status_code == 303
    assert client.get(line).status_code == 409
    again = client.post(f"{PAGE}/{number}/next", data={"rubric": "so", "edition": "2027-b", "year": "2027"})
    assert again.status_code == 422
    assert "Đã có bộ tiêu chí so/2027-b" in again.text
    session.rollback()
    verbs = set(session.scalars(select(AuditEntry.verb)))
    assert {"rubric.saved", "rubric.published", "rubric.discarded", "document.downloaded"} <= verbs
    assert sign_in("yte").get(PAGE).status_code == 404
