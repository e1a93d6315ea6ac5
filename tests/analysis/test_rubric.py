"""Points by a rubric: formulas, cuts, sums, conditions, the interval of the survey part, classes."""

from __future__ import annotations

from fractions import Fraction
from math import nan

import pytest

from analysis.index_total import Classification, IndexTotal, SurveyMissingError, SurveyPart, classified, index_total
from analysis.results import Estimate, Interval
from analysis.rubric import (
    Bands,
    ClassBand,
    Cut,
    Formula,
    Given,
    Group,
    Leaf,
    Linear,
    Rubric,
    ScoreError,
    Share,
    Step,
    WithoutSurvey,
    YesNo,
)

TWO = Cut(2, "truncate")
LATE = Bands((Step(Fraction("0.01"), Fraction(2)), Step(Fraction("0.05"), Fraction(1))), downwards=True)
ON_TIME = Bands(
    (Step(Fraction("0.9"), Fraction(1)), Step(Fraction("0.95"), Fraction(2)), Step(Fraction("0.8"), Fraction("0.5")))
)


@pytest.mark.parametrize(
    ("formula", "value", "points"),
    [
        (Given(), "1.75", "1.75"),
        (Given(step=Fraction("0.25")), "1.25", "1.25"),
        (Share(), "0.8515", "1.70"),
        (Share(), "0.9357", "1.87"),
        (Linear(Fraction("0.5"), Fraction(1)), "0.75", "1"),
        (Linear(Fraction("0.5"), Fraction(1)), "0.4", "0"),
        (Linear(Fraction("0.5"), Fraction(1)), "1.2", "2"),
        (Linear(Fraction("0.1"), Fraction(0)), "0.025", "1.5"),
        (ON_TIME, "0.95", "2"),
        (ON_TIME, "0.9499", "1"),
        (ON_TIME, "0.79", "0"),
        (LATE, "0", "2"),
        (LATE, "0.01", "2"),
        (LATE, "0.0101", "1"),
        (LATE, "0.06", "0"),
        (YesNo(), "1", "2"),
        (YesNo(), "0", "0"),
    ],
)
def test_every_formula_turns_a_value_into_points_cut_once(formula: Formula, value: str, points: str) -> None:
    assert Leaf("a", Fraction(2), formula, TWO).points(Fraction(value)) == Fraction(points)


@pytest.mark.parametrize(
    ("formula", "value", "message"),
    [
        (Given(), "2.01", "0 to 2"),
        (Given(), "-0.5", "0 to 2"),
        (Given(step=Fraction("0.25")), "1.1", "steps of 1/4"),
        (Share(), "85.15", "between 0 and 1"),
        (YesNo(), "0.5", "neither yes"),
    ],
)
def test_a_value_that_a_leaf_cannot_take_is_refused_with_what_it_may_be(
    formula: Formula, value: str, message: str
) -> None:
    with pytest.raises(ScoreError, match=message) as caught:
        Leaf("a", Fraction(2), formula).points(Fraction(value))
    assert caught.value.low == 0
    assert caught.value.high in {1, 2}


def test_formulas_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="two different ends"):
        Linear(Fraction(1), Fraction(1))
    with pytest.raises(ValueError, match="no limit twice"):
        Bands((Step(Fraction(1), Fraction(1)), Step(Fraction(1), Fraction(2))))


@pytest.mark.parametrize(
    ("shares", "points"),
    [
        # PAR INDEX 2020: five parts of 2 points, each cut to two decimals.
        (["93.57"] * 5, "9.35"),
        (["85.15"] * 5, "8.50"),
        (["96.2", "95.6", "95.6", "95.6", "95.8"], "9.56"),
    ],
)
def test_five_parts_of_two_points_give_the_published_points_of_2020(shares: list[str], points: str) -> None:
    rubric = Rubric(
        (Group("sipas", tuple(Leaf(f"s{at}", Fraction(2), Share(), TWO, is_survey=True) for at in range(5))),)
    )

    found = index_total(rubric, {f"s{at}": Fraction(share) / 100 for at, share in enumerate(shares)})

    assert found.points == Fraction(points)


# Points published for 2020: appraisal, satisfaction, leaders' survey, socio-economic, and the index.
PUBLISHED_2020 = {
    "Quảng Ninh": ("57.66", "9.56", "18.83", "5", "91.04"),
    "Hải Phòng": ("58.71", "9.35", "19.45", "3", "90.51"),
    "Thừa Thiên Huế": ("56.78", "8.57", "20.11", "3.01", "88.47"),
    "Bình Dương": ("55.48", "8.82", "20.27", "2.36", "86.93"),
    "Đồng Tháp": ("55.94", "8.89", "20.09", "1.84", "86.77"),
}


def test_the_five_provinces_of_2020_come_out_with_their_totals_and_order() -> None:
    parts = [("appraisal", 62), ("satisfaction", 10), ("leaders", 22), ("economy", 6)]
    rubric = Rubric(tuple(Group(f"area-{code}", (Leaf(code, Fraction(most), Given()),)) for code, most in parts))

    totals = {
        name: index_total(rubric, {code: Fraction(points) for (code, _), points in zip(parts, row, strict=False)})
        for name, row in PUBLISHED_2020.items()
    }

    assert rubric.maximum == 100
    for name, total in totals.items():
        assert abs(total.points - Fraction(PUBLISHED_2020[name][4])) <= Fraction("0.01"), name
        assert total.low == total.points == total.high
        assert total.components["area-leaders"].lost == 22 - Fraction(PUBLISHED_2020[name][2])
    assert sorted(totals, key=lambda name: -totals[name].points) == list(PUBLISHED_2020)


def small(without_survey: WithoutSurvey = "rescale", **more: object) -> Rubric:
    """Eight points of appraisal and two of a survey in two areas; a bonus and a penalty."""
    given, share = Given(), Share()
    return Rubric(
        areas=(
            Group(
                "a",
                (
                    Group("a1", (Leaf("a11", Fraction(3), given), Leaf("a12", Fraction(2), YesNo()))),
                    Leaf("a2", Fraction(3), given),
                ),
            ),
            Group("b", (Leaf("b1", Fraction(2), share, TWO, is_survey=True),)),
        ),
        without_survey=without_survey,
        bonus=(Leaf("plus", Fraction(2), given),),
        penalty=(Leaf("minus", Fraction(3), given),),
        bonus_maximum=Fraction(1),
        penalty_maximum=Fraction(2),
        bands=(ClassBand("B", Fraction("0.8")), ClassBand("A", Fraction("0.9"))),
        **more,  # type: ignore[arg-type]  # the test's own
    )


def part(value: float, low: float, high: float, error: float = 0.05) -> SurveyPart:
    return SurveyPart(("b1",), Estimate(value=value, ci=Interval(low, high), standard_error=error, n=100))


FULL = {"a11": Fraction(3), "a12": Fraction(1), "a2": Fraction("2.5"), "b1": Fraction("0.85")}


def test_components_are_sums_and_know_what_was_lost_and_what_nobody_scored() -> None:
    found = index_total(small(), {"a11": Fraction(2), "a12": Fraction(0), "b1": Fraction("0.8515")})

    assert found.points == Fraction("3.70")
    assert found.unscored == ("a2",)
    assert (found.components["a1"].points, found.components["a1"].lost) == (2, 3)
    assert found.components["a2"].points is None
    assert (found.areas[0].points, found.areas[0].maximum, found.areas[0].index) == (2, 8, Fraction(1, 4))
    assert found.components["minus"].points is None


def test_bonus_and_penalty_are_capped_and_the_total_stays_within_its_maximum() -> None:
    rich = {**FULL, "a2": Fraction(3), "b1": Fraction(1)}
    poor = {**FULL, "a11": Fraction(0)}

    assert index_total(small(), {**poor, "plus": Fraction(2)}).points == Fraction("7.2")
    assert index_total(small(), {**FULL, "minus": Fraction(3)}).points == Fraction("7.2")
    assert index_total(small(), {**rich, "plus": Fraction(2)}).points == 10
    assert index_total(small(may_exceed=True), {**rich, "plus": Fraction(2)}).points == 11
    assert index_total(small(), {"minus": Fraction(3)}).points == 0


def test_a_leaf_earns_nothing_while_what_it_requires_has_not_and_a_circle_is_refused() -> None:
    given = Given()
    chain = Rubric(
        (Group("a", (Leaf("x", Fraction(1), given), Leaf("y", Fraction(1), given, requires=("x",)),
                     Leaf("z", Fraction(1), given, requires=("y",)))),)
    )  # fmt: skip
    circle = Rubric(
        (Group("a", (Leaf("x", Fraction(1), given, requires=("y",)), Leaf("y", Fraction(1), given, requires=("x",)))),)
    )

    assert index_total(chain, {"x": Fraction(0), "y": Fraction(1), "z": Fraction(1)}).points == 0
    assert index_total(chain, {"x": Fraction(1), "y": Fraction(1), "z": Fraction(1)}).points == 3
    with pytest.raises(ValueError, match="circle"):
        index_total(circle, {"x": Fraction(1), "y": Fraction(1)})


def test_without_the_survey_the_rest_is_rescaled_or_counts_or_there_is_no_total() -> None:
    rescaled = index_total(small(), FULL, survey_is_run=False)
    zero = index_total(small("zero"), FULL, survey_is_run=False)

    assert (rescaled.points, rescaled.is_rescaled) == (Fraction("9.37"), True)  # 7.5 of 8 are 9.375 of 10, cut
    assert (zero.points, zero.is_rescaled) == (Fraction("7.5"), False)
    assert rescaled.components["b"].maximum == 0
    assert rescaled.components["b"].index is None
    assert rescaled.unscored == ()
    with pytest.raises(SurveyMissingError):
        index_total(small("refuse"), FULL, survey_is_run=False)


def test_the_survey_brings_an_interval_whose_ends_are_cut_once() -> None:
    found = index_total(small(), FULL, surveys=[part(1.7, 1.6049, 1.7951)])

    assert (found.points, found.low, found.high) == (Fraction("9.2"), Fraction("9.10"), Fraction("9.29"))
    assert found.standard_error == 0.05
    assert found.unrounded == pytest.approx(9.2)


def test_independent_surveys_join_by_the_squares_of_their_arms() -> None:
    two = Rubric(
        (
            Group(
                "a",
                (Leaf("x", Fraction(10), Share(), is_survey=True), Leaf("y", Fraction(10), Share(), is_survey=True)),
            ),
        )
    )
    estimates = [
        SurveyPart((code,), Estimate(value=8.0, ci=Interval(8.0 - arm, 8.0 + arm), standard_error=arm / 2, n=50))
        for code, arm in (("x", 0.3), ("y", 0.4))
    ]

    found = index_total(two, {"x": Fraction("0.8"), "y": Fraction("0.8")}, surveys=estimates)

    assert (found.points, found.low, found.high) == (16, Fraction("15.5"), Fraction("16.5"))
    assert found.standard_error == pytest.approx(0.25)


def test_where_all_answers_were_the_same_the_interval_tells_the_error() -> None:
    assert part(2.0, 1.9, 2.0, 0.0).standard_error == pytest.approx(0.1 / 3.919928)
    assert part(2.0, 1.9, 2.0, nan).standard_error == pytest.approx(0.1 / 3.919928)


def test_a_class_is_certain_only_where_the_interval_lies_within_it() -> None:
    bands = small().bands

    def of(survey: SurveyPart) -> Classification:
        return classified(bands, index_total(small(), FULL, surveys=[survey]))

    assert of(part(1.7, 1.6, 1.8)) == Classification("A", ("A",))
    assert of(part(1.7, 1.4, 1.8)) == Classification("A", ("A", "B"))
    assert of(part(1.7, 0.1, 1.8)).possible == ("A", "B", None)
    assert not of(part(1.7, 1.4, 1.8)).is_certain


def test_groups_a_and_b_of_2024_have_their_borders_at_90_and_80() -> None:
    # Published: 13 provinces from 90 on, 50 from 80 to below 90.  The points are invented around the borders.
    bands = (ClassBand("A", Fraction("0.9")), ClassBand("B", Fraction("0.8")))
    rubric = Rubric((Group("a", (Leaf("x", Fraction(100), Given()),)),))
    points = [Fraction(90) + Fraction(at, 4) for at in range(13)] + [
        Fraction("89.99") - Fraction(at, 6) for at in range(50)
    ]

    classes = [classified(bands, index_total(rubric, {"x": one})).code for one in points]

    assert (classes.count("A"), classes.count("B"), classes.count(None)) == (13, 50, 0)
    assert classified(bands, index_total(rubric, {"x": Fraction("79.99")})).code is None


def test_codes_that_the_rubric_does_not_know_are_named() -> None:
    with pytest.raises(ValueError, match="no leaf zzz"):
        index_total(small(), {"zzz": Fraction(1)})
    with pytest.raises(ValueError, match="names a11"):
        index_total(small(), FULL, surveys=[SurveyPart(("a11",), part(1, 1, 1).points)])


def test_a_total_knows_its_share_of_the_maximum_on_a_scale_of_sixty() -> None:
    sixty = Rubric((Group("a", (Leaf("x", Fraction(60), Given()),)),))

    found: IndexTotal = index_total(sixty, {"x": Fraction(51)})

    assert found.index == Fraction("0.85")
