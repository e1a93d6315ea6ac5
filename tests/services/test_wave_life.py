"""The life of a wave, whatever officials press in whatever order: what is allowed, and what is left as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldwork import add_wave
from survey.models.agencies import Agency, ServicePoint
from survey.models.audit import AuditEntry
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.services.agencies import add_agency, add_service_point, retire_service_point
from survey.services.errors import WaveError
from survey.services.wave_counters import find_clashes, join_counters, leave_out_counters
from survey.services.wave_edits import edit_wave, rename_wave, set_target
from survey.services.waves import WavePlan, close_wave, extend_wave, open_wave, pause_wave, resume_wave

START = date(2026, 1, 1)
# From which states each act leads, and where to; what is not here is refused and changes nothing.
ALLOWED = {
    "open": {"planned": "open"},
    "pause": {"open": "paused"},
    "resume": {"paused": "open"},
    "extend": {"planned": "planned", "open": "open", "paused": "paused"},
    "close": {"open": "closed", "paused": "closed"},
    "edit": {"planned": "planned"},
    "rename": {"planned": "planned", "open": "open", "paused": "paused", "closed": "closed"},
    "target": {"planned": "planned", "open": "open", "paused": "paused"},
}
acts = st.lists(st.tuples(st.sampled_from(sorted(ALLOWED)), st.integers(-5, 40)), min_size=1, max_size=12)


@pytest.fixture
def province(session: Session) -> Agency:
    return add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=date(2025, 7, 1))


@pytest.fixture
def counters(session: Session, province: Agency) -> list[ServicePoint]:
    return [add_service_point(session, agency=province, name=f"Quầy {k}", today=START) for k in range(3)]


def allowed(wave: Wave, act: str, today: date, days: int) -> bool:
    if wave.state not in ALLOWED[act]:
        return False
    if act in {"open", "resume"}:
        return wave.opens_on <= today <= wave.closes_on
    if act == "extend":
        return days > 0 and wave.closes_on + timedelta(days=days) >= today
    return True


def do(session: Session, wave: Wave, act: str, today: date, days: int) -> None:
    plan = WavePlan(wave.code, f"Đợt {days}", "self_selected", 2026, wave.opens_on, wave.closes_on)
    editions = {"questionnaire_edition": wave.questionnaire_edition, "method_edition": wave.method_edition}
    verbs: dict[str, Callable[[], object]] = {
        "open": lambda: open_wave(session, wave, today=today),
        "pause": lambda: pause_wave(session, wave),
        "resume": lambda: resume_wave(session, wave, today=today),
        "extend": lambda: extend_wave(session, wave, closes_on=wave.closes_on + timedelta(days=days), today=today),
        "close": lambda: close_wave(session, wave, today=today),
        "edit": lambda: edit_wave(session, wave, plan, **editions),
        "rename": lambda: rename_wave(session, wave, name=f"Tên {days}", name_en=None),
        "target": lambda: set_target(session, wave, margin=0.05, design_effect=1.0 + abs(days) / 10, participation=0.5),
    }
    verbs[act]()


def told(wave: Wave) -> tuple[object, ...]:
    return wave.state, wave.name, wave.opens_on, wave.closes_on, wave.closed_on


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=acts)
def test_every_act_leads_where_it_may_or_changes_nothing(
    session: Session, province: Agency, counters: list[ServicePoint], sequence: list[tuple[str, int]]
) -> None:
    # What one example wrote must not be there in the next.
    with session.begin_nested() as attempt:
        wave = add_wave(session, province, opens_on=START, closes_on=START + timedelta(days=60))
        today = START - timedelta(days=2)
        for act, days in sequence:
            today += timedelta(days=max(days, 0) // 2)
            before, may = told(wave), allowed(wave, act, today, days)
            target = ALLOWED[act].get(wave.state)
            if may:
                do(session, wave, act, today, days)
                assert wave.state == target
            else:
                with pytest.raises(WaveError):
                    do(session, wave, act, today, days)
                assert told(wave) == before
            open_rows = session.scalars(
                select(WaveServicePoint.service_point_id).where(
                    WaveServicePoint.wave_id == wave.id, WaveServicePoint.is_open
                )
            ).all()
            assert len(open_rows) == (len(counters) if wave.state in {"open", "paused"} else 0)
        attempt.rollback()


def test_an_extension_into_the_past_is_refused(session: Session, province: Agency) -> None:
    wave = add_wave(session, province, opens_on=START, closes_on=date(2026, 3, 31))

    with pytest.raises(WaveError, match="is over; extend the wave W to today"):
        extend_wave(session, wave, closes_on=date(2026, 4, 30), today=date(2026, 5, 1))

    assert wave.closes_on == date(2026, 3, 31)


def test_a_wave_opens_at_all_counters_but_those_left_out(
    session: Session, province: Agency, counters: list[ServicePoint]
) -> None:
    wave = add_wave(session, province)
    assert leave_out_counters(session, wave, counters[:1]) == 1
    late = add_service_point(session, agency=province, name="Quầy mới", today=START)
    assert join_counters(session, wave, [late]) == 1
    retire_service_point(session, counters[1], today=START)

    open_wave(session, wave, today=START)

    taking_part = select(WaveServicePoint.service_point_id).where(WaveServicePoint.is_open)
    assert set(session.scalars(taking_part)) == {counters[2].id, late.id}
    verbs = [entry.verb for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.position))]
    assert {"wave.counters_left_out", "wave.counters_joined"} <= set(verbs)


def test_the_last_counter_cannot_be_left_out(session: Session, province: Agency, counters: list[ServicePoint]) -> None:
    wave = add_wave(session, province)

    with pytest.raises(WaveError, match="needs a counter"):
        leave_out_counters(session, wave, counters)


def test_a_busy_counter_is_named_and_can_be_left_out(
    session: Session, province: Agency, counters: list[ServicePoint]
) -> None:
    first = add_wave(session, province)
    open_wave(session, first, today=START, service_points=counters[:1])
    second = add_wave(session, province, "W2")

    clashes = find_clashes(session, second)
    assert [(clash.counter.id, clash.other.code) for clash in clashes] == [(counters[0].id, "W")]
    with pytest.raises(WaveError, match="close that first, or leave the counter out of W2"):
        open_wave(session, second, today=START)
    leave_out_counters(session, second, [clash.counter for clash in clashes])
    open_wave(session, second, today=START)

    assert find_clashes(session, second) == []


@pytest.mark.parametrize(
    ("numbers", "word"),
    [((5.0, 1.0, 0.2), "margin"), ((0.05, 0.5, 0.2), "design effect"), ((0.05, 1.0, 0.0), "participation")],
)
def test_a_target_that_makes_no_sense_is_refused(
    session: Session, province: Agency, numbers: tuple[float, float, float], word: str
) -> None:
    wave = add_wave(session, province)
    margin, effect, participation = numbers

    with pytest.raises(WaveError, match=word):
        set_target(session, wave, margin=margin, design_effect=effect, participation=participation)


@pytest.mark.parametrize(
    ("opens_on", "latest"), [(date(2026, 1, 1), date(2031, 1, 1)), (date(2028, 2, 29), date(2033, 3, 1))]
)
def test_a_wave_lasts_five_years_at_most(session: Session, province: Agency, opens_on: date, latest: date) -> None:
    wave = add_wave(session, province, opens_on=opens_on, closes_on=opens_on)
    far = [latest + timedelta(days=1), date(9999, 12, 31)]

    for closes_on in far:
        with pytest.raises(WaveError, match=f"no later than {latest:%d/%m/%Y}") as refusal:
            extend_wave(session, wave, closes_on=closes_on, today=opens_on)
        assert f"không muộn hơn {latest:%d/%m/%Y}" in refusal.value.vi
        with pytest.raises(WaveError, match="at most 5 years"):
            add_wave(session, province, "W2", opens_on=opens_on, closes_on=closes_on)
    assert wave.closes_on == opens_on
    with pytest.raises(WaveError, match="no possible year"):
        add_wave(session, province, "W3", opens_on=date(9998, 1, 1), closes_on=date(9999, 12, 31))

    extend_wave(session, wave, closes_on=latest, today=opens_on)
    assert wave.closes_on == latest
