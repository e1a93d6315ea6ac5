"""Means, shares, totals and ratios of domains of a complex sample, by Taylor linearisation.

All domains are estimated at once from the whole design.  A row that is missing an answer stays in the design and
leaves the domain.  Equal to R's ``survey`` (see ``tests/reference``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.comparison import difference_from_standard_error
from analysis.design import Codes, Design, domain_clusters, domain_degrees_of_freedom
from analysis.intervals import Floats
from analysis.results import Difference
from analysis.variance import domain_variances


@dataclass(frozen=True, slots=True)
class DomainStatistics:
    """One statistic in every domain; arrays with one place a domain.

    Attributes:
        value: NaN where nobody answered.
        variance: Linearised, of ``value``; NaN where nobody answered.
        n: Answers, that is rows of the domain with a value and a weight above 0.
        degrees_of_freedom: Clusters less strata that hold the domain.
        clusters: First-stage clusters that hold the domain.
        kish_n: (Σw)² / Σw².
        design_effect: Against simple random sampling of the same size; NaN where that has no variance.
        is_constant: Whether all answers of a mean or share are the same; its variance is then exactly 0.
        is_enumerated: Whether every stage took all there was of the domain's rows, so that nothing is left to chance.
    """

    value: Floats
    variance: Floats
    n: Codes
    degrees_of_freedom: Codes
    clusters: Codes
    kish_n: Floats
    design_effect: Floats
    is_constant: NDArray[np.bool_]
    is_enumerated: NDArray[np.bool_]

    @property
    def standard_error(self) -> Floats:
        """Return the square root of the variance."""
        return np.asarray(np.sqrt(np.maximum(self.variance, 0.0)))


def means(design: Design, outcome: ArrayLike, domain: ArrayLike | None = None, domains: int = 1) -> DomainStatistics:
    """Estimate the mean of a number, or the share of a 0/1 indicator, in every domain.

    Args:
        design: Whole.
        outcome: One number a row; NaN for a missing answer.
        domain: Number of the row's domain from 0, -1 for none; None for one domain of all rows.
        domains: How many domains there are.
    """
    return _ratio_like(design, np.asarray(outcome, dtype=np.float64), None, domain, domains)


def ratios(
    design: Design, outcome: ArrayLike, denominator: ArrayLike, domain: ArrayLike | None = None, domains: int = 1
) -> DomainStatistics:
    """Estimate the total of one number over the total of another; arguments as in ``means``.

    The value is NaN where the denominator adds up to 0.
    """
    over = np.asarray(denominator, dtype=np.float64)
    return _ratio_like(design, np.asarray(outcome, dtype=np.float64), over, domain, domains)


def totals(design: Design, outcome: ArrayLike, domain: ArrayLike | None = None, domains: int = 1) -> DomainStatistics:
    """Estimate the population total of a number, or the count of a 0/1 indicator; arguments as in ``means``."""
    y = np.asarray(outcome, dtype=np.float64)
    members = answering_rows(design, y, domain)
    sums = DomainSums(design, members, domains)
    clean = np.where(members >= 0, y, 0.0)
    value = sums.of(clean)
    variance = domain_variances(design, design.weights * clean, members, domains)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = value / sums.weight
        simple = sums.simple_variance(clean - np.take(mean, members, mode="clip")) * sums.weight**2
    never = np.zeros(domains, dtype=np.bool_)
    return _statistics(design, sums, members, value=value, variance=variance, simple=simple, is_constant=never)


def contrasts(
    design: Design,
    outcome: ArrayLike,
    *,
    later: NDArray[np.bool_],
    domain: ArrayLike,
    domains: int,
    confidence_level: float = 0.95,
    denominator: ArrayLike | None = None,
) -> tuple[Difference, ...]:
    """Compare two sides of every domain, with the covariance that shared clusters bring.

    Args:
        design: Whole.
        outcome: One number a row; NaN for a missing answer.
        later: Per row whether it is on the later side, else it is on the earlier one.
        domain: Number of the row's domain from 0, -1 for none.
        domains: How many domains there are.
        confidence_level: 0–1.
        denominator: Of a ratio; None for means.

    The degrees of freedom are those of both sides together.  NaN in the value where a side has no answer.
    """
    y = np.asarray(outcome, dtype=np.float64)
    over = None if denominator is None else np.asarray(denominator, dtype=np.float64)
    whole = answering_rows(design, y if over is None else y + over, domain)
    sides = np.where(whole < 0, -1, 2 * whole + later)
    values, linearised = _linearise(DomainSums(design, sides, 2 * domains), y, over, sides)
    signed = design.weights * linearised * np.where(later, 1.0, -1.0)
    variances = domain_variances(design, signed, whole, domains)
    degrees = domain_degrees_of_freedom(design, whole, domains)
    return tuple(
        difference_from_standard_error(
            value=float(values[2 * index + 1] - values[2 * index]),
            standard_error=float(np.sqrt(max(variances[index], 0.0))),
            confidence_level=confidence_level,
            degrees_of_freedom=float(degrees[index]),
            method="taylor_contrast",
        )
        for index in range(domains)
    )


def contrast(
    design: Design,
    outcome: ArrayLike,
    *,
    earlier: NDArray[np.bool_],
    later: NDArray[np.bool_],
    confidence_level: float = 0.95,
    denominator: ArrayLike | None = None,
) -> Difference:
    """Compare two domains of one design; see ``contrasts``."""
    domain = np.where(earlier | later, 0, -1)
    (difference,) = contrasts(
        design,
        outcome,
        later=later,
        domain=domain,
        domains=1,
        confidence_level=confidence_level,
        denominator=denominator,
    )
    return difference


class Weighted(Protocol):
    """Anything with one weight a row."""

    @property
    def weights(self) -> Floats:
        """Return the weights."""


class DomainSums:
    """The weighted sums of the rows of each domain."""

    def __init__(self, design: Weighted, members: Codes, domains: int) -> None:
        """Add up the weights of the rows that ``members`` puts into a domain."""
        self.domains = domains
        self._inside = members >= 0
        self._members = members[self._inside]
        self._weights = design.weights[self._inside]
        self.n = np.bincount(self._members, minlength=domains)
        weights = self._weights
        self.weight: Floats = np.asarray(np.bincount(self._members, weights, domains), dtype=np.float64)
        self.squared_weight: Floats = np.asarray(np.bincount(self._members, weights**2, domains), dtype=np.float64)

    def of(self, values: Floats) -> Floats:
        """Return the weighted sum of the values in each domain."""
        return np.asarray(
            np.bincount(self._members, weights=self._weights * values[self._inside], minlength=self.domains),
            dtype=np.float64,
        )

    def simple_variance(self, centred: Floats) -> Floats:
        """Return the variance of a mean under simple random sampling of n out of Σw, after R's ``survey``.

        Where the weights add up to no more than n they say nothing about the size of the population, and the
        sample is taken as being drawn with replacement.
        """
        n, weight = self.n.astype(np.float64), self.weight
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = self.of(centred**2) / weight * n / (n - 1.0)
            finite = np.where(weight > n, (weight - n) / weight, 1.0)
            return np.asarray(spread / n * finite)


def _ratio_like(
    design: Design, y: Floats, over: Floats | None, domain: ArrayLike | None, domains: int
) -> DomainStatistics:
    members = answering_rows(design, y if over is None else y + over, domain)
    sums = DomainSums(design, members, domains)
    value, linearised = _linearise(sums, y, over, members)
    variance = domain_variances(design, design.weights * linearised, members, domains)
    simple = sums.simple_variance(linearised * np.take(sums.weight, members, mode="clip"))
    constant = all_the_same(y, members, domains) if over is None else np.zeros(domains, dtype=np.bool_)
    return _statistics(
        design,
        sums,
        members,
        value=value,
        variance=np.where(constant, 0.0, variance),
        simple=np.where(constant, 0.0, simple),
        is_constant=constant,
    )


def answering_rows(design: Weighted, y: Floats, domain: ArrayLike | None) -> Codes:
    """Return the domain of each row, -1 where it has none, no answer or no weight."""
    codes = np.zeros(len(design.weights), dtype=np.int64) if domain is None else np.asarray(domain, dtype=np.int64)
    return np.where(np.isnan(y) | (design.weights <= 0), -1, codes)


def _linearise(sums: DomainSums, y: Floats, over: Floats | None, members: Codes) -> tuple[Floats, Floats]:
    """Return the ratio in each domain and, per row, its derivative by the row's weight."""
    inside = members >= 0
    clean = np.where(inside, y, 0.0)
    below = np.where(inside, 1.0 if over is None else over, 0.0)
    base = sums.weight if over is None else sums.of(below)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(base == 0, np.nan, sums.of(clean) / base)
        linearised = (clean - np.take(value, members, mode="clip") * below) / np.take(base, members, mode="clip")
    return value, np.where(inside, linearised, 0.0)


def _statistics(
    design: Design,
    sums: DomainSums,
    members: Codes,
    *,
    value: Floats,
    variance: Floats,
    simple: Floats,
    is_constant: NDArray[np.bool_],
) -> DomainStatistics:
    nobody = sums.n == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = np.where(simple > 0, variance / simple, np.nan)
        kish_n = sums.weight**2 / sums.squared_weight
    return DomainStatistics(
        value=np.where(nobody, np.nan, value),
        variance=np.where(nobody | np.isnan(value), np.nan, variance),
        n=sums.n,
        degrees_of_freedom=domain_degrees_of_freedom(design, members, sums.domains),
        clusters=domain_clusters(design, members, sums.domains),
        kish_n=np.where(nobody, 0.0, kish_n),
        design_effect=effect,
        is_constant=is_constant,
        is_enumerated=_all_true(design.is_enumerated, members, sums.domains),
    )


def all_the_same(y: Floats, members: Codes, domains: int) -> NDArray[np.bool_]:
    """Return per domain whether all its answers are equal; False where there is none."""
    inside = members >= 0
    lowest, highest = np.full(domains, np.inf), np.full(domains, -np.inf)
    np.minimum.at(lowest, members[inside], y[inside])
    np.maximum.at(highest, members[inside], y[inside])
    return np.asarray(lowest == highest)


def _all_true(flags: NDArray[np.bool_], members: Codes, domains: int) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(members[(members >= 0) & ~flags], minlength=domains) == 0)
