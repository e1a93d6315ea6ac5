"""Rubrics at the desk: every fault told, drafts made from nothing, edited, compared, published; two at once."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import START, Province
from survey.models.audit import AuditEntry
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexScore
from survey.models.rubrics import Rubric
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.rubric_file import BUILT_IN
from survey.services.rubrics import load_builtin_rubrics

PAGE = "/desk/index/rubrics"
EXAMPLE = (BUILT_IN / "departments-2026.toml").read_bytes()


def sent(content: bytes, name: str = "bo.toml") -> dict[str, object]:
    return {"file": (io.BytesIO(content), name)}


def hidden(page: str, name: str) -> str:
    found: list[str] = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return found[-1]


def stored(session: Session, name: str) -> Rubric:
    session.rollback()
    rubric, edition = name.split("/")
    return session.scalars(select(Rubric).where(Rubric.rubric == rubric, Rubric.edition == edition)).one()


class Editor:
    """An official at the pages of one draft, who sends what the page showed to him."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.address = client, address

    def page(self, path: str = "") -> str:
        return self.client.get(f"{self.address}{path}").text

    def send(self, path: str, data: dict[str, Any], *, shown: str | None = None, expect: int = 303) -> str:
        """Send a form as the page at ``shown``, by default the same, stood there; return the page that comes."""
        seen = hidden(self.page(path if shown is None else shown), "seen")
        answer = self.client.post(f"{self.address}{path}", data={"seen": seen, **data})
        assert answer.status_code == expect, answer.text
        return self.client.get(answer.location).text if expect == 303 else answer.text

    def add(self, kind: str, under: str = "", **typed: str) -> str:
        path = f"/add/{kind}" + (f"?under={under}" if under else "")
        given = {"source": "self_assessment", "formula": "points", "under": under, **typed}
        return self.send(path, given)


@pytest.mark.usefixtures("province")
def test_a_rubric_goes_from_file_to_draft_to_published_and_never_changes(sign_in: SignIn, session: Session) -> None:
    load_builtin_rubrics(session, today=START)
    session.commit()
    client = sign_in("giamdoc")
    page = client.get(PAGE).text
    assert "departments/2026" in page
    assert "có sẵn (ví dụ)" in page
    example = stored(session, "departments/2026").id

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
    assert "giống hệt tệp vừa gửi" in client.post(PAGE, data=sent(book.data, "so.xlsx")).text
    toml = client.get(f"{begun.location}.toml").data
    other = toml.replace(b'vi = "', b'vi = "X ', 1)
    refused = client.post(f"{PAGE}/drafts", data={"source": other.decode(), "seen": "of another time"})
    assert "vừa được người khác sửa" in refused.text
    seen = hidden(client.post(PAGE, data=sent(other)).text, "seen")
    assert client.post(f"{PAGE}/drafts", data={"source": other.decode(), "seen": seen}).status_code == 303
    again = client.post(f"{PAGE}/{example}/next", data={"rubric": "so", "edition": "2027", "year": "2027"})
    assert again.status_code == 422
    assert "Đã có bộ tiêu chí so/2027" in again.text
    thrown = client.post(f"{PAGE}/{example}/next", data={"rubric": "so", "edition": "x", "year": "2028"})
    assert client.post(f"{thrown.location}/discard").status_code == 303

    # Published with what was seen; then it never changes.
    number = stored(session, "so/2027").id
    assert "vừa được người khác sửa" in client.get(client.post(f"{PAGE}/{number}/publish").location).text
    sha256 = stored(session, "so/2027").sha256
    assert client.post(f"{PAGE}/{number}/publish", data={"seen": sha256}).status_code == 303
    for path in ("lines/1.1", "lines/1.1/remove", "numbers", "general", "add/area"):
        assert client.get(f"{PAGE}/{number}/{path}").status_code == 409, path
    for path in ("move", "sums", "numbers"):
        assert client.post(f"{PAGE}/{number}/{path}").status_code == 409, path
    session.rollback()
    verbs = set(session.scalars(select(AuditEntry.verb)))
    assert {"rubric.saved", "rubric.published", "rubric.discarded", "document.downloaded"} <= verbs
    assert sign_in("yte").get(PAGE).status_code == 404


@pytest.mark.usefixtures("province")
def test_an_official_makes_a_rubric_from_nothing_and_publishes_it_when_it_fits(  # noqa: PLR0915 -- one walk, one world
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in("giamdoc")
    head = Editor(client, f"{PAGE}/new")
    general = {
        "title": "Bộ của tỉnh", "rubric": "tinh", "edition": "2027", "year": "2027", "applies_to": "department",
        "maximum": "20", "decimals": "2", "rounding": "truncate", "without_survey": "rescale",
        "band_code_2": "A", "band_name_2": "Tốt", "band_from_2": "80 %", "band_code_4": "S", "band_name_4": "Xuất sắc",
        "band_from_4": "90",
    }  # fmt: skip
    # A class with a higher limit than the one above it is refused and not quietly put elsewhere.
    upside = head.send("", general, expect=422)
    assert "các mức xếp từ cao xuống thấp: “Xuất sắc” (từ 90) đứng dưới “Tốt” (từ 80)" in upside
    general |= {"band_code_2": "S", "band_name_2": "Xuất sắc", "band_from_2": "90", "band_code_4": "A"}
    general |= {"band_name_4": "Tốt", "band_from_4": "80 %"}
    refused = head.send("", general | {"year": "năm sau", "band_from_2": "tám mươi"}, expect=422)
    assert "hãy ghi năm đánh giá" in refused
    assert 'value="năm sau"' in refused
    assert "“tám mươi” không phải số" in refused
    assert "Chưa có lĩnh vực" not in refused
    page = head.send("", general)
    draft = stored(session, "tinh/2027")
    assert [band["at_least"] for band in draft.content["bands"]] == ["90", "80"]
    assert "chưa có lĩnh vực nào" in page
    editor = Editor(client, f"{PAGE}/{draft.id}")

    # Areas, criteria and parts, with the codes that come next; what does not fit yet is told at its line.
    page = editor.add("area", code="1", name="Điều hành", maximum="8")
    assert "lĩnh vực chưa có tiêu chí nào" in page
    editor.add("area", code="2", name="Thủ tục", maximum="7")
    editor.add("area", code="3", name="Hài lòng", maximum="5")
    assert 'value="1.1"' in editor.page("/add/criterion?under=1")
    editor.add("criterion", "1", code="1.1", name="Kế hoạch", maximum="2", step="0,25")
    page = editor.add("criterion", "1", code="1.2", name="Kiểm tra", maximum="5,5", formula="yes_no")
    assert "cộng lại là 7,5" in page
    twice = editor.send("/add/area", {"code": "2", "name": "Lại", "maximum": "x"}, expect=422)
    assert "mã “2” đã có dòng khác dùng" in twice
    assert "“x” không phải số" in twice
    assert "Lại" in twice
    line = {
        "code": "2.1", "name": "Đúng hạn", "maximum": "7", "source": "indicator", "indicator": "on-time",
        "formula": "linear", "nothing_at": "80 %", "all_at": "1", "under": "2",
    }  # fmt: skip
    tried = editor.send("/add/criterion?under=2", line | {"try": "1"}, expect=200)
    assert re.search(r"0,9 \(90\s%\)</th><td class=\"number\">3,5 điểm", tried)
    assert "chưa lưu gì" in tried
    editor.send("/add/criterion?under=2", line)
    bands = {
        "code": "3.1", "name": "Hài lòng", "maximum": "5", "source": "satisfaction", "formula": "bands", "under": "3",
        "direction": "at_least", "limit_1": "90 %", "points_1": "5", "limit_3": "0,8", "points_3": "2,5",
    }  # fmt: skip
    refused = editor.send("/add/criterion?under=3", bands | {"points_3": "7"}, expect=422)
    assert "7 vượt điểm tối đa 5" in refused
    editor.send("/add/criterion?under=3", bands)
    assert re.search(r"dưới 80\s%</th><td class=\"number\">0 điểm", editor.page("/lines/3.1"))
    editor.add("penalty", code="p1", name="Chậm", maximum="1", source="appraisal")
    content = stored(session, "tinh/2027").content
    assert content["areas"][2]["criteria"][0]["formula"]["steps"][1] == {"at_least": "0.8", "points": "2.5"}
    assert content["areas"][1]["criteria"][0]["formula"] == {"kind": "linear", "nothing_at": "0.8", "all_at": "1"}

    # Publishing waits for what is open; the first part of a criterion takes over how it was scored.
    sha256 = stored(session, "tinh/2027").sha256
    answer = client.post(f"{editor.address}/publish", data={"seen": sha256})
    assert "Chưa công bố được" in client.get(answer.location).text
    assert "nên chưa thử được" in editor.page("/trial")
    shown = editor.page("/add/part?under=1.2")
    assert '<option selected value="yes_no">' in shown
    editor.add("part", "1.2", code="1.2.1", name="Phần một", maximum="5,5", requires="1.1")
    summed = editor.client.post(f"{editor.address}/sums")
    assert stored(session, "tinh/2027").content["areas"][0]["maximum"] == "7.5"
    assert "ghi 20 nhưng" not in client.get(summed.location).text

    # Moved and numbered anew: conditions follow their line; what is taken out is shown first.
    editor.send("/move", {"down": "1.1"}, shown="")
    assert "ở đầu hoặc cuối" in editor.send("/move", {"down": "1.1"}, shown="")
    assert "Phần một" in editor.page("/numbers")
    editor.send("/numbers", {})
    content = stored(session, "tinh/2027").content
    assert [one["code"] for one in content["areas"][0]["criteria"]] == ["1.1", "1.2"]
    assert content["areas"][0]["criteria"][0]["parts"][0]["requires"] == ["1.2"]
    assert "điều kiện dựa vào dòng bị bỏ" in editor.page("/lines/1.2/remove")
    assert "không có tiêu chí chấm điểm mã “1.2”" in editor.send("/lines/1.2/remove", {})
    part = {"code": "1.1.1", "name": "Phần một", "maximum": "5,5", "source": "appraisal", "formula": "points"}
    editor.send("/lines/1.1.1", part)
    editor.client.post(f"{editor.address}/sums")
    page = editor.page("/trial?judged=80&surveyed=50")
    assert "17,5" in page
    assert "nhân với 17,5/12,5" in page
    assert editor.client.get(f"{editor.address}/trial?judged=abc").status_code == 422
    sha256 = stored(session, "tinh/2027").sha256
    assert client.post(f"{editor.address}/publish", data={"seen": sha256}).status_code == 303
    assert stored(session, "tinh/2027").published_on is not None


@pytest.mark.usefixtures("province")
def test_the_second_of_two_officials_is_told_and_keeps_what_he_typed(sign_in: SignIn, session: Session) -> None:
    load_builtin_rubrics(session, today=START)
    session.commit()
    example = stored(session, "departments/2026").id
    begun = sign_in("giamdoc").post(f"{PAGE}/{example}/next", data={"rubric": "so", "edition": "1", "year": "2027"})
    first, second = Editor(sign_in("giamdoc"), begun.location), Editor(sign_in("phogiamdoc"), begun.location)
    shown = {path: hidden(second.page(path), "seen") for path in ("", "/lines/1.1", "/general", "/lines/1.2/remove")}
    line = {"code": "1.1", "name": "Kế hoạch mới", "maximum": "3", "source": "self_assessment", "formula": "points"}
    first.send("/lines/1.1", line)
    first.send("/lines/1.2", line | {"code": "1.2", "name": "Sửa trước"})
    first.send("/move", {"down": "1.1"}, shown="")
    general = {
        "title": "Tên mới", "rubric": "so", "edition": "1", "year": "2027", "applies_to": "department",
        "maximum": "100", "decimals": "2", "rounding": "truncate", "without_survey": "zero",
    }  # fmt: skip
    first.send("/general", general)
    assert "bands" not in stored(session, "so/1").content
    taken = first.send("/general", general | {"rubric": "departments", "edition": "2026"}, expect=422)
    assert "Đã có bộ tiêu chí departments/2026" in taken

    late = second.send("/lines/1.1", line | {"name": "Của tôi", "seen": shown["/lines/1.1"]}, expect=409)
    assert "người khác đã lưu" in late
    assert "Của tôi" in late
    assert "Kế hoạch mới" in late
    late = second.send("/general", general | {"title": "Tên khác", "seen": shown["/general"]}, expect=409)
    assert "Tên khác" in late
    assert "Tên mới" in late
    assert "vừa sửa dòng này" in second.send("/lines/1.2/remove", {"seen": shown["/lines/1.2/remove"]}, expect=409)
    assert "chưa có gì bị chuyển" in second.send("/move", {"up": "1.2", "seen": shown[""]}, shown="")
    assert [one["code"] for one in stored(session, "so/1").content["areas"][0]["criteria"]][:2] == ["1.2", "1.1"]


def test_a_round_is_shown_what_another_edition_carries_over_before_it_changes(
    sign_in: SignIn, session: Session, province: Province
) -> None:
    load_builtin_rubrics(session, today=START)
    session.commit()
    client, year = sign_in("giamdoc"), local_today().year
    example = stored(session, "departments/2026")
    first = sign_in("giamdoc").post(f"{PAGE}/{example.id}/next", data={"rubric": "so", "edition": "1", "year": year})
    second = client.post(f"{PAGE}/{example.id}/next", data={"rubric": "so", "edition": "2", "year": year})
    editor = Editor(client, second.location)
    leaf = {"code": "1.1", "name": "Kế hoạch", "maximum": "3", "source": "appraisal", "formula": "points"}
    editor.send("/lines/1.1", leaf)
    editor.client.post(f"{editor.address}/sums")
    changes = editor.page("/changes")
    assert "Từ so/1 đến so/2" in changes
    assert "Tự chấm rồi thẩm định" in changes
    for location in (first.location, second.location):
        number = UUID(location.rpartition("/")[2])
        session.rollback()
        sha256 = session.get_one(Rubric, number).sha256
        assert client.post(f"{location}/publish", data={"seen": sha256}).status_code == 303
    days = {name: local_today() + timedelta(days=9) for name in (
        "self_assessment_until", "appraisal_until", "objection_until", "decision_until"
    )}  # fmt: skip
    new = {"root": province.province, "rubric": first.location.rpartition("/")[2], "agency": province.health}
    typed = {
        "code": "k",
        "name": "Kỳ",
        "survey_is_run": "y",
        **new,
        **{name: f"{day:%d/%m/%Y}" for name, day in days.items()},
    }
    planned = client.post("/desk/index/new", data=typed)
    assert planned.status_code == 303, planned.text
    session.rollback()
    round_ = session.scalars(select(IndexRound)).one()
    for code in ("1.1", "1.3"):
        entry = Entry(2 * place_of(round_, province.health, code).leaf.rule.maximum / 4, "appraisal", "", None, START)
        write_score(session, place_of(round_, province.health, code), entry)
    session.commit()

    other = second.location.rpartition("/")[2]
    assert "Xem trước điểm nào chuyển được" in client.get(planned.location).text
    page = client.get(f"{planned.location}/rubric?rubric={other}").text
    assert "nguồn điểm khác" in page
    stale = client.post(f"{planned.location}/rubric", data={"rubric": other, "seen": "before"})
    assert stale.status_code == 409
    changed = client.post(f"{planned.location}/rubric", data={"rubric": other, "seen": hidden(page, "seen")})
    assert "Điểm của các tiêu chí 1.1 không chuyển được" in client.get(changed.location).text
    session.rollback()
    values = {score.criterion: score.value for score in session.scalars(select(IndexScore))}
    assert values["1.1"] is None
    assert values["1.3"] is not None
