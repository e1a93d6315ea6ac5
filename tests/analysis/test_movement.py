from __future__ import annotations

import csv
from math import isnan, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.movement import Counts, Movement, MovementVerdict, Place, UnitMovement, YearOfResults, movement

PAPI = Path(__file__).parents[3] / "shared" / "data" / "papi_dimension_totals_rank_derived.csv"
units = st.lists(st.sampled_from("abcdefgh"), unique=True)


def year(values: dict[str, float], error: float | None = 0.001, edition: str = "") -> YearOfResults:
    return YearOfResults(values, None if error is None else dict.fromkeys(values, error), edition)


def of(found: Movement, unit: str) -> UnitMovement:
    return next(one for one in found.units if one.unit == unit)


def test_clear_movement_is_real_and_noise_is_not() -> None:
    before = year({"a": 0.95, "b": 0.90, "c": 0.851, "d": 0.850, "e": 0.70})
    after = year({"a": 0.80, "b": 0.90, "c": 0.850, "d": 0.851, "e": 0.95})

    found = movement(before, after)

    assert [unit.unit for unit in found.units] == ["a", "b", "c", "d", "e"]
    assert of(found, "e").verdict is MovementVerdict.UP
    assert of(found, "e").rank_change == 4
    assert of(found, "e").before == Place(5, 5, 5)
    assert of(found, "e").after == Place(1, 1, 1)
    assert of(found, "a").verdict is MovementVerdict.DOWN
    assert of(found, "c").verdict is of(found, "d").verdict is MovementVerdict.NO_EVIDENCE
    assert of(found, "c").rank_change == -1
    assert of(found, "c").score_change == pytest.approx(-0.001)
    assert found.real == Counts(up=1, down=1, same=3)
    assert found.score == Counts(up=2, down=2, same=1)
    assert found.rank == Counts(up=2, down=2, same=1)


def test_sets_of_neighbouring_years_that_touch_are_no_evidence() -> None:
    # Wide intervals: all ranks stay open in both years.
    found = movement(year({"a": 0.9, "b": 0.8}, 0.2), year({"a": 0.8, "b": 0.9}, 0.2))

    assert of(found, "a").before == Place(1, 1, 2)
    assert found.real == Counts(0, 0, 2)
    assert found.rank == Counts(1, 1, 0)


def test_who_joins_or_leaves_moves_nobody() -> None:
    before = year({"gone": 0.99, "a": 0.9, "b": 0.8, "absent": nan})
    after = year({"new": 0.99, "newer": 0.98, "a": 0.9, "b": 0.8, "absent": 0.5})

    found = movement(before, after)

    assert [unit.unit for unit in found.units] == ["new", "newer", "a", "b", "absent", "gone"]
    assert (of(found, "a").published_before, of(found, "a").published_after) == (2, 3)
    assert of(found, "a").rank_change == 0
    assert of(found, "new").verdict is of(found, "absent").verdict is MovementVerdict.JOINED
    assert of(found, "gone").verdict is MovementVerdict.LEFT
    assert (of(found, "gone").published_before, of(found, "gone").published_after) == (1, None)
    assert isnan(of(found, "new").score_change)
    assert of(found, "new").before is None
    assert found.common == 2
    assert found.rank == Counts(0, 0, 2)


def test_another_edition_is_not_comparable() -> None:
    found = movement(year({"a": 0.95, "b": 0.7}, edition="2022"), year({"a": 0.7, "b": 0.95}, edition="2023"))

    assert not found.comparable
    assert {unit.verdict for unit in found.units} == {MovementVerdict.NOT_COMPARABLE}
    assert of(found, "a").rank_change is None
    assert of(found, "a").before == Place(1, 1, 1)
    assert of(found, "a").after == Place(2, 2, 2)
    assert found.rank == found.score == found.real == Counts(0, 0, 0)


@pytest.mark.parametrize(("before_error", "after_error"), [(None, 0.001), (0.001, None), (None, None)])
def test_without_standard_errors_ranks_move_and_nothing_more_is_said(
    before_error: float | None, after_error: float | None
) -> None:
    found = movement(year({"a": 0.95, "b": 0.7}, before_error), year({"a": 0.7, "b": 0.95}, after_error))

    assert {unit.verdict for unit in found.units} == {MovementVerdict.UNKNOWN}
    assert found.rank == Counts(1, 1, 0)
    assert found.real == Counts(0, 0, 0)


def test_each_set_is_taken_at_97_5_percent() -> None:
    # Two units: different from 2.2414 (97.5 %) standard errors of the difference on, not from 1.96 (95 %).
    close = movement(year({"a": 0.21, "b": 0.0}, 0.1 / 2**0.5), year({"a": 0.0, "b": 0.21}, 0.1 / 2**0.5))
    clear = movement(year({"a": 0.23, "b": 0.0}, 0.1 / 2**0.5), year({"a": 0.0, "b": 0.23}, 0.1 / 2**0.5))

    assert close.real == Counts(0, 0, 2)
    assert clear.real == Counts(1, 1, 0)


def test_bootstrap_and_marginal_sets_can_be_chosen() -> None:
    before, after = year({"a": 0.9, "b": 0.8, "c": 0.7}, 0.01), year({"a": 0.7, "b": 0.8, "c": 0.9}, 0.01)

    found = movement(before, after, sets="marginal", method="bootstrap", seed=1, draws=200)

    assert found.real == Counts(1, 1, 1)


def test_a_unit_without_its_standard_error_is_named() -> None:
    with pytest.raises(ValueError, match="b has a value and no standard error"):
        movement(YearOfResults({"a": 0.9, "b": 0.8}, {"a": 0.01}), year({"a": 0.9, "b": 0.8}))


@given(units, units)
def test_every_unit_appears_once_and_changes_add_up(before: list[str], after: list[str]) -> None:
    first = year({unit: ord(unit) / 200 for unit in before})
    second = year({unit: (ord(unit) * 7 % 13) / 200 for unit in after})

    found = movement(first, second)

    assert sorted(unit.unit for unit in found.units) == sorted(set(before) | set(after))
    assert found.common == len(set(before) & set(after))
    assert found.score.up + found.score.down + found.score.same == found.common
    assert found.rank.up + found.rank.down + found.rank.same == found.common
    assert found.real.up + found.real.down + found.real.same == found.common


def test_statements_like_those_published_come_out_of_a_table() -> None:
    # Eleven districts of a fictional province, places as in a published list: last but one to third is up seven.
    places = {"Trầm": (10, 3), "Mỹ": (8, 2), "Long": (1, 1), "Ngã": (11, 11), "Kế": (3, 7), "Châu": (4, 10)}
    rest = {"Cù": (6, 5), "Tú": (7, 6), "Phố": (5, 4), "Vĩnh": (2, 8), "Thạnh": (9, 9)}
    table = places | rest

    found = movement(
        year({name: 1 - before / 20 for name, (before, _) in table.items()}, 0.0001),
        year({name: 1 - after / 20 for name, (_, after) in table.items()}, 0.0001),
    )

    assert of(found, "Trầm").rank_change == 7
    assert of(found, "Trầm").verdict is MovementVerdict.UP
    assert of(found, "Châu").rank_change == -6
    assert of(found, "Ngã").rank_change == 0
    assert of(found, "Ngã").verdict is MovementVerdict.NO_EVIDENCE
    assert found.rank == Counts(up=5, down=3, same=3)


def papi() -> dict[int, dict[str, tuple[float, str, str]]]:
    if not PAPI.exists():
        pytest.skip("PAPI is not here (../shared/data); ranks and movement of real provinces are not checked")
    years: dict[int, dict[str, tuple[float, str, str]]] = {}
    with PAPI.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            value = float(row["total_derived"] or "nan")
            place = (value, row["rank_derived"], row["rank_change_vs_prev_year"])
            years.setdefault(int(row["year"]), {})[row["province"]] = place
    return years


def test_ranks_and_movement_of_papi_2011_to_2024() -> None:
    years = papi()
    compared = 0
    for number in range(2012, 2025):
        before = year({unit: row[0] for unit, row in years[number - 1].items()}, None)
        after = year({unit: row[0] for unit, row in years[number].items()}, None)

        found = movement(before, after)

        for unit in found.units:
            expected = years[number].get(unit.unit, (nan, "", ""))
            assert unit.published_after == (int(expected[1]) if expected[1] else None)
            if expected[2]:
                assert unit.published_before is not None
                assert unit.published_after is not None
                assert unit.published_before - unit.published_after == int(expected[2])
                compared += 1
    assert compared > 700


def test_provinces_missing_from_papi_do_not_move_the_others() -> None:
    years = papi()
    before, after = ({unit: row[0] for unit, row in years[number].items()} for number in (2022, 2023))

    found = movement(year(before, None), year(after, None))

    assert {unit.unit for unit in found.units if unit.verdict is MovementVerdict.LEFT} == {"Quang Ninh", "Binh Duong"}
    assert {unit.unit for unit in found.units if unit.verdict is MovementVerdict.JOINED} == {"Bac Giang", "Bac Ninh"}
    assert found.common == 59
    assert found.rank.up + found.rank.down + found.rank.same == 59
