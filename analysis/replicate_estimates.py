"""Means, shares, totals, ratios and contrasts of domains with variances from replicate weights.

Arguments and results as in ``analysis.linearisation``; the degrees of freedom are the design's, and the clusters are
taken as one more.  A replicate in which a domain has no weight adds nothing to its variance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.comparison import difference_from_standard_error
from analysis.design import Codes
from analysis.intervals import Floats
from analysis.linearisation import DomainStatistics, DomainSums, all_the_same, answering_rows
from analysis.replicates import ReplicateDesign
from analysis.results import Difference


def replicate_means(
    design: ReplicateDesign, outcome: ArrayLike, domain: ArrayLike | None = None, domains: int = 1
) -> DomainStatistics:
    """Estimate a mean or the share of a 0/1 indicator in every domain."""
    y = np.asarray(outcome, dtype=np.float64)
    members = answering_rows(design, y, domain)
    found = _statistics(design, y, np.ones_like(y), members, domains)
    constant = all_the_same(y, members, domains)
    return _with_variance(found, np.where(constant, 0.0, found.variance), constant)


def replicate_ratios(
    design: ReplicateDesign,
    outcome: ArrayLike,
    denominator: ArrayLike,
    domain: ArrayLike | None = None,
    domains: int = 1,
) -> DomainStatistics:
    """Estimate the total of one number over the total of another in every domain."""
    y, over = np.asarray(outcome, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    return _statistics(design, y, over, answering_rows(design, y + over, domain), domains)


def replicate_totals(
    design: ReplicateDesign, outcome: ArrayLike, domain: ArrayLike | None = None, domains: int = 1
) -> DomainStatistics:
    """Estimate the population total of a number in every domain."""
    y = np.asarray(outcome, dtype=np.float64)
    return _statistics(design, y, None, answering_rows(design, y, domain), domains)


def replicate_contrasts(
    design: ReplicateDesign,
    outcome: ArrayLike,
    *,
    later: NDArray[np.bool_],
    domain: ArrayLike,
    domains: int,
    confidence_level: float = 0.95,
) -> tuple[Difference, ...]:
    """Compare the means of two sides of every domain."""
    y = np.asarray(outcome, dtype=np.float64)
    whole = answering_rows(design, y, domain)
    sides = np.where(whole < 0, -1, 2 * whole + later)
    value, estimates = _estimates(design, y, np.ones_like(y), sides, 2 * domains)
    differences = value[1::2] - value[::2]
    variances = design.variance(estimates[:, 1::2] - estimates[:, ::2], differences)
    return tuple(
        difference_from_standard_error(
            value=float(difference),
            standard_error=float(np.sqrt(max(variance, 0.0))),
            confidence_level=confidence_level,
            degrees_of_freedom=design.degrees_of_freedom,
            method="replicates",
        )
        for difference, variance in zip(differences, variances, strict=True)
    )


def _statistics(
    design: ReplicateDesign, y: Floats, over: Floats | None, members: Codes, domains: int
) -> DomainStatistics:
    sums = DomainSums(design, members, domains)
    value, estimates = _estimates(design, y, over, members, domains)
    clean = np.where(members >= 0, y, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = sums.weight
        if over is None:
            residual = clean - np.take(value / sums.weight, members, mode="clip")
        else:
            below = np.where(members >= 0, over, 0.0)
            residual = clean - np.take(value, members, mode="clip") * below
            scale = sums.weight / sums.of(below)
        simple = sums.simple_variance(residual) * scale**2
        variance = design.variance(estimates, value)
        effect = np.where(simple > 0, variance / simple, np.nan)
        kish_n = np.where(sums.n == 0, 0.0, sums.weight**2 / sums.squared_weight)
    degrees = np.full(domains, int(design.degrees_of_freedom), dtype=np.int64)
    never = np.zeros(domains, dtype=np.bool_)
    return DomainStatistics(value, variance, sums.n, degrees, degrees + 1, kish_n, effect, never, never)


def _with_variance(found: DomainStatistics, variance: Floats, constant: NDArray[np.bool_]) -> DomainStatistics:
    return DomainStatistics(
        found.value,
        variance,
        found.n,
        found.degrees_of_freedom,
        found.clusters,
        found.kish_n,
        np.where(constant, np.nan, found.design_effect),
        constant,
        found.is_enumerated,
    )


def _estimates(
    design: ReplicateDesign, y: Floats, over: Floats | None, members: Codes, domains: int
) -> tuple[Floats, Floats]:
    """Return the estimate of each domain, NaN where nobody answered, and replicates × domains of the same."""
    inside = members >= 0
    codes, above = members[inside], y[inside]
    below = None if over is None else over[inside]

    def one(weights: Floats) -> Floats:
        total = np.bincount(codes, weights=weights * above, minlength=domains)
        base = 1.0 if below is None else np.bincount(codes, weights=weights * below, minlength=domains)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(np.equal(base, 0.0), np.nan, total / base)

    nobody = np.bincount(codes, minlength=domains) == 0
    value = np.where(nobody, np.nan, one(design.weights[inside]))
    estimates = np.array([one(weights) for weights in design.replicates[inside].T])
    return value, np.where(np.isfinite(estimates), estimates, value)
