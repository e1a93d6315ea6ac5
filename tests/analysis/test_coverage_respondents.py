"""Coverage of the respondents' intervals; the table is made by tests/reference/coverage_respondents.py."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reference.coverage_respondents import coverage

TABLE = json.loads((Path(__file__).parents[1] / "reference" / "coverage_respondents.json").read_text(encoding="utf-8"))


def test_intervals_hold_what_they_promise_where_independent_ratings_do_not() -> None:
    large = [row for row in TABLE if row["n"] >= 100]
    correlated = [row for row in large if row["design_effect"] > 1]

    assert min(row["ours"] for row in large) > 0.935
    assert max(row["naive"] for row in correlated) < 0.87
    assert min(row["ours"] for row in TABLE) > 0.89


@pytest.mark.parametrize(("n", "share", "design_effect"), [(100, 0.95, 2.0), (510, 0.84, 4.0), (100, 0.99, 1.0)])
def test_the_table_comes_out_again(n: int, share: float, design_effect: float) -> None:
    row = next(row for row in TABLE if (row["n"], row["share"], row["design_effect"]) == (n, share, design_effect))

    found = coverage(n, share, design_effect, np.random.default_rng(3), draws=600)

    assert found["ours"] == pytest.approx(row["ours"], abs=0.04)
    assert found["naive"] == pytest.approx(row["naive"], abs=0.06)
