from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_world import World, make_world
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.models.identifiers import local_today
from survey.models.questionnaire import QuestionnaireEdition
from survey.queries.counters import find_counter, find_wave_at_counter
from survey.queries.slips import find_wave_of_agency
from survey.services.edition_choice import choose_edition
from survey.services.editions import load_builtin_editions
from survey.services.errors import WaveError
from survey.services.waves import close_wave, extend_wave, pause_wave

TODAY = local_today()


@pytest.fixture
def world(session: Session) -> World:
    load_builtin_editions(session, today=TODAY)
    return make_world(session, today=TODAY)


def service(session: Session, name: str = "service", number: str = "2026") -> QuestionnaireEdition:
    return session.scalars(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == name, QuestionnaireEdition.edition == number
        )
    ).one()


def wave_now(session: Session, world: World) -> Wave:
    found = find_counter(session, world.code, today=TODAY)
    assert found is not None
    assert found.wave is not None
    return session.get_one(Wave, found.wave.id)


def test_a_counter_moves_to_a_wave_beside_its_own(session: Session, world: World) -> None:
    choice = choose_edition(session, service(session), counters=[world.plain])
    beside = wave_now(session, world)
    assert (choice.moved, choice.waves) == (1, (beside,))
    assert beside.questionnaire_edition_id == service(session).id
    for name in ("agency_id", "method_edition_id", "sample_kind", "index_year", "opens_on", "closes_on", "state"):
        assert getattr(beside, name) == getattr(world.wave, name), name


def test_forms_handed_out_before_still_count_in_the_old_wave(session: Session, world: World) -> None:
    choose_edition(session, service(session), counters=[world.plain])
    old = find_wave_at_counter(session, service_point_id=world.plain.id, wave_id=world.wave.id, today=TODAY)
    assert old is not None
    assert old.state == "open"
    assert old.edition_id == world.wave.questionnaire_edition_id


def test_other_counters_stay_and_a_second_one_joins_the_same_wave(session: Session, world: World) -> None:
    first = choose_edition(session, service(session), counters=[world.plain])
    again = choose_edition(session, service(session), counters=[world.plain, world.choice])
    assert (again.moved, again.waves) == (1, first.waves)


def test_slips_follow_the_counters_to_the_wave_beside(session: Session, world: World) -> None:
    choice = choose_edition(session, service(session), counters=[world.plain, world.choice])
    (beside,) = choice.waves
    for agency in (world.commune, world.department):
        wave = find_wave_of_agency(session, agency_id=agency.id, today=TODAY)
        assert wave is not None
        assert wave.id == beside.id


def test_choosing_back_finds_the_first_wave(session: Session, world: World) -> None:
    choose_edition(session, service(session), counters=[world.plain])
    choose_edition(session, service(session, "counter"), counters=[world.plain])
    assert wave_now(session, world) == world.wave
    rows = session.scalars(select(WaveServicePoint).where(WaveServicePoint.service_point_id == world.plain.id))
    assert sum(row.is_open for row in rows) == 1


def test_the_wave_beside_lasts_as_long_and_is_paused_like_the_first(session: Session, world: World) -> None:
    choose_edition(session, service(session), counters=[world.plain])
    beside = wave_now(session, world)
    later = date(TODAY.year + 1, 12, 31)
    extend_wave(session, world.wave, closes_on=later, today=later)
    choose_edition(session, service(session), counters=[world.choice])
    assert beside.closes_on == later
    pause_wave(session, world.wave)
    choice = choose_edition(session, service(session, "fft"), counters=[world.plain])
    assert choice.waves[0].state == "open"


def test_a_draft_no_wave_and_a_closed_wave_beside_are_refused(session: Session, world: World) -> None:
    draft = QuestionnaireEdition(questionnaire="x", edition="1", content={}, sha256="", published_on=None)
    session.add(draft)
    session.flush()
    with pytest.raises(WaveError, match="still a draft"):
        choose_edition(session, draft, counters=[world.plain])
    with pytest.raises(WaveError, match="None of the counters"):
        choose_edition(session, service(session), counters=[])
    choose_edition(session, service(session), counters=[world.plain])
    close_wave(session, wave_now(session, world), today=TODAY)
    with pytest.raises(WaveError, match="is closed; open it or plan another"):
        choose_edition(session, service(session), counters=[world.choice])
