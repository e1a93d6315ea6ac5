"""Every key of a plan is read; what is missing has the documented value, and what cannot be is refused at its key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.plan.errors import PlanError
from analysis.plan.reading import Plan, read_plan
from analysis.share_intervals import SHARE_INTERVALS

SHARE = {"outcome": "a", "satisfied": [4, 5]}
BETWEEN = {"column": "year", "from": 2025, "to": 2026}


def read(**keys: Any) -> Plan:
    return read_plan(as_toml({"data": "d.csv", **keys}), file="p.toml")


def as_toml(keys: dict[str, Any]) -> bytes:
    return "\n".join(f"{key} = {_value(value)}" for key, value in keys.items()).encode()


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def refusal(**keys: Any) -> str:
    with pytest.raises(PlanError) as refused:
        read(**keys)
    return str(refused.value)


def estimate(**keys: Any) -> Any:
    return read(estimate=[{"outcome": "a", **keys}]).estimates[0]


def change(**keys: Any) -> Any:
    return read(change=[{"between": BETWEEN, **SHARE, **keys}]).changes[0]


def ranking(**keys: Any) -> Any:
    return read(ranking=[{"units": "u", **SHARE, **keys}]).rankings[0]


def test_a_file_is_read_with_its_signs_and_its_level() -> None:
    plain = read(estimate=[SHARE])
    assert (plain.data, plain.confidence_level, plain.delimiter, plain.decimal) == ("d.csv", 0.95, ",", ".")
    for sign in (",", ";", "\t"):
        assert read(estimate=[SHARE], delimiter=sign, decimal=",").delimiter == sign
    assert read(estimate=[SHARE], confidence_level=0.9).confidence_level == 0.9
    for level in (0, 1, 1.5, -0.1):
        assert "confidence_level" in refusal(estimate=[SHARE], confidence_level=level)


def test_a_byte_order_mark_is_no_part_of_the_plan() -> None:
    content = as_toml({"data": "d.csv", "estimate": [SHARE]})
    assert read_plan(b"\xef\xbb\xbf" + content, file="p") == read_plan(content, file="p")


@pytest.mark.parametrize(
    ("keys", "default", "allowed"),
    [
        ({"satisfied": [5]}, "wilson", SHARE_INTERVALS),
        ({"statistic": "distribution"}, "wilson", SHARE_INTERVALS),
        ({"statistic": "quantile"}, "woodruff", ("woodruff",)),
        ({"statistic": "mean"}, "t", ("t",)),
        ({"statistic": "total"}, "t", ("t",)),
    ],
)
def test_each_statistic_has_its_intervals(keys: dict[str, Any], default: str, allowed: tuple[str, ...]) -> None:
    assert estimate(**keys).interval == default
    assert [estimate(**keys, interval=name).interval for name in allowed] == list(allowed)
    assert "interval" in refusal(estimate=[{"outcome": "a", **keys, "interval": "else"}])


def test_a_quantile_lies_between_the_ends() -> None:
    assert estimate(statistic="quantile").quantile == 0.5
    assert estimate(statistic="quantile", quantile=0.9).quantile == 0.9
    for quantile in (0, 1, 1.5):
        assert "quantile" in refusal(estimate=[{"outcome": "a", "statistic": "quantile", "quantile": quantile}])


@pytest.mark.parametrize("statistic", ["mean", "distribution", "quantile"])
def test_satisfied_values_go_with_shares_only(statistic: str) -> None:
    assert "satisfied does not go with" in refusal(estimate=[{**SHARE, "statistic": statistic}])


@pytest.mark.parametrize("read_one", [change, ranking])
def test_changes_and_ranks_are_of_shares_or_means(read_one: Any) -> None:
    assert read_one().question.statistic == "share"
    assert read_one(statistic="share").question.statistic == "share"
    assert read_one(satisfied=[], statistic="mean").question.statistic == "mean"
    with pytest.raises(PlanError, match="statistic"):
        read_one(statistic="distribution")


def test_a_ranking_is_simultaneous_and_pairwise_where_nothing_else_is_said() -> None:
    plain = ranking()
    assert (plain.units, plain.sets, plain.method, plain.seed) == ("u", "simultaneous", "pairwise", None)
    assert (plain.draws, plain.interval) == (1000, SHARE_INTERVALS[0])
    drawn = ranking(seed=7)
    assert (drawn.method, drawn.seed, drawn.draws) == ("bootstrap", 7, 1000)


def test_every_key_of_a_ranking_is_read() -> None:
    for name in ("simultaneous", "marginal"):
        assert ranking(sets=name).sets == name
    for name in ("bootstrap", "pairwise"):
        assert ranking(method=name, seed=1).method == name
    for name in SHARE_INTERVALS:
        assert ranking(interval=name).interval == name
    assert ranking(seed=1, draws=50).draws == 50
    assert "seed" in refusal(ranking=[{"units": "u", **SHARE, "method": "bootstrap"}])
    assert "sets" in refusal(ranking=[{"units": "u", **SHARE, "sets": "all"}])
    assert ranking(satisfied=[], statistic="mean").interval == "t"
