"""The table of an index: ranks with sets, movement, means, targets, baselines, and indexes of others."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from analysis.index_standing import standings, summary, weaknesses, year_of
from analysis.index_target import target
from analysis.index_total import IndexTotal, SurveyPart, index_total
from analysis.merged_baseline import BaselinePart, merged_baseline
from analysis.movement import Counts, MovementVerdict, movement
from analysis.outside_series import SeriesYear, breaks_between, series_movement
from analysis.ranking import ranks
from analysis.results import Estimate, Interval
from analysis.rubric import Given, Group, Leaf, Rubric, Share

DATA = Path(__file__).parents[3] / "shared" / "data"
RUBRIC = Rubric(
    (
        Group("work", (Leaf("x", Fraction(90), Given()),)),
        Group("people", (Leaf("y", Fraction(10), Share(), is_survey=True),)),
    )
)


def total(work: str, share: str = "0.8", error: float = 0.0) -> IndexTotal:
    points = float(Fraction(share)) * 10
    estimate = Estimate(
        value=points, ci=Interval(points - 1.96 * error, points + 1.96 * error), standard_error=error, n=200
    )
    surveys = [SurveyPart(("y",), estimate)] if error else []
    return index_total(RUBRIC, {"x": Fraction(work), "y": Fraction(share)}, surveys=surveys)


TABLE = {"a": total("80", error=0.3), "b": total("79.5", error=0.3), "c": total("70", error=0.3)}


def test_ranks_come_with_the_ranks_that_the_survey_leaves_open_and_equal_points_share_one() -> None:
    found = standings({**TABLE, "d": total("70", error=0.3)})

    assert [(row.unit, row.rank, row.low_rank, row.high_rank, row.tied) for row in found] == [
        ("a", 1, 1, 2, 0),
        ("b", 2, 1, 2, 0),
        ("c", 3, 3, 4, 1),
        ("d", 3, 3, 4, 1),
    ]
    certain = standings({"a": total("80"), "b": total("79.99")})
    assert [(row.low_rank, row.high_rank) for row in certain] == [(1, 1), (2, 2)]
    assert standings({}) == ()


def test_the_summary_names_who_is_above_the_mean_and_best_and_last_in_every_component() -> None:
    found = summary({**TABLE, "d": total("70", "0.9")})

    assert found.mean == (88 + Fraction("87.5") + 78 + 79) / 4
    assert found.above_mean == ("a", "b")
    assert (found.best, found.last) == (("a",), ("c",))
    assert found.components["work"].last == ("c", "d")
    assert (found.components["people"].best, found.components["people"].highest) == (("d",), 9)


def test_what_nobody_scored_counts_nothing_in_means_so_that_those_of_all_areas_add_up() -> None:
    rubric = replace(RUBRIC, penalty=(Leaf("p", Fraction(3), Given()),))
    values = {"a": {"x": "80", "y": "0.8", "p": "3"}, "b": {"y": "0.5"}, "c": {"x": "7"}}
    found = {
        unit: index_total(rubric, {code: Fraction(value) for code, value in own.items()})
        for unit, own in values.items()
    }
    means = summary(found).components
    assert (means["work"].mean, means["work"].last, means["work"].lowest) == (29, ("b",), 0)
    assert (means["people"].mean, means["people"].last) == (Fraction(13, 3), ("c",))
    assert sum(means[area.code].mean for area in rubric.areas) == summary(found).mean + means["p"].mean
    # A survey of which too few answered is no survey with nothing.
    few = index_total(replace(RUBRIC, without_survey="rescale"), {"x": Fraction(45)}, without=("y",))
    with_few = summary({"a": found["a"], "few": few}).components["people"]
    assert (with_few.mean, with_few.last, with_few.asked) == (8, ("a",), 10)


def test_leaves_in_which_units_have_little_or_nothing_are_named_weakest_first() -> None:
    found = weaknesses({**TABLE, "zero": total("0", "0.1"), "low": total("40", "0.9")}, ["x", "y"])

    assert [(one.code, one.nothing, one.low, one.units) for one in found] == [
        ("x", ("zero",), ("zero", "low"), 5),
        ("y", (), ("zero",), 5),
    ]


def test_movement_is_real_only_where_the_sets_of_two_years_do_not_overlap() -> None:
    before = {"a": total("70", error=0.3), "b": total("79.5", error=0.3), "c": total("80", error=0.3)}

    found = movement(year_of(before, edition="r"), year_of(TABLE, edition="r"))
    other = movement(year_of(before, edition="r/63"), year_of(TABLE, edition="r/34"))

    verdicts = {unit.unit: (unit.rank_change, unit.verdict) for unit in found.units}
    assert verdicts["a"] == (2, MovementVerdict.UP)
    assert verdicts["c"] == (-2, MovementVerdict.DOWN)
    assert verdicts["b"] == (0, MovementVerdict.NO_EVIDENCE)
    assert {unit.verdict for unit in other.units} == {MovementVerdict.NOT_COMPARABLE}
    assert {unit.rank_change for unit in other.units} == {None}


def test_fourteen_of_twenty_two_rise_and_eight_fall() -> None:
    before = {f"d{at}": total("70") for at in range(22)}
    after = {f"d{at}": total("71" if at < 14 else "69") for at in range(22)}

    assert movement(year_of(before, edition=""), year_of(after, edition="")).score == Counts(up=14, down=8, same=0)


def test_what_is_lacking_to_the_first_k_is_exact_and_more_points_never_lower_the_chance() -> None:
    found = target(TABLE, "c", k=2, seed=7)
    among = target(TABLE, "b", k=2, seed=7)

    assert (found.needed, found.of) == (Fraction("9.5"), 3)
    assert found.chance_now == 0
    # Among the first two with the points of b: as likely before as behind one of two others.
    assert found.chance_with(9.5) == pytest.approx(0.5, abs=0.03)
    assert found.chance_with(11.0) > found.chance_with(10.0) > found.chance_with(9.5)
    assert found.chance_with(found.points_for(0.8)) >= 0.8
    assert found.simulation_error == 0
    assert (among.needed, among.points_for(0.5)) == (0, 0.0)
    assert among.chance_now > 0.99
    assert target(TABLE, "c", k=3, seed=7).chance_now == 1
    reordered = {unit: TABLE[unit] for unit in ("c", "b", "a")}
    assert (target(reordered, "c", k=2, seed=7).gaps == found.gaps).all()
    for unit, k in (("z", 1), ("a", 0), ("a", 4)):
        with pytest.raises(ValueError, match="name a unit of the table"):
            target(TABLE, unit, k=k, seed=7)


def test_chances_are_those_of_two_normal_values() -> None:
    # P(N(1, 0.5² + 0.5²) > 0) = 0.92135; R: pnorm(1 / sqrt(0.5))
    two = {"a": total("80", error=0.5), "b": total("79", error=0.5)}

    assert target(two, "a", k=1, seed=3, draws=40_000).chance_now == pytest.approx(0.92135, abs=0.005)


def test_a_merged_unit_has_a_baseline_with_stated_weights() -> None:
    found = merged_baseline([
        BaselinePart("old a", Fraction(80), Fraction(300), 0.3), BaselinePart("old b", Fraction(86), Fraction(100), 0.4)
    ])  # fmt: skip

    assert found.value == Fraction("81.5")
    assert found.weights == (("old a", Fraction(3, 4)), ("old b", Fraction(1, 4)))
    assert found.standard_error == pytest.approx((0.225**2 + 0.1**2) ** 0.5)
    with pytest.raises(ValueError, match="none at all"):
        merged_baseline([])
    with pytest.raises(ValueError, match="not a, a"):
        merged_baseline([BaselinePart("a", Fraction(1), Fraction(1)), BaselinePart("a", Fraction(1), Fraction(1))])


def rows(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here (../shared/data); real series are not checked")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def papi() -> dict[int, SeriesYear]:
    years: dict[int, SeriesYear] = {}
    found = rows("papi_dimension_totals_rank_derived.csv")
    for number in range(2011, 2025):
        own = [row for row in found if int(row["year"]) == number]
        codes = tuple(f"dim{at}" for at in range(1, 9) if any(row[f"dim{at}"] for row in own))
        dimensions = {
            row["province"]: {code: Fraction(row[code]) if row[code] else None for code in codes} for row in own
        }
        year = SeriesYear(number, {}, dimensions, codes, "63")
        years[number] = SeriesYear(number, year.over(codes), dimensions, codes, "63")
    return years


def test_papi_totals_ranks_and_missing_provinces_come_out_of_its_dimensions() -> None:
    years, derived = papi(), rows("papi_dimension_totals_rank_derived.csv")

    for row in derived:
        year = years[int(row["year"])]
        found = year.totals[row["province"]]
        if not row["total_derived"]:
            assert found is None
        else:
            assert found is not None
            # Dimensions are given to four decimals, so that eight of them may be off by as much as this.
            assert abs(found - Fraction(row["total_derived"])) <= Fraction("0.0005"), row
    missing = {number: set(year.missing()) for number, year in years.items() if year.missing()}
    assert missing[2023] == {"Quang Ninh", "Binh Duong"}
    assert missing[2022] == {"Bac Giang", "Bac Ninh"}
    for number in (2011, 2017, 2023):
        published = {row["province"]: row["rank_derived"] for row in derived if int(row["year"]) == number}
        own = years[number].ranks()
        assert sum(own.get(unit, 0) != int(rank) for unit, rank in published.items() if rank) <= 4
        assert max(own.values()) == len(own)


def test_six_dimensions_are_compared_with_eight_only_over_those_they_share() -> None:
    years = papi()

    broken = series_movement(years[2017], years[2018])
    shared = series_movement(years[2017], years[2018], shared_dimensions=True)
    whole = series_movement(years[2018], years[2019])

    assert broken.breaks == shared.breaks == ("dimensions",)
    assert {unit.verdict for unit in broken.movement.units} <= {
        MovementVerdict.NOT_COMPARABLE, MovementVerdict.LEFT, MovementVerdict.JOINED
    }  # fmt: skip
    assert shared.over == tuple(f"dim{at}" for at in range(1, 7))
    assert all(unit.rank_change is not None for unit in shared.movement.units if unit.before)
    # Nothing tells whether it is more than noise.
    assert MovementVerdict.UP not in {unit.verdict for unit in whole.movement.units}
    assert whole.breaks == ()


def of_units(units: Mapping[str, int], unit_set: str) -> SeriesYear:
    return SeriesYear(2024, {unit: Fraction(points) for unit, points in units.items()}, unit_set=unit_set)


def test_ranks_among_63_and_among_34_are_never_taken_from_each_other() -> None:
    old, new = of_units({"Huế": 3, "Cần Thơ": 2}, "63"), of_units({"Huế": 2, "Cần Thơ": 3}, "34")

    found = series_movement(old, new, shared_dimensions=True)

    assert breaks_between(old, new) == found.breaks == ("units",)
    assert [unit.rank_change for unit in found.movement.units] == [None, None]
    assert {unit.verdict for unit in found.movement.units} == {MovementVerdict.NOT_COMPARABLE}


def test_a_series_in_which_less_is_better_ranks_the_lowest_first() -> None:
    late = SeriesYear(2024, {"a": Fraction(3), "b": Fraction(1), "c": None}, higher_is_better=False)

    assert late.ranks() == {"b": 1, "a": 2}
    with pytest.raises(ValueError, match="share no dimension"):
        series_movement(SeriesYear(1, {}, codes=("x",)), SeriesYear(2, {}, codes=("y",)), shared_dimensions=True)


def test_regions_of_2023_share_the_fifth_place() -> None:
    found = rows("par_2023_regions.csv")
    points = [Fraction(row["par_2023"]) for row in found]

    assert ranks([float(one) for one in points]).tolist() == [int(row["rank"]) for row in found] == [1, 2, 3, 4, 5, 5]
    for row in found:
        if row["increase"]:
            assert Fraction(row["par_2023"]) - Fraction(row["increase"]) == Fraction(row["par_2022"])
