"""Indexes of others at the desk: tried out, kept with their source, shown with what breaks the series."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.models.index_sources import ExternalYear

FILE = """Năm,Mã đơn vị,Tên đơn vị,Tổng điểm,Hạng,a,b,c
2018,01,Tỉnh Một,,,5,6,
2018,02,Tỉnh Hai,,,4,4,
2019,01,Tỉnh Một,,,5,4,3
2019,02,Tỉnh Hai,,,6,6,3
2019,03,Tỉnh Ba,,,,,
"""


@pytest.mark.usefixtures("province")
def test_a_series_is_brought_in_with_its_source_and_tells_what_breaks_it(sign_in: SignIn, session: Session) -> None:
    client = sign_in("giamdoc")
    assert "Chưa có chỉ số nào" in client.get("/desk/index/series").text
    empty = client.post("/desk/index/series", data={"code": "papi", "name": "", "publisher": "CECODES"})
    assert empty.status_code == 422
    assert 'value="CECODES"' in empty.text
    made = client.post("/desk/index/series", data={"code": "papi", "name": "PAPI", "publisher": "CECODES"})
    page = made.location
    about = {"dimensions": "a, b, c", "unit_set": "63", "source": "Báo cáo năm"}

    bad = FILE.replace("6,6,3", "sáu,6,3")
    refused = client.post(f"{page}/file", data={"file": (io.BytesIO(bad.encode()), "papi.csv")} | about)
    assert refused.status_code == 422
    assert "sáu" in refused.text
    shown = client.post(f"{page}/file", data={"file": (io.BytesIO(FILE.encode()), "papi.csv")} | about).text
    assert "Năm 2019: 3 đơn vị" in shown
    wrong = FILE.replace("2018,01,Tỉnh Một,,", "25,01,Tỉnh Một,abc,")
    refused = client.post(f"{page}/file", data={"file": (io.BytesIO(wrong.encode()), "papi.csv")} | about).text
    assert "“25” không phải năm" in refused
    assert "hãy ghi con số đã công bố như 43,12" in refused
    assert f"{local_today().year - 1};99;Tỉnh" in client.get(f"{page}/lines.csv").text
    lines = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    sha256 = re.search(r'name="sha256" value="([^"]+)"', shown)
    assert lines is not None
    assert sha256 is not None
    kept = {"lines": lines[1].replace("&#34;", '"'), "sha256": sha256[1], "name": "papi.csv"} | about
    assert client.post(f"{page}/keep", data=kept | {"source": ""}).status_code == 422
    assert client.post(f"{page}/keep", data=kept).status_code == 303

    assert "2020;03;Tỉnh Ba;;;;;" in client.get(f"{page}/lines.csv").text
    # A code is used once; what is called otherwise keeps its years, and the second of two is told.
    again = client.post("/desk/index/series", data={"code": "papi", "name": "Khác", "publisher": "CECODES"})
    assert "đã dùng cho “PAPI”" in again.text
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(page).text)
    assert seen is not None
    names = {"seen": seen[1], "name": "PAPI mới", "publisher": "UNDP", "better": "up"}
    assert client.post(f"{page}/names", data=names | {"publisher": ""}).status_code == 422
    assert client.post(f"{page}/names", data=names).status_code == 303
    overtaken = client.post(f"{page}/names", data=names | {"name": "Của tôi"})
    assert "Người khác vừa sửa" in overtaken.text
    assert 'value="Của tôi"' in overtaken.text
    told = sign_in("xa").get(page).text
    assert "thay đổi dưới đây chỉ tính trên các thành phần chung: a, b" in told
    assert "không có số liệu" in told
    assert "Không có số liệu năm 2019: Tỉnh Ba; không tính vào hạng và thay đổi." in told
    assert "1 tăng hạng, 1 giảm" in told
    assert "Kiểm tra tệp" not in told
    assert "2018" in client.get(f"{page}?year=2018").text
    session.rollback()
    assert set(session.scalars(select(ExternalYear.sha256))) == {sha256[1]}
    assert {"external.imported", "external.series_saved"} <= set(session.scalars(select(AuditEntry.verb)))
    assert sign_in("yte").post(f"{page}/keep", data=kept).status_code == 404
