"""Weighted shares of many domains and items from sums that add up: shards, months and provinces make the whole.

For samples without strata and clusters, or where those are not known; equal to ``analysis.linearisation.means`` there
(and so to R's ``svyby``), at the price of three counts an item.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.intervals import Floats, critical_value, wilson_bounds


@dataclass(frozen=True, slots=True)
class ShareSums:
    """What weighted shares and their variances rest on; arrays of domains × items.

    Attributes:
        rows: Respondents of the whole sample, of all domains.
        n: Answers.
        weight: Of the answers.
        satisfied_weight: Of the satisfied ones.
        squared_weight: Sum of the squared weights of the answers.
        satisfied_squared_weight: Of the satisfied ones.
    """

    rows: int
    n: Floats
    weight: Floats
    satisfied_weight: Floats
    squared_weight: Floats
    satisfied_squared_weight: Floats

    def __add__(self, other: ShareSums) -> ShareSums:
        """Add up two parts of one sample."""
        return ShareSums(
            self.rows + other.rows,
            self.n + other.n,
            self.weight + other.weight,
            self.satisfied_weight + other.satisfied_weight,
            self.squared_weight + other.squared_weight,
            self.satisfied_squared_weight + other.satisfied_squared_weight,
        )


@dataclass(frozen=True, slots=True)
class WeightedShares:
    """Shares with Wilson intervals on p(1-p)/v; arrays of domains × items, NaN where nobody answered.

    Where all answers are the same the interval rests on Kish's size, as far as no cluster is known.
    """

    value: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    n: Floats
    effective_n: Floats


def add_up_shares(satisfied: ArrayLike, domain: ArrayLike, weights: ArrayLike, domains: int) -> ShareSums:
    """Add up the answers of one part of a sample.

    Args:
        satisfied: Rows × items of whole numbers: 1 satisfied, 0 not, anything else a missing answer.
        domain: Number of the row's domain, 0 to ``domains`` - 1.
        weights: One a row, above 0.
        domains: How many domains there are.
    """
    answers: NDArray[np.int64] = np.asarray(satisfied)  # any whole numbers; none are copied
    codes = np.asarray(domain, dtype=np.int64)
    w = np.asarray(weights, dtype=np.float64)
    squared = w * w
    doubled = 2 * codes
    sums = np.stack([_one_item(column, doubled, w, squared, domains) for column in answers.T], axis=-1)
    return ShareSums(len(w), *sums)


def weighted_shares(sums: ShareSums, *, confidence_level: float = 0.95) -> WeightedShares:
    """Estimate the shares, their linearised standard errors and intervals."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = sums.satisfied_weight / sums.weight
        unsatisfied = sums.squared_weight - sums.satisfied_squared_weight
        squares = sums.satisfied_squared_weight * (1.0 - share) ** 2 + unsatisfied * share**2
        variance = squares / sums.weight**2 * sums.rows / (sums.rows - 1)
        kish_n = sums.weight**2 / sums.squared_weight
        size = np.where(variance > 0, share * (1.0 - share) / variance, kish_n)
    critical = critical_value(confidence_level, sums.rows - 1)
    low, high = wilson_bounds(share, np.nan_to_num(size), confidence_level=confidence_level, critical=critical)
    return WeightedShares(share, np.sqrt(variance), low, high, sums.n, size)


def _one_item(
    column: NDArray[np.int64], doubled: NDArray[np.int64], weights: Floats, squared: Floats, domains: int
) -> Floats:
    """Return the five sums of one item, each a row of domains."""
    code = doubled + column
    unanswered = (column != 0) & (column != 1)
    if unanswered.any():
        answered = ~unanswered
        code, weights, squared = code[answered], weights[answered], squared[answered]
    counts, weight, square = (
        np.bincount(code, weights=values, minlength=2 * domains).reshape(domains, 2)
        for values in (None, weights, squared)
    )
    return np.stack([counts.sum(axis=1), weight.sum(axis=1), weight[:, 1], square.sum(axis=1), square[:, 1]])
