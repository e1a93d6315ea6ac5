"""Ratios of sums over respondents, their exact covariance, and the intervals put around them.

For respondents with y (satisfied items, or the sum of scores) over r rated items, p = Σy / Σr and u = y - p r,

    cov(p, q) = √(n/(n-1)) √(m/(m-1)) · Σ u w / (Σr Σs)

is the linearised covariance of two ratios that rest on n and m respondents (Woodruff, R. S. 1971, J. Amer. Stat.
Assoc. 66, 411-414).  The sums are worked out in whole numbers, so that nothing cancels near 0 % and 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np
import numpy.typing as npt

from analysis.intervals import critical_value, wilson_ends
from analysis.moments import HIGHEST_SCORE, LOWEST_SCORE, PER_ELEMENT, RATED, Moments, NothingRatedError
from analysis.results import Estimate, Interval

Matrix = npt.NDArray[np.float64]
ROUNDING_ERROR = 1e-13  # of a sum of terms that cancel, relative to them
PSEUDO_SUCCESSES = 2  # of Agresti and Coull, and as many failures
Group = Sequence[int]  # elements pooled into one ratio


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two counts: ``part`` over ``rated``, from ``n`` respondents with at least one rated item."""

    part: int
    rated: int
    n: int

    @property
    def exact(self) -> Fraction:
        """Return the ratio without rounding."""
        return Fraction(self.part, self.rated)

    @property
    def value(self) -> float:
        """Return the ratio rounded once, to the nearest number there is."""
        return self.part / self.rated


@dataclass(frozen=True, slots=True)
class Basis:
    """What an interval stands on.

    Attributes:
        variance: Linearised variance of the estimate; 0 where every respondent says the same.
        ratings: Ratings counted.
        n: Respondents, reported.
        equal_n: Effective respondents where the variance is 0; for a single ratio the same as ``n``.
    """

    variance: float
    ratings: int
    n: int
    equal_n: float


def ratio(moments: Moments, part: int, group: Group) -> Ratio:
    """Pool the elements of a group; ``part`` is ``SATISFIED`` or ``SCORES``.

    Raises:
        NothingRatedError: Nobody rated any item of the group.
    """
    rated = sum(moments.rated(element) for element in group)
    if rated == 0:
        msg = f"nobody rated an item of element {', '.join(map(str, group))}; nothing can be estimated"
        raise NothingRatedError(msg)
    return Ratio(
        sum(moments.sums[PER_ELEMENT * element + part] for element in group), rated, moments.respondents(group)
    )


def covariance(moments: Moments, part: int, groups: Sequence[Group]) -> Matrix:
    """Estimate the covariance of the groups' ratios, shape (groups, groups), the respondent being the unit."""
    return _covariances(moments, [_Pooled.of(moments, part, group) for group in groups])


def basis(moments: Moments, part: int, groups: Sequence[Group], weights: Sequence[float]) -> Basis:
    """Describe the weighted mean of the groups' ratios; the weights sum to 1.

    Where nothing varies, each ratio is as sure as one share of n respondents, and since they are the same respondents
    the errors are taken as going together: 1 / √equal_n = Σ w / √n.
    """
    pooled = [_Pooled.of(moments, part, group) for group in groups]
    if len(pooled) == 1 and weights[0] == 1.0:
        return _alone(pooled[0], _covariance(moments, pooled[0], pooled[0]))
    return _mixed(moments, pooled, groups, weights, _covariances(moments, pooled))


def bases(
    moments: Moments, part: int, groups: Sequence[Group], weights: Sequence[float]
) -> tuple[list[Basis], Basis, list[Ratio]]:
    """Return ``basis`` of every group alone, of their weighted mean, and the ratios; cheaper than one by one."""
    pooled = [_Pooled.of(moments, part, group) for group in groups]
    matrix = _covariances(moments, pooled)
    each = [_alone(one, float(matrix[at, at])) for at, one in enumerate(pooled)]
    return each, _mixed(moments, pooled, groups, weights, matrix), [one.ratio for one in pooled]


@dataclass(frozen=True, slots=True)
class _Pooled:
    """A group of elements as one ratio, with the entries of v that it is made of."""

    ratio: Ratio
    part: tuple[int, ...]
    rated: tuple[int, ...]
    correction: float

    @classmethod
    def of(cls, moments: Moments, part: int, group: Group) -> _Pooled:
        found = ratio(moments, part, group)
        parts, rated = (tuple([PER_ELEMENT * element + entry for element in group]) for entry in (part, RATED))
        return cls(found, parts, rated, sqrt(found.n / (found.n - 1)) if found.n > 1 else 1.0)


def _covariances(moments: Moments, pooled: Sequence[_Pooled]) -> Matrix:
    matrix = np.zeros((len(pooled), len(pooled)))
    for i, one in enumerate(pooled):
        for j in range(i, len(pooled)):
            matrix[i, j] = matrix[j, i] = _covariance(moments, one, pooled[j])
    return matrix


def _covariance(moments: Moments, one: _Pooled, two: _Pooled) -> float:
    products, size = _residual_products(moments, one, two), one.ratio.rated * two.ratio.rated
    return one.correction * two.correction * (products / size**2)


def _residual_products(moments: Moments, one: _Pooled, two: _Pooled) -> int:
    """Return Σr Σs Σuw, a whole number."""
    first, second = one.ratio, two.ratio
    return (
        first.rated * second.rated * moments.products(one.part, two.part)
        - first.rated * second.part * moments.products(one.part, two.rated)
        - first.part * second.rated * moments.products(one.rated, two.part)
        + first.part * second.part * moments.products(one.rated, two.rated)
    )


def _alone(pooled: _Pooled, variance: float) -> Basis:
    ratio = pooled.ratio
    return Basis(variance=max(variance, 0.0), ratings=ratio.rated, n=ratio.n, equal_n=float(ratio.n))


def _mixed(
    moments: Moments, pooled: Sequence[_Pooled], groups: Sequence[Group], weights: Sequence[float], matrix: Matrix
) -> Basis:
    terms = np.outer(weights, weights) * matrix
    variance = float(terms.sum())
    return Basis(
        # Elements that make up for each other exactly in every respondent leave only the error of rounding.
        variance=variance if variance > ROUNDING_ERROR * float(np.abs(terms).sum()) else 0.0,
        ratings=sum(one.ratio.rated for one in pooled),
        n=moments.respondents([element for group in groups for element in group]),
        equal_n=_together([one.ratio.n for one in pooled], weights),
    )


def _together(respondents: Sequence[int], weights: Sequence[float]) -> float:
    if len(set(respondents)) == 1:
        return float(respondents[0])
    return 1.0 / sum(weight / sqrt(n) for weight, n in zip(weights, respondents, strict=True)) ** 2


def share_estimate(value: float, on: Basis, *, confidence_level: float, population_size: int | None = None) -> Estimate:
    """Put Wilson's interval on the effective number of ratings around a share; see ``analysis.composite``."""
    _check_population(on.n, population_size)
    independent = value * (1.0 - value) / max(on.ratings - 1, 1)
    design_effect = on.variance / independent if on.variance > 0.0 and independent > 0.0 else None
    effective_n = on.equal_n if design_effect is None else min(on.ratings / design_effect, float(on.ratings))
    finite = _finite_gain(on.n, population_size)
    if finite is None:
        return Estimate(value, Interval(value, value), 0.0, on.n, confidence_level, "wilson", design_effect)
    low, high = wilson_ends(value, effective_n * finite, confidence_level=confidence_level)
    return Estimate(
        value=value,
        ci=Interval(low, high),
        standard_error=sqrt(on.variance * _finite_share(on.n, population_size)),
        n=on.n,
        confidence_level=confidence_level,
        method="wilson",
        design_effect=design_effect,
        effective_n=effective_n * finite,
    )


def mean_estimate(value: float, on: Basis, *, confidence_level: float, population_size: int | None = None) -> Estimate:
    """Put a t interval with n - 1 degrees of freedom, clipped to 1–5, around a mean score.

    Where every respondent has the same mean score the variance is 0 and says nothing.  Then the share q of people who
    would have answered otherwise is bounded by Wilson's upper limit at 0 of n, and the interval reaches as far as the
    mean could lie if they all stood at an end of the scale: from m - (m - 1) q to m + (5 - m) q.
    """
    _check_population(on.n, population_size)
    finite = _finite_gain(on.n, population_size)
    variance = on.variance * _finite_share(on.n, population_size)
    if finite is None:
        return Estimate(value, Interval(value, value), 0.0, on.n, confidence_level, "t")
    if variance > 0.0:
        freedom = float(on.n - 1)
        spread = critical_value(confidence_level, freedom) * sqrt(variance)
        ci = Interval(max(value - spread, LOWEST_SCORE), min(value + spread, HIGHEST_SCORE))
        return Estimate(value, ci, sqrt(variance), on.n, confidence_level, "t", degrees_of_freedom=freedom)
    _, q = wilson_ends(0.0, on.equal_n * finite, confidence_level=confidence_level)
    ci = Interval(value - (value - LOWEST_SCORE) * q, value + (HIGHEST_SCORE - value) * q)
    return Estimate(value, ci, 0.0, on.n, confidence_level, "equal_answers")


def cautious_variance(share: Estimate) -> float:
    """Return the variance of a share for ranks, Fay–Herriot and weighted sums, where 0 would claim certainty.

    The squared standard error where that is above 0.  Else, with k = p n satisfied of the effective n, the
    variance of the adjusted share p' = (k + 2) / (n + 4), p' (1 - p') / (n + 4): Agresti, A. and Coull, B. A. (1998),
    The American Statistician 52, 119-126.  0 only for a complete enumeration, known by its interval without width.
    """
    if share.standard_error > 0.0:
        return share.standard_error**2
    if share.ci.low == share.ci.high:
        return 0.0
    size = share.n if share.effective_n is None else share.effective_n
    adjusted = (share.value * size + PSEUDO_SUCCESSES) / (size + 2 * PSEUDO_SUCCESSES)
    return adjusted * (1.0 - adjusted) / (size + 2 * PSEUDO_SUCCESSES)


def _check_population(n: int, population_size: int | None) -> None:
    if population_size is not None and n > population_size:
        msg = f"{n} respondents out of a population of {population_size}: double answers, or the population is wrong"
        raise ValueError(msg)


def _finite_share(n: int, population_size: int | None) -> float:
    """Return 1 - n/N."""
    return 1.0 if population_size is None else (population_size - n) / population_size


def _finite_gain(n: int, population_size: int | None) -> float | None:
    """Return (N - 1) / (N - n), None where everybody answered."""
    if population_size is None:
        return 1.0
    return None if n == population_size else (population_size - 1) / (population_size - n)
