"""Write coverage.json: how often nominal 95 % intervals hold the true share.

    python -m tests.reference.coverage            (from the project folder; a few minutes)

Simple random samples: the exact coverage, by adding up binomial probabilities.  Cluster samples: clusters of
ten people whose shares are beta-distributed, so that the design effect is 1 + 9 ρ; seeded.  docs/methodology.md prints
the tables, ``tests/analysis/test_coverage.py`` checks both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom

from analysis import domain_estimates
from analysis.design import sampling_design
from analysis.domain_estimates import IntervalChoice
from analysis.linearisation import means
from analysis.proportions import estimate_shares

HERE = Path(__file__).parent
LEVEL = 0.95
SHARES = (0.5, 0.84, 0.95, 0.99)
SIZES = (30, 100, 510, 2000)
CLASSICAL = ("wilson", "jeffreys", "agresti_coull", "clopper_pearson", "wald")
CLUSTER = 10
CLUSTERS = (10, 30, 100)
EFFECTS = (1.0, 2.0, 4.0)
COMPLEX = ("wilson", "beta", "logit", "t")
RUNS = 2000


def exact_coverage(method: str, n: int, share: float) -> float:
    """Return the probability that the interval of a simple sample holds the share."""
    successes = np.arange(n + 1)
    found = estimate_shares(successes=successes, n=n, method=method, confidence_level=LEVEL)
    return float(binom.pmf(successes[(found.low <= share) & (share <= found.high)], n, share).sum())


def simulated_coverage(clusters: int, effect: float, share: float, *, runs: int, seed: int) -> dict[str, float]:
    """Return how often the intervals of a cluster sample hold the share."""
    draw = np.random.default_rng([seed, clusters, round(100 * effect), round(1000 * share)])
    design = sampling_design(clusters=[np.repeat(np.arange(clusters), CLUSTER)])
    held = dict.fromkeys(COMPLEX, 0)
    for _ in range(runs):
        outcome = draw.random(clusters * CLUSTER) < np.repeat(_cluster_shares(draw, clusters, effect, share), CLUSTER)
        statistics = means(design, outcome.astype(float))
        for method in COMPLEX:
            found = domain_estimates._share(design, statistics, 0, IntervalChoice(method, LEVEL))
            held[method] += bool(found is not None and found.ci.low <= share <= found.ci.high)
    return {method: count / runs for method, count in held.items()}


def _cluster_shares(draw: np.random.Generator, clusters: int, effect: float, share: float) -> np.ndarray:
    correlation = (effect - 1.0) / (CLUSTER - 1.0)
    if correlation == 0:
        return np.full(clusters, share)
    spread = 1.0 / correlation - 1.0
    return draw.beta(share * spread, (1.0 - share) * spread, clusters)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return both tables."""
    simple = [
        {"n": n, "share": share, **{method: round(exact_coverage(method, n, share), 4) for method in CLASSICAL}}
        for n in SIZES
        for share in SHARES
    ]
    clustered = [
        {
            "clusters": clusters,
            "design_effect": effect,
            "share": share,
            **simulated_coverage(clusters, effect, share, runs=RUNS, seed=20261121),
        }
        for clusters in CLUSTERS
        for effect in EFFECTS
        for share in SHARES
    ]
    return {"simple": simple, "clustered": clustered}


if __name__ == "__main__":
    (HERE / "coverage.json").write_text(json.dumps(tables(), indent=1) + "\n", encoding="utf-8")
