"""Items → elements → blocks → overall: shares satisfied and mean scores with the respondent as unit of variance.

Every figure is a ratio of sums over respondents, or a weighted mean of such ratios (``analysis.ratios``); its variance
V takes the ratings of one respondent together.  Treating ratings as independent understates it.

Conventions of every share here:

* ``n`` counts respondents with at least one rated item in what is estimated.
* ``design_effect`` is V against p (1 - p) / (R - 1), the variance of R independent ratings.
* ``effective_n`` = R / ``design_effect``, at most R: the number of independent ratings worth the same.  Wilson's
  interval stands on it.  For an item that everybody rates once it is n, and the interval is the binomial one.
* Where V is 0 (all satisfied, none, or each respondent in the same proportion) V says nothing: ``effective_n`` is then
  the number of respondents, ``design_effect`` is None, and the interval has a width.
* ``population_size`` N is for a random sample only: V is multiplied by 1 - n/N and ``effective_n`` by
  (N - 1) / (N - n).  ValueError where n > N; only n = N gives an interval without width.
* Available cases: whoever rated some items counts with those.  For complete cases drop the others before the moments
  are formed (``moments.answer_vectors``); from the moments alone it cannot be done.

All functions raise ``NothingRatedError`` where an element that is needed was rated by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, sqrt
from typing import Literal

import numpy as np

from analysis.intervals import critical_value
from analysis.moments import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    SATISFIED,
    SATISFIED_FROM,
    SCORES,
    Moments,
)
from analysis.proportions import wilson_effective
from analysis.ratios import (
    Group,
    Matrix,
    basis,
    cautious_variance,
    covariance,
    mean_estimate,
    ratio,
    share_estimate,
)
from analysis.results import Estimate, Interval

Aggregation = Literal["pooled", "element_mean", "block_mean", "weights"]


def element_share(
    moments: Moments, element: int, *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the share of an element's ratings that are 4 or 5."""
    return block_share(moments, [element], confidence_level=confidence_level, population_size=population_size)


def element_mean_score(
    moments: Moments, element: int, *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the mean of an element's ratings, 1–5."""
    return block_mean_score(moments, [element], confidence_level=confidence_level, population_size=population_size)


def block_share(
    moments: Moments, block: Group, *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the share satisfied of several elements, every rating weighing the same."""
    on = basis(moments, SATISFIED, [block], [1.0])
    value = ratio(moments, SATISFIED, block).value
    return share_estimate(value, on, confidence_level=confidence_level, population_size=population_size)


def block_mean_score(
    moments: Moments, block: Group, *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the mean score of several elements, every rating weighing the same."""
    on = basis(moments, SCORES, [block], [1.0])
    value = ratio(moments, SCORES, block).value
    return mean_estimate(value, on, confidence_level=confidence_level, population_size=population_size)


def overall_share(
    moments: Moments,
    *,
    aggregation: Aggregation = "pooled",
    weights: Sequence[float] | None = None,
    blocks: Sequence[Group] | None = None,
    confidence_level: float = 0.95,
    population_size: int | None = None,
) -> Estimate:
    """Estimate the overall share satisfied.

    Args:
        moments: Of one agency, or of several that are pooled by response.
        aggregation: ``"pooled"``, every rating weighs the same; ``"element_mean"``, every element; ``"block_mean"``,
            every block, pooled inside; ``"weights"``, the elements (or the blocks, if given) as ``weights`` say.
        weights: Not negative, in any unit; elements of weight 0 may be unrated.
        blocks: The elements of each block.
        confidence_level: Of the interval.
        population_size: See the module.
    """
    groups, shares = _groups(moments, aggregation, weights, blocks)
    value = _weighted(moments, SATISFIED, groups, shares)
    on = basis(moments, SATISFIED, groups, shares)
    return share_estimate(value, on, confidence_level=confidence_level, population_size=population_size)


def overall_mean_score(
    moments: Moments,
    *,
    aggregation: Aggregation = "pooled",
    weights: Sequence[float] | None = None,
    blocks: Sequence[Group] | None = None,
    confidence_level: float = 0.95,
    population_size: int | None = None,
) -> Estimate:
    """Estimate the overall mean score; arguments as in ``overall_share``."""
    groups, shares = _groups(moments, aggregation, weights, blocks)
    value = _weighted(moments, SCORES, groups, shares)
    on = basis(moments, SCORES, groups, shares)
    return mean_estimate(value, on, confidence_level=confidence_level, population_size=population_size)


def scaled_score(mean_score: Estimate) -> Estimate:
    """Turn a mean score 1–5 into a scaled score 0–1, (mean - 1) / 4, interval and standard error with it."""
    width = HIGHEST_SCORE - LOWEST_SCORE
    ci = Interval((mean_score.ci.low - LOWEST_SCORE) / width, (mean_score.ci.high - LOWEST_SCORE) / width)
    value = (mean_score.value - LOWEST_SCORE) / width
    return replace(mean_score, value=value, ci=ci, standard_error=mean_score.standard_error / width)


def element_share_covariance(moments: Moments) -> Matrix:
    """Estimate the covariance of the element shares, shape (elements, elements), in the order of the elements."""
    return covariance(moments, SATISFIED, [[element] for element in range(moments.elements)])


def element_mean_covariance(moments: Moments) -> Matrix:
    """Estimate the covariance of the elements' mean scores, shape (elements, elements)."""
    return covariance(moments, SCORES, [[element] for element in range(moments.elements)])


def item_moments(level_counts: Sequence[int]) -> Moments:
    """Turn the counts of the levels 1 to 5 of one item into moments of one element.

    Items, elements and overall then share one way of computing: ``element_share(item_moments(counts), 0)``.
    """
    levels = range(LOWEST_SCORE, HIGHEST_SCORE + 1)
    counts = dict(zip(levels, (int(count) for count in level_counts), strict=True))
    if min(counts.values()) < 0:
        msg = f"the counts of the levels are {list(level_counts)}; none can be negative"
        raise ValueError(msg)
    n = sum(counts.values())
    satisfied = sum(counts[level] for level in levels if level >= SATISFIED_FROM)
    scores = sum(level * count for level, count in counts.items())
    satisfied_scores = sum(level * counts[level] for level in levels if level >= SATISFIED_FROM)
    squares = sum(level**2 * count for level, count in counts.items())
    return Moments(1, n, (satisfied, n, scores), (satisfied, satisfied, satisfied_scores, n, scores, squares), (n, n))


def item_share(
    level_counts: Sequence[int], *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the share satisfied of one item from the counts of its levels 1 to 5."""
    return element_share(
        item_moments(level_counts), 0, confidence_level=confidence_level, population_size=population_size
    )


def item_mean_score(
    level_counts: Sequence[int], *, confidence_level: float = 0.95, population_size: int | None = None
) -> Estimate:
    """Estimate the mean score of one item from the counts of its levels 1 to 5."""
    return element_mean_score(
        item_moments(level_counts), 0, confidence_level=confidence_level, population_size=population_size
    )


def level_shares(
    level_counts: Sequence[int], *, confidence_level: float = 0.95, population_size: int | None = None
) -> tuple[Estimate, ...]:
    """Estimate the share of each level 1 to 5 of one item; each interval holds for its own level alone."""
    n = sum(level_counts)
    return tuple(
        item_share((n - count, 0, 0, 0, count), confidence_level=confidence_level, population_size=population_size)
        for count in level_counts
    )


def stratified_share(
    children: Sequence[Estimate], population_sizes: Sequence[float], *, confidence_level: float = 0.95
) -> Estimate:
    """Estimate a parent's share from its children's, each weighing as its population (finished transactions).

    p = Σ W p and V = Σ W² V with W = N / ΣN.  No finite correction is added; the children's own (random samples only)
    stays.  A child whose answers are all the same enters with ``ratios.cautious_variance`` and is not taken as known.
    Wilson's interval stands on p (1 - p) / V, and ``design_effect`` is against as many respondents.  Where all children
    are at 0 % or all at 100 % it stands on 1 / Σ (W² / ``effective_n``).

    Args:
        children: Their shares, from different respondents.
        population_sizes: N of each child, above 0, in the same order.
        confidence_level: Of the interval.

    Raises:
        ValueError: No children, or populations that do not fit them.
    """
    weights = _population_weights(len(children), population_sizes)
    value = _mean([child.value for child in children], weights)
    n = sum(child.n for child in children)
    if all(_complete(child) for child in children):
        return Estimate(value, Interval(value, value), 0.0, n, confidence_level)
    variance = sum(weight**2 * cautious_variance(child) for weight, child in zip(weights, children, strict=True))
    effective_n = value * (1.0 - value) / variance
    if value in {0.0, 1.0}:
        effective_n = 1.0 / sum(weight**2 / _size(child) for weight, child in zip(weights, children, strict=True))
    return wilson_effective(
        value=value,
        effective_n=effective_n,
        n=n,
        confidence_level=confidence_level,
        standard_error=0.0 if value in {0.0, 1.0} else sqrt(variance),
    )


def stratified_mean_score(
    children: Sequence[Estimate], population_sizes: Sequence[float], *, confidence_level: float = 0.95
) -> Estimate:
    """Estimate a parent's mean score from its children's; arguments as in ``stratified_share``.

    A child whose answers are all the same enters with the standard error that its interval would have come from.  The
    t quantile has Satterthwaite's degrees of freedom, V² / Σ (W⁴ V² / (n - 1)).
    """
    weights = np.array(_population_weights(len(children), population_sizes))
    value = _mean([child.value for child in children], weights.tolist())
    n = sum(child.n for child in children)
    parts = weights**2 * [_mean_variance(child) for child in children]
    variance = float(parts.sum())
    if variance == 0.0:
        return Estimate(value, Interval(value, value), 0.0, n, confidence_level, "t")
    freedom = float(variance**2 / (parts**2 / [max(child.n - 1, 1) for child in children]).sum())
    spread = critical_value(confidence_level, freedom) * sqrt(variance)
    ci = Interval(max(value - spread, LOWEST_SCORE), min(value + spread, HIGHEST_SCORE))
    return Estimate(value, ci, sqrt(variance), n, confidence_level, "t", degrees_of_freedom=freedom)


def stratified_covariance(covariances: Sequence[Matrix], population_sizes: Sequence[float]) -> Matrix:
    """Combine the children's covariance matrices of element shares (or means): Σ W² C."""
    weights = np.array(_population_weights(len(covariances), population_sizes))
    combined: Matrix = np.einsum("h,hij->ij", weights**2, np.asarray(covariances, dtype=np.float64))
    return combined


def _population_weights(children: int, population_sizes: Sequence[float]) -> list[float]:
    sizes = [float(size) for size in population_sizes]
    if children == 0 or len(sizes) != children or not all(0.0 < size < inf for size in sizes):
        msg = f"{children} children need as many population sizes above 0; got {sizes}"
        raise ValueError(msg)
    return [size / sum(sizes) for size in sizes]


def _complete(estimate: Estimate) -> bool:
    """Tell whether the estimate comes from a complete enumeration, the only one without width."""
    return estimate.ci.low == estimate.ci.high


def _size(share: Estimate) -> float:
    if _complete(share):
        return inf
    return float(share.n if share.effective_n is None else share.effective_n)


def _mean_variance(mean_score: Estimate) -> float:
    if mean_score.standard_error > 0.0:
        return mean_score.standard_error**2
    half = (mean_score.ci.high - mean_score.ci.low) / 2.0
    return (half / critical_value(mean_score.confidence_level)) ** 2


def _groups(
    moments: Moments, aggregation: Aggregation, weights: Sequence[float] | None, blocks: Sequence[Group] | None
) -> tuple[list[Group], list[float]]:
    """Return the groups that are averaged and their weights, which sum to 1."""
    elements: list[Group] = [[element] for element in range(moments.elements)]
    if aggregation == "pooled":
        return [range(moments.elements)], [1.0]
    if aggregation == "element_mean":
        return elements, [1.0 / len(elements)] * len(elements)
    groups = elements if blocks is None else list(blocks)
    if aggregation == "block_mean":
        if blocks is None:
            msg = "aggregation 'block_mean' needs blocks, the elements of each block"
            raise ValueError(msg)
        return groups, [1.0 / len(groups)] * len(groups)
    given = [] if weights is None else [float(weight) for weight in weights]
    if len(given) != len(groups) or min(given) < 0.0 or not 0.0 < sum(given) < float("inf"):
        msg = f"aggregation 'weights' needs {len(groups)} weights, none negative and not all 0; got {given}"
        raise ValueError(msg)
    kept = [(group, weight / sum(given)) for group, weight in zip(groups, given, strict=True) if weight > 0.0]
    return [group for group, _ in kept], [weight for _, weight in kept]


def _weighted(moments: Moments, part: int, groups: Sequence[Group], weights: Sequence[float]) -> float:
    return _mean([ratio(moments, part, group).value for group in groups], weights)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    total = sum(weight * value for weight, value in zip(weights, values, strict=True))
    # A mean lies among its values; rounding must not put 100 % a hair below or above.
    return min(max(total, min(values)), max(values))
