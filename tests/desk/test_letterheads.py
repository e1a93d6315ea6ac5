from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province
from survey.models.audit import AuditEntry
from survey.models.letterheads import Letterhead
from tests.rendering.reading import pdf_text
from tests.rendering.test_docx import document

SET = {
    "superior": "  Ủy ban nhân dân   tỉnh Mây ",
    "issuer": "Ủy ban nhân dân xã Suối",
    "number": "15",
    "symbol": "BC-UBND",
    "place": "Suối",
    "signer_post": "TM. Ủy ban nhân dân\r\nChủ tịch\r\n",
    "signer_name": "Nguyễn <b>Thị</b> Ánh",
    "recipients": "- Sở Nội vụ;\r\n\r\n=HYPERLINK(1)\r\nLưu: VT.",
    "signer_post_en": "Chairwoman",
}


def address(province: Province) -> str:
    return f"/desk/agencies/{province.commune}/letterhead"


def seen(client: FlaskClient, province: Province) -> str:
    found = re.search(r'name="seen" value="(\w+)"', client.get(address(province)).text)
    assert found
    return found[1]


def send(client: FlaskClient, province: Province, **texts: str) -> tuple[int, str]:
    response = client.post(address(province), data={"seen": seen(client, province), **texts})
    return response.status_code, response.text


def test_what_is_set_stands_on_the_page_and_in_both_documents(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    official = sign_in("xa")
    before = official.get(address(province)).text
    assert "Số: …………/BC-…………" in before
    assert "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ" in before

    assert send(official, province, **SET)[0] == 303

    page = official.get(address(province)).text
    assert "Nguyễn &lt;b&gt;Thị&lt;/b&gt; Ánh" in page
    report = f"/desk/agencies/{province.commune}/waves/{province.closed}/report"
    pdf = pdf_text(official.get(f"{report}.pdf").data)
    docx = document(official.get(f"{report}.docx").data)
    words = " ".join(cell.text for table in docx.tables for row in table.rows for cell in row.cells)
    for printed in (
        "ỦY BAN NHÂN DÂN TỈNH MÂY",
        "ỦY BAN NHÂN DÂN XÃ SUỐI",
        "Số: 15/BC-UBND",
        "Suối, ngày",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Nguyễn <b>Thị</b> Ánh",
        "- Sở Nội vụ;",
        "- =HYPERLINK(1);",
        "- Lưu: VT.",
    ):
        assert printed in " ".join(words.split())
        assert printed in pdf
    entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "letterhead.changed")).one()
    assert entry.details["signer_post"] == ["", "TM. Ủy ban nhân dân\nChủ tịch"]


def test_the_second_of_two_officials_is_told_and_loses_nothing(sign_in: SignIn, province: Province) -> None:
    first, second = sign_in("xa"), sign_in("giamdoc")
    old = seen(second, province)
    assert send(first, province, issuer="Tên của người thứ nhất")[0] == 303

    told = second.post(address(province), data={"seen": old, "issuer": "Tên của người thứ hai"})

    assert told.status_code == 409
    assert "Tên của người thứ nhất" in told.text
    assert 'value="Tên của người thứ hai"' in told.text


def test_what_cannot_be_printed_is_refused_with_its_place_and_kept_in_the_box(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    official = sign_in("xa")
    for texts, sentence in (
        ({"place": "x" * 201}, "Địa danh có dòng dài 201 ký tự, tối đa 200"),
        ({"recipients": "một nơi\n" * 21}, "Nơi nhận có 21 dòng, tối đa 20"),
        ({"symbol": "BC\nUBND"}, "Ký hiệu có 2 dòng, tối đa 1"),
        ({"issuer_en": "Only English"}, "Cơ quan ban hành mới có bản tiếng Anh"),
    ):
        status, page = send(official, province, **texts)
        assert status == 422
        assert sentence in page
        assert next(iter(texts.values())).split("\n")[0] in page
    assert session.scalars(select(Letterhead)).all() == []


def test_only_who_manages_the_agency_sees_and_sets_it(sign_in: SignIn, province: Province) -> None:
    for name in ("xem", "kiemtra", "yte"):
        client = sign_in(name)
        assert client.get(address(province)).status_code == 404
        assert client.post(address(province), data=SET).status_code == 404
