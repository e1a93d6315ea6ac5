"""One door to both ways of estimating: by linearisation of a design, or from its replicate weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import linearisation, replicate_estimates
from analysis.design import Design
from analysis.linearisation import DomainStatistics
from analysis.replicates import ReplicateDesign
from analysis.results import Difference

AnyDesign = Design | ReplicateDesign


def is_simple(design: AnyDesign) -> bool:
    """Return whether the sample has no weights, strata, clusters, population sizes or replicates."""
    return isinstance(design, Design) and design.is_simple


def design_degrees_of_freedom(design: AnyDesign) -> float:
    """Return the degrees of freedom of the whole design."""
    return float(design.degrees_of_freedom()) if isinstance(design, Design) else design.degrees_of_freedom


def means(design: AnyDesign, outcome: ArrayLike, domain: ArrayLike | None = None, domains: int = 1) -> DomainStatistics:
    """Estimate the mean of a number, or the share of a 0/1 indicator, in every domain."""
    if isinstance(design, ReplicateDesign):
        return replicate_estimates.replicate_means(design, outcome, domain, domains)
    return linearisation.means(design, outcome, domain, domains)


def totals(design: AnyDesign, outcome: ArrayLike, domain: ArrayLike, domains: int) -> DomainStatistics:
    """Estimate the population total of a number in every domain."""
    if isinstance(design, ReplicateDesign):
        return replicate_estimates.replicate_totals(design, outcome, domain, domains)
    return linearisation.totals(design, outcome, domain, domains)


def ratios(
    design: AnyDesign, outcome: ArrayLike, denominator: ArrayLike, domain: ArrayLike, domains: int
) -> DomainStatistics:
    """Estimate the total of one number over the total of another in every domain."""
    if isinstance(design, ReplicateDesign):
        return replicate_estimates.replicate_ratios(design, outcome, denominator, domain, domains)
    return linearisation.ratios(design, outcome, denominator, domain, domains)


def contrasts(
    design: AnyDesign,
    outcome: ArrayLike,
    *,
    later: NDArray[np.bool_],
    domain: ArrayLike,
    domains: int,
    confidence_level: float,
) -> tuple[Difference, ...]:
    """Compare the means of two sides of every domain, with the covariance that shared clusters bring."""
    if isinstance(design, ReplicateDesign):
        return replicate_estimates.replicate_contrasts(
            design, outcome, later=later, domain=domain, domains=domains, confidence_level=confidence_level
        )
    return linearisation.contrasts(
        design, outcome, later=later, domain=domain, domains=domains, confidence_level=confidence_level
    )
