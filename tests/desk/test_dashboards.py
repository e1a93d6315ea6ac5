"""The pages beside an agency's overview: groups, trend, kin."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import LAST_JUNE, START, YEAR, Province, add_answers, add_wave
from survey.desk.trend_chart import BOTTOM, TOP, draw_trend
from survey.findings.trend import agency_trend
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.agencies import add_agency
from survey.services.fold import fold
from survey.services.waves import close_wave, open_wave


def page_of(province: Province, part: str, agency: str = "health") -> str:
    base = f"/desk/agencies/{getattr(province, agency)}"
    return f"{base}/{part}" if part in {"trend", "comments"} else f"{base}/waves/{province.closed}/{part}"


def test_every_page_leads_to_every_other(sign_in: SignIn, province: Province) -> None:
    client = sign_in("yte")
    parts = ["breakdowns", "comparison", "trend", "comments"]
    for part in parts:
        page = client.get(page_of(province, part))
        assert page.status_code == 200
        for other in parts:
            assert f"/{other}" in page.text, (part, other)


@pytest.mark.parametrize("part", ["breakdowns", "comparison", "trend", "comments"])
def test_outside_his_subtree_an_official_finds_none_of_them(sign_in: SignIn, province: Province, part: str) -> None:
    assert sign_in("xa").get(page_of(province, part)).status_code == 404
    assert sign_in("khong").get(page_of(province, part)).status_code == 404


@pytest.mark.parametrize("part", ["breakdowns", "comparison", "trend", "comments"])
def test_they_speak_english(sign_in: SignIn, province: Province, part: str) -> None:
    page = sign_in("yte").get(page_of(province, part) + "?lang=en").text

    assert '<html lang="en">' in page
    assert "By group" in page


def test_every_dimension_has_its_place_even_where_nothing_is_told_of_it(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get(page_of(province, "breakdowns")).text

    for dimension in ("field", "channel", "service_point", "language", "verified"):
        assert f'id="{dimension}"' in page
        assert f'href="#{dimension}"' in page
    # All came by QR, in Vietnamese, without a code and without a counter.
    assert page.count("Chưa chia được theo nhóm này") == 4
    assert "Tiếng Việt" in page


def test_without_enough_answers_the_groups_say_what_to_do(sign_in: SignIn, province: Province) -> None:
    page = sign_in("xa").get(page_of(province, "breakdowns", "commune")).text

    assert "Chưa đủ phiếu để chia theo nhóm." in page
    assert "100,0" not in page


def test_the_five_levels_are_told_as_counts_and_shares_with_intervals(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get(f"/desk/agencies/{province.health}/waves/{province.closed}").text

    # Ten of twelve gave five everywhere, two gave two: Wilson's interval of 2 of 12, and of none of 12.
    assert "16,7\u00a0%" in page
    assert "4,7–44,8\u00a0%" in page
    assert "0,0–24,2\u00a0%" in page
    assert "dựa trên số người trả lời n" in page
    assert '<svg class="levels"' in page
    assert "Số lượt đánh giá ở mỗi mức" in page


def test_a_change_between_closed_waves_is_told_in_words(sign_in: SignIn, province: Province, session: Session) -> None:
    top, health = session.get_one(Agency, province.province), session.get_one(Agency, province.health)
    before = add_wave(session, top, YEAR - 2)
    open_wave(session, before, today=before.opens_on, service_points=())
    add_answers(session, before, health, satisfied=2, dissatisfied=38)
    close_wave(session, before, today=before.closes_on)
    fold(session, until=LAST_JUNE)
    session.commit()

    page = sign_in("yte").get(page_of(province, "trend")).text

    assert "cải thiện" in page
    assert "+78,3\u00a0điểm\u00a0%" in page
    assert "đợt chưa đóng nên chưa kết luận" in page
    assert '<svg class="trend"' in page


def test_a_body_alone_of_its_kind_is_told_so(sign_in: SignIn, province: Province) -> None:
    page = sign_in("yte").get(page_of(province, "comparison")).text

    assert "Không có cơ quan nào khác cùng loại" in page


def test_the_mean_is_not_told_to_who_could_work_out_another_s_figure(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    top, wave = session.get_one(Agency, province.province), session.get_one(Wave, province.closed)
    other = add_agency(session, code="99.03", kind="department", name="Sở Nội vụ", valid_from=START, parent=top)
    add_answers(session, wave, other, satisfied=5, dissatisfied=15)
    fold(session, until=LAST_JUNE)
    session.commit()

    mean = "54,2\u00a0%"  # of 10 of 12 and 5 of 20
    assert mean not in sign_in("yte").get(page_of(province, "comparison")).text
    assert mean in sign_in("giamdoc").get(page_of(province, "comparison")).text


def test_the_links_of_the_overview_stand_in_groups(sign_in: SignIn, province: Province) -> None:
    address = f"/desk/agencies/{province.health}/waves/{province.closed}"
    page, reader = sign_in("giamdoc").get(address).text, sign_in("xem").get(address).text

    assert page.index("Tải báo cáo") < page.index("Việc của cơ quan") < page.index("Việc của cấp trên")
    assert "Duyệt góp ý" in page
    assert "Việc của cấp trên" not in reader


def test_the_chart_lies_within_its_frame_and_leaves_out_what_has_no_figure(
    session: Session, province: Province
) -> None:
    chart = draw_trend(agency_trend(session, agency_id=province.health, today=local_today()), "vi")

    assert chart is not None
    drawn = [mark for mark in chart.marks if mark.y is not None]
    assert len(drawn) == 1
    assert all(TOP <= mark.high <= (mark.y or 0) <= mark.low <= BOTTOM for mark in drawn)
    assert [line.label for line in chart.grid][-1] == "100\u00a0%"
    assert draw_trend(agency_trend(session, agency_id=province.commune, today=local_today()), "vi") is None
