"""Change between two shares or two means, and what may be said about it.

Differences are always the later less the earlier.  Overlapping intervals are not a test; these functions are.
For two domains of one complex sample see ``analysis.linearisation.contrast``.
"""

from __future__ import annotations

from math import acos, copysign, cos, hypot, inf, pi, sqrt

from analysis.intervals import critical_value, normal_tail, require_confidence_level, tail_quantile
from analysis.results import Difference, Estimate, Interval, Verdict

_LARGEST_Z = 37.0  # beyond it the normal tail underflows


def newcombe(*, earlier: Estimate, later: Estimate) -> Difference:
    """Compare two independent shares by Newcombe's interval, built from the Wilson bounds of each.

    Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890, method 10.  Where an estimate carries an effective
    sample size or degrees of freedom, its Wilson bounds rest on them.  The p-value is the one at which the interval
    just touches zero, so that interval and verdict cannot disagree.

    Raises:
        ValueError: The two have different confidence levels.
    """
    level = _common_level(earlier, later)
    low, high = _newcombe_ends(earlier, later, (1.0 - level) / 2.0)
    return Difference(
        value=later.value - earlier.value,
        ci=Interval(low, high),
        standard_error=hypot(earlier.standard_error, later.standard_error),
        p_value=_newcombe_p_value(earlier, later),
        confidence_level=level,
        method="newcombe",
    )


def independent_difference(*, earlier: Estimate, later: Estimate) -> Difference:
    """Compare two independent estimates, of means for example, by the normal or t quantile.

    The degrees of freedom are Welch and Satterthwaite's where both estimates carry some.

    Raises:
        ValueError: The two have different confidence levels.
    """
    level = _common_level(earlier, later)
    standard_error = hypot(earlier.standard_error, later.standard_error)
    freedom = _welch(earlier, later)
    return difference_from_standard_error(
        value=later.value - earlier.value,
        standard_error=standard_error,
        confidence_level=level,
        degrees_of_freedom=freedom,
        method="normal" if freedom is None else "t",
    )


def from_intervals(*, earlier: Estimate, later: Estimate) -> Difference:
    """Compare two independent estimates by their own intervals alone, however those were made.

    The arms are combined as squares (MOVER: Zou and Donner, 2008, Statistics in Medicine 27, 1693-1702); the p-value
    takes the arm that faces zero as so many normal standard errors.  Without bounds on either there is no evidence.

    Raises:
        ValueError: The two have different confidence levels.
    """
    level = _common_level(earlier, later)
    value = later.value - earlier.value
    low = value - hypot(later.value - later.ci.low, earlier.ci.high - earlier.value)
    high = value + hypot(later.ci.high - later.value, earlier.value - earlier.ci.low)
    facing = value - low if value > 0 else high - value
    implied = facing / critical_value(level)
    return Difference(
        value=value,
        ci=Interval(low, high),
        standard_error=implied,
        p_value=two_sided_p_value(value, implied),
        confidence_level=level,
        method="from_intervals",
    )


def difference_from_standard_error(
    *,
    value: float,
    standard_error: float,
    confidence_level: float = 0.95,
    degrees_of_freedom: float | None = None,
    method: str = "t",
) -> Difference:
    """Put an interval and a p-value on a difference whose standard error is known.

    A difference without a standard error is certain: its p-value is 0, or 1 where it is zero.
    """
    spread = critical_value(confidence_level, degrees_of_freedom) * standard_error if standard_error > 0 else 0.0
    return Difference(
        value=value,
        ci=Interval(value - spread, value + spread),
        standard_error=standard_error,
        p_value=two_sided_p_value(value, standard_error, degrees_of_freedom),
        confidence_level=confidence_level,
        method=method,
        degrees_of_freedom=degrees_of_freedom,
    )


def two_sided_p_value(value: float, standard_error: float, degrees_of_freedom: float | None = None) -> float:
    """Return the two-sided p-value of a value whose hypothesis is zero; normal where there are no degrees given."""
    if standard_error <= 0:
        return 1.0 if value == 0 else 0.0
    statistic = abs(value) / standard_error
    if degrees_of_freedom is None or degrees_of_freedom == inf:
        return 2.0 * normal_tail(statistic)
    if degrees_of_freedom <= 0:
        return 1.0
    from scipy.special import stdtr  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    return 2.0 * float(stdtr(degrees_of_freedom, -statistic))


def miettinen_nurminen(
    *, earlier_successes: int, earlier_n: int, later_successes: int, later_n: int, confidence_level: float = 0.95
) -> Difference:
    """Compare two independent shares by inverting the score test.

    Miettinen, O. and Nurminen, M. (1985), Statistics in Medicine 4, 213-226, with their factor N / (N - 1); the
    constrained estimates are those of Farrington and Manning (1990), ibid. 9, 1447-1454.

    Raises:
        ValueError: Counts that cannot be.
    """
    for successes, n in ((earlier_successes, earlier_n), (later_successes, later_n)):
        if n < 1 or not 0 <= successes <= n:
            msg = f"{successes} successes of {n}: both groups need answers, and successes between 0 and n"
            raise ValueError(msg)
    counts = (later_successes, later_n, earlier_successes, earlier_n)
    critical = critical_value(confidence_level)
    value = later_successes / later_n - earlier_successes / earlier_n
    low = _score_end(counts, value, -1.0, critical)
    high = _score_end(counts, value, 1.0, critical)
    return Difference(
        value=value,
        ci=Interval(low, high),
        standard_error=sqrt(_variance(later_successes, later_n) + _variance(earlier_successes, earlier_n)),
        p_value=2.0 * normal_tail(abs(_score(counts, 0.0))),
        confidence_level=confidence_level,
        method="miettinen_nurminen",
    )


def verdict(difference: Difference | None, *, p_adjusted: float | None = None, comparable: bool = True) -> Verdict:
    """Say in words what a change is, at the level of its interval.

    Args:
        difference: None where one side has no estimate; the verdict is then "not comparable".
        p_adjusted: The p-value after adjustment for the family of comparisons; None for a comparison alone.
        comparable: False where the questionnaire, the population or the unit changed between the two.
    """
    if difference is None or not comparable:
        return Verdict.NOT_COMPARABLE
    p_value = difference.p_value if p_adjusted is None else p_adjusted
    if difference.value == 0 or 1.0 - p_value <= difference.confidence_level:
        return Verdict.NO_EVIDENCE
    return Verdict.IMPROVED if difference.value > 0 else Verdict.DECLINED


def _common_level(earlier: Estimate, later: Estimate) -> float:
    if earlier.confidence_level != later.confidence_level:
        msg = (
            f"the estimates are at {earlier.confidence_level} and {later.confidence_level}; estimate both at one level"
        )
        raise ValueError(msg)
    require_confidence_level(earlier.confidence_level)
    return earlier.confidence_level


def _welch(earlier: Estimate, later: Estimate) -> float | None:
    """Return Satterthwaite's degrees of freedom of the difference; None where the normal quantile is meant."""
    if earlier.degrees_of_freedom is None or later.degrees_of_freedom is None:
        return None
    first, second = earlier.standard_error**2, later.standard_error**2
    if first + second == 0:
        return min(earlier.degrees_of_freedom, later.degrees_of_freedom)
    return (first + second) ** 2 / (first**2 / earlier.degrees_of_freedom + second**2 / later.degrees_of_freedom)


def _newcombe_ends(earlier: Estimate, later: Estimate, tail: float) -> tuple[float, float]:
    """Return the bounds of the difference that leave ``tail`` on either side."""
    low_1, high_1 = _wilson_at(earlier, tail)
    low_2, high_2 = _wilson_at(later, tail)
    value = later.value - earlier.value
    return (
        value - hypot(later.value - low_2, high_1 - earlier.value),
        value + hypot(high_2 - later.value, earlier.value - low_1),
    )


def _wilson_at(estimate: Estimate, tail: float) -> tuple[float, float]:
    """Return the Wilson bounds of an estimate on its effective size, leaving ``tail`` on either side."""
    if estimate.ci.low == estimate.ci.high:
        return estimate.value, estimate.value
    size = float(estimate.n) if estimate.effective_n is None else estimate.effective_n
    share, z = estimate.value, tail_quantile(tail, estimate.degrees_of_freedom)
    if z == inf:
        return 0.0, 1.0
    spread = z * sqrt(z * z + 4.0 * size * share * (1.0 - share))
    centre, scale = 2.0 * size * share + z * z, 2.0 * (size + z * z)
    # At 0 and at 1 the bound is the share itself; rounding may lead past it.
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)


def _newcombe_p_value(earlier: Estimate, later: Estimate) -> float:
    """Return twice the tail at which the interval touches zero, by bisection on the normal quantile."""
    if later.value == earlier.value:
        return 1.0
    near, far = 0.0, _LARGEST_Z
    for _ in range(60):
        middle = (near + far) / 2.0
        low, high = _newcombe_ends(earlier, later, normal_tail(middle))
        if low > 0 or high < 0:
            near = middle
        else:
            far = middle
    return 2.0 * normal_tail(near)


def _variance(successes: int, n: int) -> float:
    share = successes / n
    return share * (1.0 - share) / n


def _score_end(counts: tuple[int, int, int, int], value: float, boundary: float, critical: float) -> float:
    """Return the difference between ``value`` and ``boundary`` at which the score reaches the critical value."""
    if value == boundary:
        return boundary
    inside, outside = value, boundary
    for _ in range(80):
        middle = (inside + outside) / 2.0
        if abs(_score(counts, middle)) <= critical:
            inside = middle
        else:
            outside = middle
    return inside


def _score(counts: tuple[int, int, int, int], difference: float) -> float:
    """Return the score statistic of a supposed difference of the first share less the second."""
    x1, n1, x2, n2 = counts
    second = _constrained_share(counts, difference)
    first = min(max(second + difference, 0.0), 1.0)
    total = n1 + n2
    variance = (first * (1.0 - first) / n1 + second * (1.0 - second) / n2) * total / (total - 1)
    gap = x1 / n1 - x2 / n2 - difference
    # All answers the same, and no difference supposed: nothing speaks against it.
    return gap / sqrt(variance) if variance > 0 else 0.0


def _constrained_share(counts: tuple[int, int, int, int], difference: float) -> float:
    """Return the second share that is most likely when the first exceeds it by ``difference``: a cubic's root."""
    x1, n1, x2, n2 = counts
    total, hits = n1 + n2, x1 + x2
    square = ((n1 + 2 * n2) * difference - total - hits) / total
    linear = ((n2 * difference - total - 2 * x2) * difference + hits) / total
    constant = x2 * difference * (1.0 - difference) / total
    q = (square / 3.0) ** 3 - square * linear / 6.0 + constant / 2.0
    # Never 0, so that a triple root needs no case of its own.
    radius = max(sqrt(max((square / 3.0) ** 2 - linear / 3.0, 0.0)), 1e-100)
    signed = copysign(radius, q)
    angle = (pi + acos(min(max(q / signed**3, -1.0), 1.0))) / 3.0
    root = 2.0 * signed * cos(angle) - square / 3.0
    lowest, highest = max(0.0, -difference), min(1.0, 1.0 - difference)
    return min(max(root, lowest), highest)
