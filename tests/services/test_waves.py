from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldwork import add_wave
from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.identifiers import response_id
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.releases import WaveRelease
from survey.models.responses import Response
from survey.services import wave_checks, waves
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point, retire_service_point
from survey.services.errors import WaveError
from survey.services.releases import draft_release, drop_draft, release_wave, review_wave, send_back
from survey.services.waves import (
    WavePlan,
    add_counter_to_wave,
    close_wave,
    extend_wave,
    first_release_day,
    open_wave,
    pause_wave,
    plan_wave,
    resume_wave,
    set_population_size,
)

TODAY = date(2026, 11, 21)
ANNA, BINH, CHI = uuid4(), uuid4(), uuid4()


@pytest.fixture
def province(session: Session) -> Agency:
    return add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=date(2025, 7, 1))


@pytest.fixture
def commune(session: Session, province: Agency) -> Agency:
    return add_agency(session, code="X", kind="commune", name="Xã X", parent=province, valid_from=date(2025, 7, 1))


@pytest.fixture
def counter(session: Session, commune: Agency) -> ServicePoint:
    return add_service_point(session, agency=commune, name="Quầy 1", today=TODAY)


@pytest.fixture
def wave(session: Session, province: Agency) -> Wave:
    return add_wave(session, province)


@pytest.fixture
def closed_wave(session: Session, wave: Wave) -> Wave:
    open_wave(session, wave, today=TODAY)
    close_wave(session, wave, today=TODAY)
    return wave


def _open_counters(session: Session) -> set[object]:
    return set(session.scalars(select(WaveServicePoint.service_point_id).where(WaveServicePoint.is_open)))


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        ({"closes_on": date(2025, 12, 31)}, "ends before it begins"),
        ({"sample_kind": "random"}, "no sample kind “random”"),
        ({"index_year": 26}, "26 is no index year"),
        ({"name": ""}, "is empty"),
    ],
)
def test_plan_must_make_sense(session: Session, province: Agency, plan: dict[str, object], word: str) -> None:
    with pytest.raises(WaveError, match=word):
        add_wave(session, province, **plan)


def test_wave_code_is_unique(session: Session, province: Agency, wave: Wave) -> None:
    with pytest.raises(WaveError, match=f"{wave.code} is taken"):
        add_wave(session, province)


def test_draft_questionnaire_cannot_be_asked(session: Session, province: Agency, wave: Wave) -> None:
    asked = wave.questionnaire_edition
    draft = QuestionnaireEdition(
        questionnaire="test", edition="draft", content=asked.content, sha256=asked.sha256, published_on=None
    )
    session.add(draft)
    session.flush()
    plan = WavePlan("W2", "Đợt 2", "self_selected", 2026, wave.opens_on, wave.closes_on)

    with pytest.raises(WaveError, match="test draft is still a draft"):
        plan_wave(session, plan, agency=province, questionnaire_edition=draft, method_edition=wave.method_edition)


def test_opening_takes_every_counter_in_use_below(session: Session, wave: Wave, commune: Agency) -> None:
    used = add_service_point(session, agency=commune, name="Quầy 1", today=TODAY)
    retired = add_service_point(session, agency=commune, name="Quầy 2", today=TODAY)
    retire_service_point(session, retired, today=TODAY)

    open_wave(session, wave, today=TODAY)

    assert wave.state == "open"
    assert _open_counters(session) == {used.id}


def test_opening_can_name_its_counters(session: Session, wave: Wave, commune: Agency, counter: ServicePoint) -> None:
    add_service_point(session, agency=commune, name="Quầy 2", today=TODAY)

    open_wave(session, wave, today=TODAY, service_points=[counter])

    assert _open_counters(session) == {counter.id}


def test_counter_in_another_open_wave_is_named_with_that_wave(
    session: Session, province: Agency, wave: Wave, counter: ServicePoint
) -> None:
    open_wave(session, wave, today=TODAY)
    second = add_wave(session, province, "W2")

    with pytest.raises(WaveError, match=f"“{counter.name}” is in the open wave W .*close that first") as refusal:
        open_wave(session, second, today=TODAY)

    assert "hãy đóng đợt đó, hoặc bỏ quầy này khỏi đợt W2" in refusal.value.vi
    assert second.state == "planned"


def test_database_itself_holds_one_open_wave_a_counter(
    session: Session, province: Agency, wave: Wave, counter: ServicePoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_wave(session, wave, today=TODAY, service_points=[counter])
    second = add_wave(session, province, "W2")
    monkeypatch.setattr(waves, "check_counters", lambda *_: None)

    with pytest.raises(WaveError, match="has just been opened"):
        open_wave(session, second, today=TODAY, service_points=[counter])


@pytest.mark.parametrize(
    ("today", "word"),
    [(date(2025, 12, 31), "begins on 01/01/2026"), (date(2027, 1, 1), "ended on 31/12/2026; extend it")],
)
def test_wave_opens_only_in_its_days(session: Session, wave: Wave, today: date, word: str) -> None:
    with pytest.raises(WaveError, match=word):
        open_wave(session, wave, today=today)


def test_counter_must_be_in_use_and_below_the_wave(session: Session, wave: Wave, counter: ServicePoint) -> None:
    elsewhere = add_agency(session, code="Q", kind="province", name="Tỉnh Q", valid_from=date(2025, 7, 1))
    stranger = add_service_point(session, agency=elsewhere, name="Quầy Q", today=TODAY)
    retire_service_point(session, counter, today=TODAY)

    for point, word in ((stranger, "not below “Tỉnh A”"), (counter, "is retired")):
        with pytest.raises(WaveError, match=word):
            open_wave(session, wave, today=TODAY, service_points=[point])


def test_counter_can_join_later(session: Session, wave: Wave, counter: ServicePoint) -> None:
    open_wave(session, wave, today=TODAY, service_points=[])

    add_counter_to_wave(session, wave, counter)

    assert _open_counters(session) == {counter.id}


def test_paused_wave_keeps_its_counters_and_can_go_on(session: Session, wave: Wave, counter: ServicePoint) -> None:
    open_wave(session, wave, today=TODAY)

    pause_wave(session, wave)
    paused = wave.state
    held = _open_counters(session)
    resume_wave(session, wave, today=TODAY)

    assert (paused, wave.state) == ("paused", "open")
    assert held == {counter.id}


def test_closing_frees_the_counters_for_the_next_wave(
    session: Session, province: Agency, wave: Wave, counter: ServicePoint
) -> None:
    open_wave(session, wave, today=TODAY)

    close_wave(session, wave, today=TODAY)

    assert (wave.state, wave.closed_on) == ("closed", TODAY)
    open_wave(session, add_wave(session, province, "W2"), today=TODAY)
    assert _open_counters(session) == {counter.id}


@pytest.mark.parametrize("verb", ["open", "pause", "resume", "close", "extend", "join"])
def test_closed_wave_stays_closed(session: Session, closed_wave: Wave, counter: ServicePoint, verb: str) -> None:
    verbs = {
        "open": lambda: open_wave(session, closed_wave, today=TODAY),
        "pause": lambda: pause_wave(session, closed_wave),
        "resume": lambda: resume_wave(session, closed_wave, today=TODAY),
        "close": lambda: close_wave(session, closed_wave, today=TODAY),
        "extend": lambda: extend_wave(session, closed_wave, closes_on=date(2027, 1, 1), today=TODAY),
        "join": lambda: add_counter_to_wave(session, closed_wave, counter),
    }

    with pytest.raises(WaveError, match=f"The wave {closed_wave.code} is closed and cannot be"):
        verbs[verb]()


def test_wave_is_extended_to_a_later_day_only(session: Session, wave: Wave) -> None:
    with pytest.raises(WaveError, match="already lasts until 31/12/2026"):
        extend_wave(session, wave, closes_on=date(2026, 12, 31), today=TODAY)

    extend_wave(session, wave, closes_on=date(2027, 1, 31), today=TODAY)

    assert wave.closes_on == date(2027, 1, 31)


def _answer(session: Session, wave: Wave, agency: Agency, day: date, service_id: object = None) -> None:
    session.add(
        Response(
            agency_id=agency.id,
            id=response_id(day),
            wave_id=wave.id,
            questionnaire_edition_id=wave.questionnaire_edition_id,
            received_by_agency_id=agency.id,
            service_id=service_id,
            answered_on=day,
            channel="qr",
            language="vi",
            answers={"q1": 5},
            key_hash=str(uuid4()),
        )
    )


def test_population_size_is_set_and_set_again(session: Session, wave: Wave, commune: Agency) -> None:
    for transactions in (900, 1000):
        notice = set_population_size(session, wave=wave, agency=commune, month="2026-11", transactions=transactions)

    assert not notice.is_too_small
    assert list(session.scalars(select(PopulationSize.transactions))) == [1000]


def test_population_smaller_than_the_answers_is_told(session: Session, wave: Wave, commune: Agency) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30)):
        _answer(session, wave, commune, day)

    notice = set_population_size(session, wave=wave, agency=commune, month="2026-11", transactions=1)

    assert notice.respondents == 2
    assert notice.is_too_small


def test_population_of_a_field_is_compared_with_its_own_answers(session: Session, wave: Wave, commune: Agency) -> None:
    field = add_service_field(session, code="LV", name="Hộ tịch")
    service = add_service(session, code="1", name="Khai sinh", service_field=field, agency=commune)
    _answer(session, wave, commune, TODAY, service.id)
    _answer(session, wave, commune, TODAY)

    notice = set_population_size(
        session, wave=wave, agency=commune, month="2026-11", transactions=5, service_field=field
    )

    assert notice.respondents == 1


@pytest.mark.parametrize("transactions", [0, -1, 2_000_000_001])
def test_population_size_must_be_positive(session: Session, wave: Wave, commune: Agency, transactions: int) -> None:
    with pytest.raises(WaveError, match="must be positive"):
        set_population_size(session, wave=wave, agency=commune, month="2026-11", transactions=transactions)


@pytest.mark.parametrize("month", ["2025-12", "2027-01", "2026-13", "2026-00", "2026-1", "11/2026", "2026-1x"])
def test_month_must_be_one_of_the_wave(session: Session, wave: Wave, commune: Agency, month: str) -> None:
    with pytest.raises(WaveError, match="is not a month of the wave W"):
        set_population_size(session, wave=wave, agency=commune, month=month, transactions=5)


def test_population_of_a_stranger_is_refused(session: Session, wave: Wave) -> None:
    stranger = add_agency(session, code="Q", kind="province", name="Tỉnh Q", valid_from=date(2025, 7, 1))

    with pytest.raises(WaveError, match="is not below “Tỉnh A”"):
        set_population_size(session, wave=wave, agency=stranger, month="2026-11", transactions=5)


def release(session: Session, wave: Wave, *, today: date, note: str = "") -> None:
    draft_release(session, wave, drafted_by=ANNA, today=today, note=note)
    review_wave(session, wave, reviewed_by=CHI, today=today)
    release_wave(session, wave, released_by=BINH, today=today)


def test_released_population_changes_only_with_a_new_version(
    session: Session, closed_wave: Wave, commune: Agency
) -> None:
    later = TODAY + timedelta(days=10)
    release(session, closed_wave, today=later)

    with pytest.raises(WaveError, match="draft a new version"):
        set_population_size(session, wave=closed_wave, agency=commune, month="2026-11", transactions=5)
    draft_release(session, closed_wave, drafted_by=ANNA, today=later, note="Ghi sót N")

    set_population_size(session, wave=closed_wave, agency=commune, month="2026-11", transactions=5)


def test_three_steps_take_three_people(session: Session, closed_wave: Wave) -> None:
    day = first_release_day(closed_wave)
    draft = draft_release(session, closed_wave, drafted_by=ANNA, today=TODAY)

    with pytest.raises(WaveError, match="cannot release it"):
        release_wave(session, closed_wave, released_by=ANNA, today=day)
    with pytest.raises(WaveError, match="is not reviewed yet"):
        release_wave(session, closed_wave, released_by=BINH, today=day)
    with pytest.raises(WaveError, match="cannot review it"):
        review_wave(session, closed_wave, reviewed_by=ANNA, today=day)
    review_wave(session, closed_wave, reviewed_by=CHI, today=day)
    with pytest.raises(WaveError, match="ask a third official"):
        release_wave(session, closed_wave, released_by=CHI, today=day)
    draft.released_by = CHI
    with pytest.raises(IntegrityError, match="three_persons"):
        session.flush()
    session.rollback()


def test_what_moved_after_the_review_is_not_released(session: Session, closed_wave: Wave, commune: Agency) -> None:
    day = first_release_day(closed_wave)
    draft = draft_release(session, closed_wave, drafted_by=ANNA, today=day)
    review_wave(session, closed_wave, reviewed_by=CHI, today=day)
    set_population_size(session, wave=closed_wave, agency=commune, month="2026-11", transactions=50)

    with pytest.raises(WaveError, match="changed after the review; send it back"):
        release_wave(session, closed_wave, released_by=BINH, today=day)
    with pytest.raises(WaveError, match="Say what is to be mended"):
        send_back(session, draft, asked_for="  ")
    send_back(session, draft, asked_for="N vừa đổi")
    assert (draft.state, draft.asked_for) == ("draft", "N vừa đổi")
    review_wave(session, closed_wave, reviewed_by=BINH, today=day)
    release_wave(session, closed_wave, released_by=CHI, today=day)
    with pytest.raises(WaveError, match="draft a new version"):
        send_back(session, draft, asked_for="muộn rồi")


def test_a_draft_is_taken_back_a_correction_says_why(session: Session, closed_wave: Wave) -> None:
    day = first_release_day(closed_wave)
    drop_draft(session, draft_release(session, closed_wave, drafted_by=ANNA, today=day))
    release(session, closed_wave, today=day)

    with pytest.raises(WaveError, match="what this correction changes and why"):
        draft_release(session, closed_wave, drafted_by=ANNA, today=day, note=" ")
    assert draft_release(session, closed_wave, drafted_by=ANNA, today=day, note="Ghi sót N").version == 2


def test_release_waits_until_the_last_late_answer_is_folded(session: Session, closed_wave: Wave) -> None:
    draft_release(session, closed_wave, drafted_by=ANNA, today=TODAY)
    earliest = first_release_day(closed_wave)

    with pytest.raises(WaveError, match="from 01/12/2026 on"):
        review_wave(session, closed_wave, reviewed_by=CHI, today=earliest - timedelta(days=1))
    review_wave(session, closed_wave, reviewed_by=CHI, today=earliest)
    release = release_wave(session, closed_wave, released_by=BINH, today=earliest)

    # Closed on 21 November: taken in until the 28th, withdrawn until the 29th, folded in the night of the 30th.
    assert earliest == date(2026, 12, 1)
    assert (release.version, release.released_by, release.released_on) == (1, BINH, earliest)


def test_only_a_closed_wave_with_a_draft_is_released(session: Session, wave: Wave, closed_wave: Wave) -> None:
    with pytest.raises(WaveError, match="no draft release"):
        release_wave(session, closed_wave, released_by=BINH, today=TODAY)

    running = add_wave(session, wave.agency, "W2")
    with pytest.raises(WaveError, match="not opened yet and cannot be released"):
        draft_release(session, running, drafted_by=ANNA, today=TODAY)


def test_second_draft_waits_for_the_first(session: Session, closed_wave: Wave) -> None:
    draft_release(session, closed_wave, drafted_by=ANNA, today=TODAY)

    with pytest.raises(WaveError, match="has a draft release already"):
        draft_release(session, closed_wave, drafted_by=BINH, today=TODAY)


def test_new_version_supersedes_the_old_one_and_keeps_it(session: Session, closed_wave: Wave) -> None:
    later = TODAY + timedelta(days=10)
    for day in (later, later + timedelta(days=1)):
        release(session, closed_wave, today=day, note="Đính chính")

    rows = session.execute(select(WaveRelease.version, WaveRelease.superseded_on).order_by(WaveRelease.version))
    assert [tuple(row) for row in rows] == [(1, later + timedelta(days=1)), (2, None)]


def test_every_state_has_words() -> None:
    assert set(wave_checks.STATE_NAMES) == {"planned", "open", "paused", "closed"}
