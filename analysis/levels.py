"""How ratings spread over the levels of their scale: the share of each level, with the respondent as unit."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from analysis.intervals import wilson_bounds
from analysis.results import Estimate, Interval


def level_shares(counts: Sequence[int], *, respondents: int, confidence_level: float = 0.95) -> tuple[Estimate, ...]:
    """Estimate the share of every level among the ratings, each with Wilson's interval of its own.

    ``counts`` are ratings and may be several a respondent; the interval rests on the respondents, as if each had given
    one rating.  His ratings vary together, at most so much as if they were all alike, and then they are worth one: the
    interval is exact for one item and on the safe side for several.  The intervals hold one by one, not all at once.

    Raises:
        ValueError: No ratings, or no respondents.
    """
    total = sum(counts)
    if total < 1 or respondents < 1:
        msg = f"there are {total} ratings of {respondents} respondents; shares need at least one of each"
        raise ValueError(msg)
    shares = np.asarray(counts, dtype=np.float64) / total
    lows, highs = wilson_bounds(shares, respondents, confidence_level=confidence_level)
    return tuple(
        Estimate(
            value=float(share),
            ci=Interval(float(low), float(high)),
            standard_error=sqrt(float(share) * (1.0 - float(share)) / respondents),
            n=respondents,
            confidence_level=confidence_level,
            method="wilson",
        )
        for share, low, high in zip(shares, lows, highs, strict=True)
    )
