from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from survey.queries.responses import BEFORE_EVERYTHING, DayCount
from survey.queries.tallies import OWN, Mark, Scope
from survey.services.fold_plan import DIMENSIONS, Move, member_of, plan_moves

AGENCY, WAVE = UUID(int=1), UUID(int=2)
DAY = date(2026, 2, 2)
DAYS = [DAY + timedelta(days=at) for at in range(4)]


def came(
    day: date,
    count: int,
    *,
    counter: int | None = None,
    language: str = "vi",
    verified: bool = False,
    channel: str = "qr",
) -> DayCount:
    return DayCount(day, UUID(int=counter) if counter else None, None, language, count, verified, channel)


def mark(scope: Scope, n: int, *, until: date = DAY, stale: int = 0) -> Mark:
    return Mark(AGENCY, WAVE, *scope, folded_until=until, n=n, stale=stale, erased_on=None)


def test_nothing_moves_before_there_are_ten() -> None:
    assert plan_moves({}, [came(DAY, 9)], until=DAY) == []


def test_what_comes_and_what_goes_counts_together() -> None:
    marks = {OWN: mark(OWN, 30, stale=4)}
    assert plan_moves(marks, [came(DAY, 26), came(DAYS[1], 5)], until=DAYS[1]) == []
    (own,) = plan_moves(marks, [came(DAY, 26), came(DAYS[1], 6, language="en")], until=DAYS[1])[:1]
    assert own == Move(OWN, BEFORE_EVERYTHING, rebuild=True, n=32)


def test_only_new_days_are_counted_where_nothing_went() -> None:
    marks = {OWN: mark(OWN, 30)}
    (own, *_rest) = plan_moves(marks, [came(DAY, 30), came(DAYS[1], 12)], until=DAYS[1])
    assert own == Move(OWN, DAY, rebuild=False, n=42)


def test_a_fold_never_goes_back() -> None:
    assert plan_moves({OWN: mark(OWN, 30, until=DAYS[2])}, [came(DAY, 10)], until=DAY) == []


PIECE = st.builds(
    came,
    st.sampled_from(DAYS),
    st.integers(1, 14),
    counter=st.sampled_from([None, 11, 12, 13]),
    language=st.sampled_from(["vi", "en"]),
    verified=st.booleans(),
    channel=st.sampled_from(["qr", "paper"]),
)


@given(batches=st.lists(st.lists(PIECE, max_size=5), min_size=1, max_size=4))
def test_whatever_comes_every_figure_and_every_remainder_moves_by_none_or_ten(batches: list[list[DayCount]]) -> None:
    marks: dict[Scope, Mark] = {}
    days: list[DayCount] = []
    for until, batch in zip(DAYS, batches, strict=False):
        # Only answers of the day itself: what comes late is tested with the fold.
        days += [came(until, one.count, counter=_number(one), language=one.language) for one in batch]
        before, moves = dict(marks), plan_moves(marks, days, until=until)
        marks |= {move.scope: mark(move.scope, move.n, until=until) for move in moves}
        _assert_tens(before, marks)


def _number(day: DayCount) -> int | None:
    return day.service_point_id.int if day.service_point_id else None


def _assert_tens(before: dict[Scope, Mark], after: dict[Scope, Mark]) -> None:
    def size(marks: dict[Scope, Mark], scope: Scope) -> int:
        return marks[scope].n if scope in marks else 0

    for scope in after:
        grown = size(after, scope) - size(before, scope)
        assert grown == 0 or grown >= 10
    for dimension in DIMENSIONS:
        members = [scope for scope in after if scope[0] == dimension]
        left = size(after, OWN) - sum(size(after, scope) for scope in members)
        assert left == 0 or left >= 10


def test_the_member_of_a_day_is_its_counter_field_language_code_or_channel() -> None:
    day = came(DAY, 1, counter=11)
    assert [member_of(day, dimension) for dimension in DIMENSIONS] == [
        str(UUID(int=11)),
        None,
        "vi",
        "without_code",
        "qr",
    ]
