from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from analysis.composite import overall_share
from analysis.moments import Moments, answer_vectors
from analysis.results import Estimate
from small_world import DAY, World, small_world
from survey.findings.agency import agency_findings
from survey.findings.errors import FindingsError
from survey.findings.values import AgencyFindings, BreakdownRow
from survey.services.exclusions import Choice, exclude_responses
from survey.services.fold import fold

TODAY = date(2026, 11, 21)
MONTHS = {"2026-01": 100, "2026-02": 200, "2026-03": 100}


@pytest.fixture
def world(session: Session) -> World:
    return small_world(session)


def findings(world: World, agency: str, wave: str = "W") -> AgencyFindings:
    fold(world.session, until=TODAY)
    return agency_findings(
        world.session, agency_id=world.agencies[agency].id, wave_id=world.waves[wave].id, today=TODAY
    )


def share(found: Estimate | None) -> float:
    assert found is not None
    return found.value


def rows(found: AgencyFindings, dimension: str) -> dict[str, BreakdownRow]:
    return {row.name.vi: row for row in found.breakdowns if row.dimension == dimension}


def test_the_whole_pools_the_rated_items_and_leaves_the_single_question_out(world: World) -> None:
    # 20 respondents, a1 b1 b2: 30 of 50 ratings are 4 or 5; the single question, satisfied by all, is not pooled.
    world.answer("A", [5, 4, 0, 5], times=10)
    world.answer("A", [4, 3, 1, 5], times=10)
    found = findings(world, "A")
    assert share(found.overall.share_satisfied) == pytest.approx(30 / 50)
    assert share(found.overall.mean_score) == pytest.approx((9 * 10 + 8 * 10) / 50)
    assert (found.overall.n, found.n, found.stored) == (20, 20, 20)
    assert found.overall.levels == (10, 0, 10, 20, 10)
    assert found.overall.no_opinion == 10
    assert found.overall_question is not None
    assert found.overall_question.measures.levels == (0, 0, 0, 0, 20)
    assert found.weighting == "own"


def test_the_interval_is_that_of_the_analysis_with_the_respondent_as_unit(world: World) -> None:
    world.answer("A", [5, 4, 2, 5], times=25)
    world.answer("A", [2, 2, 3, 5], times=15)
    ratings = [[5, 4, 2]] * 25 + [[2, 2, 3]] * 15
    moments = Moments.from_answers(answer_vectors(ratings, element_of_item=[0, 1, 1]), elements=2)
    assert findings(world, "A").overall.share_satisfied == overall_share(moments)


def test_elements_and_items_come_in_the_order_of_the_edition(world: World) -> None:
    world.answer("A", [5, 4, 3, 5], times=12)
    found = findings(world, "A")
    assert [(element.code, [item.code for item in element.items]) for element in found.elements] == [
        ("access", ["a1"]),
        ("staff", ["b1", "b2"]),
    ]
    assert [share(element.measures.share_satisfied) for element in found.elements] == [1.0, 0.5]
    assert found.elements[1].items[1].wording.en == "Guidance"


@pytest.mark.parametrize("answers", [0, 1, 9])
def test_fewer_than_ten_answers_give_no_figure_at_all(world: World, answers: int) -> None:
    world.answer("A", [5, 4, 3, 5], times=answers)
    found = findings(world, "A")
    assert found.overall.is_suppressed
    assert (found.n, found.stored, found.points, found.folded_until) == (None, answers, None, None)
    assert all(element.measures.is_suppressed for element in found.elements)
    assert found.overall_question is not None
    assert found.overall_question.measures.is_suppressed


def test_an_item_rated_by_few_is_withheld_with_the_one_that_would_give_it_away(world: World) -> None:
    world.answer("A", [5, 5, 0, 5], times=20)
    world.answer("A", [5, 5, 1, 5], times=3)
    found = findings(world, "A")
    staff = found.elements[1]
    assert not staff.measures.is_suppressed
    assert [item.measures.is_suppressed for item in staff.items] == [True, True]


def test_what_waits_for_the_fold_is_the_difference_of_stored_and_n(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=20)
    fold(world.session, until=DAY)
    world.answer("A", [5, 5, 5, 5], times=4, day=DAY + timedelta(days=1))
    found = findings(world, "A")
    assert (found.n, found.stored, found.folded_until) == (20, 24, DAY)


def test_a_parent_pools_its_own_answers_and_those_below_it(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=30)
    world.answer("B", [1, 1, 1, 1], times=10)
    found = findings(world, "P")
    assert (share(found.overall.share_satisfied), found.n, found.weighting) == (0.75, 40, "pooled")


def test_a_parent_is_weighted_by_n_where_every_child_has_it(world: World) -> None:
    world.waves["W"].state = "closed"
    world.answer("A", [5, 5, 5, 5], times=30)
    world.answer("B", [1, 1, 1, 1], times=10)
    world.set_population_size("A", MONTHS)
    assert findings(world, "P").weighting == "pooled"
    world.set_population_size("B", {month: 3 * size for month, size in MONTHS.items()})
    found = findings(world, "P")
    # N is 400 and 1200: the share is a quarter, whatever the numbers of answers.
    assert found.weighting == "population"
    assert share(found.overall.share_satisfied) == pytest.approx(0.25)
    assert share(found.elements[1].items[0].measures.share_satisfied) == pytest.approx(0.25)
    assert found.overall.levels == (30, 0, 0, 0, 90)


def test_participation_is_n_of_n_with_bounds_for_the_silent(world: World) -> None:
    world.waves["W"].state = "closed"
    world.answer("A", [5, 5, 5, 5], times=60)
    world.answer("A", [1, 1, 1, 1], times=40)
    world.set_population_size("A", MONTHS)
    part = findings(world, "A").participation
    assert (part.respondents, part.population_size, part.rate) == (100, 400, 0.25)
    assert part.truth_low == pytest.approx(0.25 * 0.6)
    assert part.truth_high == pytest.approx(0.25 * 0.6 + 0.75)


@pytest.mark.parametrize(
    ("state", "months"),
    [
        ("open", MONTHS),  # N of a month that is not over
        ("closed", {"2026-01": 100, "2026-02": 200}),  # a month is missing
        ("closed", {"2026-01": 1, "2026-02": 1, "2026-03": 1}),  # more answers than transactions
    ],
)
def test_there_is_no_rate_where_n_does_not_fit_the_answers(world: World, state: str, months: dict[str, int]) -> None:
    world.waves["W"].state = state
    world.answer("A", [5, 5, 5, 5], times=40)
    world.set_population_size("A", months)
    part = findings(world, "A").participation
    assert (part.population_size, part.rate, part.truth_low) == (sum(months.values()), None, None)


def test_a_random_sample_of_transactions_is_corrected_for_the_finite_population(world: World) -> None:
    world.add_wave("T", state="closed", sample_kind="transactions")
    world.add_wave("S", state="closed")
    for wave in "TS":
        world.answer("A", [5, 5, 5, 5], times=90, wave=wave)
        world.answer("A", [1, 1, 1, 1], times=10, wave=wave)
        world.set_population_size("A", {"2026-01": 40, "2026-02": 40, "2026-03": 40}, wave=wave)
    random, chosen = (findings(world, "A", wave).overall.share_satisfied for wave in "TS")
    assert random is not None
    assert chosen is not None
    assert random.margin_of_error < 0.6 * chosen.margin_of_error


def test_points_are_cut_by_the_rule_and_each_element_names_what_it_loses(world: World) -> None:
    world.answer("A", [5, 5, 5, 5], times=29)
    assert findings(world, "A").points is None
    world.answer("A", [1, 5, 1, 5], times=12)
    found = findings(world, "A")
    # access 29/41 of 2 points is 1.4146…, staff 70/82 is 1.7073…: truncated 1.41 and 1.70.
    assert found.points is not None
    assert (found.points.value, found.points.maximum) == (3.11, 4.0)
    assert found.points.low <= found.points.value <= found.points.high
    assert [(one.code, one.value, round(one.lost, 2)) for one in found.element_points] == [
        ("access", 1.41, 0.59),
        ("staff", 1.7, 0.3),
    ]


def test_counters_fields_and_languages_have_a_figure_of_their_own(world: World) -> None:
    world.add_counter("Quầy 10", agency="A")
    world.add_counter("Quầy 9", agency="A")
    world.add_service("LAND", agency="A")
    world.answer("A", [5, 5, 2, 5], times=10, counter="Quầy 10", service="LAND")
    world.answer("A", [1, 1, 4, 1], times=10, counter="Quầy 9", language="en")
    found = findings(world, "A")
    shares = [(row.dimension, row.name.vi, round(share(row.measures.share_satisfied), 2)) for row in found.breakdowns]
    assert shares == [
        ("service_point", "Quầy 9", 0.33),
        ("service_point", "Quầy 10", 0.67),
        ("field", "Lĩnh vực LAND", 0.67),
        ("language", "Tiếng Anh", 0.33),
        ("language", "Tiếng Việt", 0.67),
    ]


def test_a_counter_where_few_rated_anything_is_withheld_with_the_one_that_would_give_it_away(world: World) -> None:
    for name in ("1", "2", "3"):
        world.add_counter(name, agency="A")
    world.answer("A", [5, 5, 5, 5], times=30, counter="1")
    world.answer("A", [5, 5, 5, 5], times=12, counter="2")
    # Twelve came to counter 3; nine of them answered the question "all in all" and nothing else.
    world.answer("A", [0, 0, 0, 5], times=9, counter="3")
    world.answer("A", [1, 2, 1, 5], times=3, counter="3")
    found = rows(findings(world, "A"), "service_point")
    assert [found[name].measures.is_suppressed for name in ("1", "2", "3")] == [False, True, True]


def test_a_counter_of_another_agency_is_named_with_its_owner(world: World) -> None:
    world.add_counter("Quầy liên thông", agency="C")
    world.answer("A", [5, 5, 5, 5], times=12, counter="Quầy liên thông")

    (row,) = [row for row in findings(world, "A").breakdowns if row.dimension == "service_point"]

    assert row.name.vi == "Quầy liên thông (Đơn vị C)"


def test_a_parent_shows_fields_of_all_below_it_and_counters_of_its_own_only(world: World) -> None:
    world.add_counter("1", agency="A")
    world.answer("A", [5, 5, 5, 5], times=10, counter="1")
    world.answer("B", [1, 1, 1, 1], times=30)
    found = findings(world, "P")
    assert rows(found, "service_point") == {}
    assert share(rows(found, "language")["Tiếng Việt"].measures.share_satisfied) == 0.25


def test_channels_verified_exclusions_and_withdrawals_are_counted(world: World) -> None:
    counter = world.add_counter("1", agency="A")
    world.answer("A", [5, 5, 5, 5], times=2, counter="1")
    world.answer("A", [5, 5, 5, 5], times=12)
    world.answer("A", [5, 5, 5, 5], times=5, channel="transaction", verified=True)
    exclude_responses(
        world.session,
        wave_id=world.waves["W"].id,
        agency_ids=[world.agencies["A"].id],
        choice=Choice(service_point_id=counter.id),
        rule="test",
        reason="Thử máy",
        by=None,
        today=TODAY,
    )
    found = findings(world, "A")
    assert [(one.code, one.count) for one in found.channels] == [("qr", 12), ("transaction", 5)]
    assert [(one.name.vi, one.count) for one in found.exclusions] == [("Phiếu thử", 2)]
    assert (found.verified, found.withdrawals, found.n) == (5, 0, 17)


def test_the_order_of_answers_and_agencies_does_not_matter(world: World) -> None:
    for agency, wave in (("A", "W"), ("B", "V")):
        if wave == "V":
            world.add_wave("V")
        batches = [([5, 4, 1, 2], 7), ([2, 0, 3, 3], 9), ([4, 4, 4, 4], 11)]
        for ratings, times in batches if agency == "A" else reversed(batches):
            world.answer(agency, ratings, times=times, wave=wave)
    one, two = findings(world, "A", "W"), findings(world, "B", "V")
    assert (one.overall, one.elements, one.points) == (two.overall, two.elements, two.points)


def test_pooling_agencies_equals_one_agency_with_all_the_answers(world: World) -> None:
    world.add_wave("V")
    for agency, ratings, times in (("A", [5, 4, 1, 2], 17), ("B", [2, 0, 3, 3], 19)):
        world.answer(agency, ratings, times=times)
        world.answer("C", ratings, times=times, wave="V")
    pooled, single = findings(world, "P", "W"), findings(world, "C", "V")
    assert (pooled.overall, pooled.elements) == (single.overall, single.elements)


def test_the_number_of_statements_does_not_depend_on_the_answers_or_the_agencies(world: World) -> None:
    def count() -> int:
        seen: list[str] = []
        engine = world.session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        agency_findings(world.session, agency_id=world.agencies["P"].id, wave_id=world.waves["W"].id, today=TODAY)
        return len(seen)

    world.answer("A", [5, 5, 5, 5], times=10)
    fold(world.session, until=TODAY)
    few = count()
    for number in range(20):
        world.add_agency(f"X{number}", parent="P", kind="commune")
        world.answer(f"X{number}", [5, 5, 5, 5], times=30)
    fold(world.session, until=TODAY)
    assert count() == few <= 20


def test_an_agency_without_answers_has_findings_that_say_so(world: World) -> None:
    found = findings(world, "C")
    assert found.overall.is_suppressed
    assert (found.stored, found.breakdowns, found.channels) == (0, (), ())


def test_what_does_not_exist_is_refused(world: World) -> None:
    world.add_wave("ONLY-A", root="A")
    with pytest.raises(FindingsError, match="no such agency"):
        agency_findings(world.session, agency_id=uuid4(), wave_id=world.waves["W"].id, today=TODAY)
    with pytest.raises(FindingsError, match="takes no part"):
        findings(world, "B", "ONLY-A")
    assert findings(world, "P", "ONLY-A").stored == 0


def test_what_an_agency_withholds_is_not_found_by_subtracting_the_others_from_the_whole(world: World) -> None:
    world.answer("A", [0, 5, 5, 5], times=16)
    world.answer("A", [1, 5, 5, 5], times=3)
    world.answer("A", [2, 5, 5, 5])
    world.answer("B", [5, 5, 5, 5], times=30)
    few, others, whole = (findings(world, agency, "W") for agency in ("A", "B", "P"))
    assert all(element.measures.is_suppressed for element in few.elements)

    for element, of_others in zip(whole.elements, others.elements, strict=True):
        assert element.measures.levels == of_others.measures.levels
        assert [item.measures for item in element.items] == [item.measures for item in of_others.items]
    assert whole.overall.n == 50
