"""A wave that went wrong before it began: deleted, or its days corrected; every page of it opens and says how."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk_fixtures import SignIn
from desk_province import Province, add_wave
from survey.models.agencies import Agency
from survey.models.audit import AuditEntry
from survey.models.fieldwork import PopulationSize, Wave, WaveTarget
from survey.models.identifiers import local_today
from survey.services.errors import WaveError
from survey.services.wave_deletion import delete_wave

WAVE_PAGES = ("", "/agencies", "/counters", "/gauge", "/edit", "/extension", "/target", "/opening", "/closing",
              "/deletion", "/population")  # fmt: skip
AGENCY_PAGES = ("/{wave}", "/{wave}/breakdowns", "/{wave}/comparison", "/{wave}/population", "/{wave}/exclusions")
SAID = "31/12/9999: ngày sai"


@pytest.fixture
def planned(session: Session, province: Province) -> Wave:
    wave = add_wave(session, session.get_one(Agency, province.province), 2031)
    session.add(PopulationSize(wave_id=wave.id, agency_id=province.health, month="2031-01", transactions=5))
    session.add(WaveTarget(wave_id=wave.id, margin=0.05))
    session.commit()
    return wave


def test_a_wave_that_was_never_opened_is_deleted_after_it_was_asked(
    sign_in: SignIn, province: Province, session: Session, planned: Wave
) -> None:
    director, page, code, wave_id = sign_in("giamdoc"), f"/desk/waves/{planned.id}", planned.code, planned.id
    assert "/deletion" in director.get(page).text
    assert "không lấy lại được" in director.get(f"{page}/deletion").text
    assert sign_in("xem").post(f"{page}/deletion").status_code == 404

    response = director.post(f"{page}/deletion", follow_redirects=True)

    assert f"Đã xoá đợt {code}." in response.text
    session.expire_all()
    assert session.get(Wave, wave_id) is None
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1)).one()
    assert (entry.verb, entry.subject) == ("wave.deleted", code)
    # One that was opened stays, whatever is sent.
    kept = director.post(f"/desk/waves/{province.open}/deletion", follow_redirects=True)
    assert "không thể xoá" in kept.text
    assert "Chỉ xoá được đợt chưa từng mở" in director.get(f"/desk/waves/{province.open}/deletion").text


def test_a_wave_with_answers_is_not_deleted_even_where_it_was_never_opened(
    session: Session, province: Province
) -> None:
    wave = session.get_one(Wave, province.closed)
    wave.state = "planned"
    session.flush()

    with pytest.raises(WaveError, match="has answers or printed sheets"):
        delete_wave(session, wave)


@pytest.mark.parametrize("state", ["planned", "open", "closed"])
def test_every_page_of_a_wave_that_ends_in_9999_opens_and_says_what_to_correct(
    sign_in: SignIn, province: Province, session: Session, state: str
) -> None:
    wave = session.get_one(Wave, province.closed)
    wave.state, wave.closes_on = state, date.max
    wave.closed_on = date.max if state == "closed" else None
    session.commit()
    director, agency = sign_in("giamdoc"), f"/desk/agencies/{province.health}/waves"
    pages = [f"/desk/waves/{province.closed}{end}" for end in WAVE_PAGES]
    pages += [agency + end.format(wave=province.closed) for end in AGENCY_PAGES]

    for page in pages:
        answer = director.get(page)
        assert answer.status_code == 200, page
        assert (SAID in answer.text) == (state != "closed"), page
    for page in ("/desk/waves", "/desk/alerts", "/desk/annual", f"/desk/agencies/{province.health}/trend"):
        assert director.get(page).status_code == 200, page
    history = f"/desk/agencies/{province.health}/history"
    assert director.get(history).status_code == director.get(f"{history}?view=as_was").status_code == 200


def test_a_last_day_beyond_all_reason_is_moved_nearer(sign_in: SignIn, province: Province, session: Session) -> None:
    wave = session.get_one(Wave, province.open)
    wave.closes_on = date.max
    session.commit()
    director, page, today = sign_in("giamdoc"), f"/desk/waves/{province.open}/extension", local_today()

    assert director.post(page, data={"closes_on": f"{today:%d/%m/%Y}"}).status_code == 303
    session.expire_all()
    assert session.get_one(Wave, province.open).closes_on == today
    # From here on it is only made longer.
    assert director.post(page, data={"closes_on": f"{today:%d/%m/%Y}"}).status_code == 422
