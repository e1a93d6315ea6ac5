"""Simulate how often the interval of an element's share holds the true share, respondents being clusters of ratings.

n respondents rate five items each; each respondent has his own chance of being satisfied, from a beta distribution with
the true share as its mean, so that the design effect of the ratings is 1 + 4 ρ.  Beside our interval stands Wilson's on
5 n ratings taken as independent.  Run from the root: python -m tests.reference.coverage_respondents; it
writes coverage_respondents.json beside itself.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.stats import betabinom, binom

from analysis.composite import element_share
from analysis.intervals import wilson_bounds
from analysis.moments import Moments

ITEMS = 5
DRAWS = 4000
SIZES = (30, 100, 510)
SHARES = (0.5, 0.84, 0.95, 0.99)
DESIGN_EFFECTS = (1.0, 2.0, 4.0)


def chances(share: float, design_effect: float) -> np.ndarray:
    """Return the chances of being satisfied with 0 to 5 of the items."""
    satisfied = np.arange(ITEMS + 1)
    correlation = (design_effect - 1.0) / (ITEMS - 1)
    if correlation == 0.0:
        return binom.pmf(satisfied, ITEMS, share)
    precision = 1.0 / correlation - 1.0
    return betabinom.pmf(satisfied, ITEMS, share * precision, (1.0 - share) * precision)


def moments(counts: np.ndarray) -> Moments:
    """Turn the number of respondents satisfied with 0 to 5 items into moments; scores are left out."""
    satisfied = np.arange(ITEMS + 1)
    n, total, squares = int(counts.sum()), int(counts @ satisfied), int(counts @ satisfied**2)
    return Moments(1, n, (total, ITEMS * n, 0), (squares, ITEMS * total, 0, ITEMS**2 * n, 0, 0), (n, n))


def coverage(
    n: int, share: float, design_effect: float, generator: np.random.Generator, *, draws: int = DRAWS
) -> dict[str, float]:
    """Return the coverage of our interval and of the one that takes ratings as independent."""
    ours = naive = 0
    for counts in generator.multinomial(n, chances(share, design_effect), size=draws):
        found = element_share(moments(counts), 0)
        low, high = wilson_bounds(found.value, ITEMS * n, confidence_level=0.95)
        ours += found.ci.low <= share <= found.ci.high
        naive += bool(low <= share <= high)
    return {"n": n, "share": share, "design_effect": design_effect, "ours": ours / draws, "naive": naive / draws}


def main() -> None:
    """Write the table."""
    generator = np.random.Generator(np.random.PCG64(20261121))
    rows = [coverage(n, share, effect, generator) for n in SIZES for share in SHARES for effect in DESIGN_EFFECTS]
    target = Path(__file__).with_suffix(".json")
    target.write_text("[\n" + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
