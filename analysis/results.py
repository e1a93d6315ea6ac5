"""The frozen values that every estimator returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, ``low <= high``, in the unit of its estimate."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate together with everything that must be printed beside it.

    Attributes:
        value: The point estimate; a share is 0–1, a mean score 1–5.
        ci: The confidence interval at ``confidence_level``; always contains ``value``.
        standard_error: In the unit of ``value``; may be 0 where every answer is the same, the interval is not.
        n: Respondents (not ratings) the estimate rests on.
        confidence_level: 0.95 unless another was asked for.
        method: Name of the interval, ``"wilson"`` for example.
        design_effect: Variance against simple random sampling of the same size; None where not defined.
        effective_n: ``n`` over the design effect; None where not defined.
        degrees_of_freedom: Of the t quantile used; None where the normal quantile was used.
    """

    value: float
    ci: Interval
    standard_error: float
    n: int
    confidence_level: float = 0.95
    method: str = "wilson"
    design_effect: float | None = None
    effective_n: float | None = None
    degrees_of_freedom: float | None = None

    @property
    def margin_of_error(self) -> float:
        """Return the longer arm of the interval, in the unit of the value."""
        return max(self.value - self.ci.low, self.ci.high - self.value)


def exact_end(end: float, value: float, exact: Fraction) -> Fraction:
    """Return an end of an interval as a fraction that can be cut.

    Where it is the value itself, it is as exact as that.  Else it has the twelve digits that mean something: 57 % of
    two points is 1.14 and not the binary fraction just below, which would be cut to 1.13.
    """
    return exact if end == value else Fraction(f"{end:.12g}")


class Verdict(StrEnum):
    """What may be said about a change, in words; nothing else may be said."""

    IMPROVED = "improved"
    DECLINED = "declined"
    NO_EVIDENCE = "no evidence of change"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A change between two estimates: the later less the earlier, in their unit.

    Attributes:
        value: Positive where the later one is higher.
        ci: The confidence interval at ``confidence_level``; always contains ``value``.
        standard_error: In the unit of ``value``.
        p_value: Two-sided, of no change; not adjusted for other comparisons.
        confidence_level: 0.95 unless another was asked for.
        method: Name of the interval, ``"newcombe"`` for example.
        degrees_of_freedom: Of the t quantile used; None where the normal quantile was used.
    """

    value: float
    ci: Interval
    standard_error: float
    p_value: float
    confidence_level: float = 0.95
    method: str = "newcombe"
    degrees_of_freedom: float | None = None
