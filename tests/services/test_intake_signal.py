from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count, product
from uuid import UUID, uuid4

import pytest

from survey.models.identifiers import LOCAL_TIME
from survey.models.opening_hours import USUAL_HOURS, read_opening_hours
from survey.services.intake_signal import (
    MOST_OF_A_KIOSK,
    MOST_OF_A_NETWORK,
    MOST_OF_A_PHONE,
    MOST_OF_A_PHONE_IN_A_DAY,
    MOST_TRACES,
    UNIFORM_RUN,
    VARIED_RUN,
    WINDOW_SECONDS,
    Arrival,
    IntakeSignal,
)
from survey.services.responses import Flags, NewResponse

COUNTER, AGENCY = uuid4(), uuid4()
HOURS = read_opening_hours(USUAL_HOURS)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=LOCAL_TIME)
VARIED = {"a1": 5, "b1": 4, "b2": 2, "o": 4}
FORMS = count()


class Hall:
    """A counter and its clock; every answer takes a while."""

    def __init__(self) -> None:
        self.now = 0.0
        self.signal = IntakeSignal(clock=lambda: self.now)

    def answers(  # noqa: PLR0913  every part of an arrival can be asked for by name
        self,
        times: int,
        *,
        seconds: float = 1,
        network: str = "203.0.113.0/24",
        browser: str = "phone",
        answers: Sequence[dict[str, int]] = ({"a1": 5, "b1": 4}, {"a1": 4, "b1": 5}),
        counter: UUID | None = COUNTER,
        channel: str = "qr",
        moment: datetime = FRIDAY,
        is_late: bool = False,
        form: str = "",
    ) -> list[Flags]:
        found = []
        for number in range(times):
            self.now += seconds
            new = NewResponse(
                agency_id=AGENCY,
                wave_id=AGENCY,
                questionnaire_edition_id=AGENCY,
                received_by_agency_id=AGENCY,
                service_point_id=counter,
                answered_on=moment.date(),
                channel=channel,
                language="vi",
                answers=answers[number % len(answers)],
                key_hash=form or f"form {next(FORMS)}",
            )
            sent_from = browser.format(number)
            found.append(self.signal.look(new, arrival=Arrival(moment, network, sent_from, is_late), hours=HOURS))
        return found


def bursts(flags: Sequence[Flags]) -> list[bool]:
    return [each.burst for each in flags]


def patterns(flags: Sequence[Flags]) -> list[bool]:
    return [each.repeated_pattern for each in flags]


def test_one_phone_in_a_short_time_is_a_burst_from_the_fourth_answer_on() -> None:
    assert bursts(Hall().answers(MOST_OF_A_PHONE + 2)) == [False] * MOST_OF_A_PHONE + [True] * 2


def test_a_phone_that_is_lent_now_and_then_is_no_burst() -> None:
    found = Hall().answers(20, seconds=WINDOW_SECONDS / MOST_OF_A_PHONE)

    assert not any(bursts(found))


def test_one_phone_all_day_long_is_a_burst_in_the_end() -> None:
    found = Hall().answers(MOST_OF_A_PHONE_IN_A_DAY + 1, seconds=WINDOW_SECONDS)

    assert bursts(found) == [False] * MOST_OF_A_PHONE_IN_A_DAY + [True]


def test_a_shared_office_network_with_many_phones_is_none() -> None:
    found = Hall().answers(200, seconds=WINDOW_SECONDS / MOST_OF_A_NETWORK, browser="phone {}")

    assert found == [Flags()] * 200


def test_more_phones_of_one_network_than_a_counter_can_serve_are() -> None:
    found = Hall().answers(MOST_OF_A_NETWORK + 1, browser="phone {}")

    assert bursts(found) == [False] * MOST_OF_A_NETWORK + [True]


def test_counters_and_networks_are_counted_apart() -> None:
    hall = Hall()
    for counter in (uuid4(), uuid4()):
        for network in ("198.51.100.0/24", "2001:db8::/64"):
            assert not any(bursts(hall.answers(MOST_OF_A_PHONE, counter=counter, network=network)))


def test_the_same_form_sent_again_counts_once() -> None:
    assert not any(bursts(Hall().answers(20, form="the one")))


def test_nothing_is_said_of_a_network_that_is_not_known() -> None:
    assert not any(bursts(Hall().answers(100, network="")))


def test_a_kiosk_is_one_phone_by_nature_and_has_a_limit_of_its_own() -> None:
    found = Hall().answers(MOST_OF_A_KIOSK + 1, channel="kiosk")

    assert bursts(found) == [False] * MOST_OF_A_KIOSK + [True]


@pytest.mark.parametrize("channel", ["assisted", "paper"])
def test_what_officials_enter_for_others_carries_no_flag(channel: str) -> None:
    sunday = FRIDAY + timedelta(days=2)

    assert Hall().answers(100, channel=channel, answers=[VARIED], moment=sunday) == [Flags()] * 100


def test_answers_with_one_slip_are_counted_where_slips_are_handed_out() -> None:
    assert bursts(Hall().answers(5, counter=None, channel="transaction")) == [False] * 3 + [True] * 2


def test_outside_the_opening_hours_is_told() -> None:
    hall = Hall()

    assert not hall.answers(1)[0].outside_hours
    assert hall.answers(1, moment=FRIDAY.replace(hour=20))[0].outside_hours


def test_an_answer_that_waited_for_the_network_tells_no_hour() -> None:
    assert not Hall().answers(1, moment=FRIDAY.replace(hour=20), is_late=True)[0].outside_hours


def test_the_same_varied_answers_in_succession_are_a_pattern_from_the_fifth_on() -> None:
    found = Hall().answers(VARIED_RUN + 1, answers=[VARIED], browser="phone {}")

    assert patterns(found) == [False] * (VARIED_RUN - 1) + [True] * 2


def test_another_answer_between_breaks_the_succession() -> None:
    other = dict(VARIED, a1=3)

    assert not any(patterns(Hall().answers(40, answers=[VARIED] * (VARIED_RUN - 1) + [other])))


@pytest.mark.parametrize("channel", ["qr", "kiosk"])
def test_straight_lines_of_many_people_are_no_pattern(channel: str) -> None:
    found = Hall().answers(200, answers=[{"a1": 5, "b1": 5}], browser="phone {}", channel=channel)

    assert not any(patterns(found))


def test_straight_lines_of_one_phone_are_a_pattern_from_the_fifteenth_on() -> None:
    found = Hall().answers(UNIFORM_RUN, answers=[{"a1": 5, "b1": 5}], seconds=WINDOW_SECONDS)

    assert patterns(found) == [False] * (UNIFORM_RUN - 1) + [True]


def test_a_new_day_has_a_new_key_and_remembers_nothing() -> None:
    hall = Hall()
    hall.answers(MOST_OF_A_PHONE)
    marks, key = set(hall.signal._traces), hall.signal._key
    found = hall.answers(1, moment=FRIDAY + timedelta(days=3))

    assert not found[0].burst
    assert hall.signal._key != key
    assert not marks & set(hall.signal._traces)


def test_what_is_remembered_names_no_network_and_no_browser_and_is_bounded() -> None:
    hall = Hall()
    hall.answers(MOST_TRACES + 10, network="198.51.100.0/24", browser="Mozilla {}")

    assert len(hall.signal._traces) == MOST_TRACES
    assert {len(mark) for mark in hall.signal._traces} == {8}
    assert "198.51" not in repr(list(hall.signal._traces.items())[-50:])
    assert "Mozilla" not in repr(list(hall.signal._traces.items())[-50:])


@pytest.mark.parametrize(("answers", "seen"), [(3, 0.0), (4, 0.125), (5, 0.375), (6, 0.6875), (7, 1.0)])
def test_two_processes_see_a_burst_later_as_the_documentation_says(answers: int, seen: float) -> None:
    # Each has its own memory; a phone that opens a connection for each answer meets either with the same chance.
    def is_seen(way: Sequence[int]) -> bool:
        halls = [Hall(), Hall()]
        return any(flags.burst for process in way for flags in halls[process].answers(1))

    ways = list(product(range(2), repeat=answers))

    assert sum(map(is_seen, ways)) / len(ways) == seen
