"""Points by a rubric: formulas, cuts, sums, conditions, the interval of the survey part, classes."""

from __future__ import annotations

from fractions import Fraction
from math import nan
from typing import Any

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


def test_layers_of_conditions_are_asked_once_each() -> None:
    leaves = [
        Leaf(
            f"{layer}.{at}",
            Fraction(1),
            YesNo(),
            requires=tuple(f"{layer - 1}.{one}" for one in range(3 * (layer > 0))),
        )
        for layer in range(30)
        for at in range(3)
    ]  # asked anew by each, they would be asked 3 ** 30 times

    assert index_total(Rubric((Group("a", tuple(leaves)),)), {leaf.code: Fraction(1) for leaf in leaves}).points == 90


@pytest.mark.parametrize(
    "formula", [Share(), Linear(Fraction(0), Fraction(1)), Bands((Step(Fraction("0.57"), Fraction(2)),))]
)
def test_a_survey_leaf_whose_condition_is_not_met_is_in_neither_points_nor_interval(formula: Formula) -> None:
    def of(conditions: dict[str, tuple[str, ...]], **more: Any) -> IndexTotal:
        leaves = [
            Leaf(code, Fraction(2), formula, Cut(), is_survey=True, requires=conditions.get(code, ())) for code in "xyz"
        ]
        rubric = Rubric((Group("a", (Leaf("w", Fraction(4), Given()), *leaves)),))
        ends = dict.fromkeys("xyz", (0.55, 0.6))
        points = sum(leaf.formula.earned(Fraction("0.57"), leaf.maximum) for leaf in leaves)
        joint = Estimate(
            value=float(points), ci=Interval(float(points) - 0.2, float(points) + 0.2), standard_error=0.1, n=90
        )
        values = {"w": Fraction(0)} | dict.fromkeys("xyz", Fraction("0.57"))
        return index_total(rubric, values, surveys=[SurveyPart(("x", "y", "z"), joint, **{"ends": ends} | more)])

    none, one = of(dict.fromkeys("xyz", ("w",))), of(dict.fromkeys("yz", ("w",)))
    two = of({"z": ("w",)})
    assert (none.points, none.low, none.high, none.unrounded, none.standard_error) == (0, 0, 0, 0, 0)
    # One is left: its own interval.  Of two, the arms are longer than both added up, by the quantiles at 97.5 and 95 %.
    steps = isinstance(formula, Bands)
    assert (one.points, one.low, one.high) == (
        (2, 0, 2) if steps else (Fraction("1.14"), Fraction("1.1"), Fraction("1.2"))
    )
    assert one.unrounded == pytest.approx(float(one.points))
    if not steps:
        assert (two.points, two.low, two.high) == (Fraction("2.28"), Fraction("2.18"), Fraction("2.41"))
        assert two.standard_error == pytest.approx(0.2 * 2.2414 / 1.96 / (2 * 1.96), rel=1e-4)
        # Nothing is known of the leaves: the arms of all together.
        assert of({"z": ("w",)}, ends={}).high == Fraction("2.48")


def test_ends_that_are_whole_hundredths_are_not_cut_below_them() -> None:
    rubric = Rubric((Group("a", (Leaf("x", Fraction(2), Share(), is_survey=True),)),))

    def of(value: str, low: float, high: float) -> IndexTotal:
        points = Estimate(value=float(2 * Fraction(value)), ci=Interval(low, high), standard_error=0.0, n=100)
        return index_total(rubric, {"x": Fraction(value)}, surveys=[SurveyPart(("x",), points)])

    for percent in range(101):
        points = Fraction(percent, 50)
        found = of(f"{percent}/100", float(points), float(points))
        assert found.low == found.points == found.high == points
    # 2 · 0.57 is 1.14, in binary a little less.
    assert (of("3/5", 2 * 0.57, 1.25).low, of("1/3", 2 / 3, 2 / 3).low) == (Fraction("1.14"), Fraction("0.66"))


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
