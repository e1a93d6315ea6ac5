"""How an estimate is written down in the result of a plan."""

from __future__ import annotations

from math import isfinite
from typing import Any

from analysis.results import Estimate


def domain_row(domain: dict[str, str], estimate: Estimate | None, missing: int) -> dict[str, Any]:
    """Return one row: the domain, its estimate with everything that goes beside it, and how many did not answer."""
    if estimate is None:
        nothing = dict.fromkeys(
            ("estimate", "standard_error", "low", "high", "degrees_of_freedom", "design_effect", "effective_n")
        )
        return {"domain": domain, "n": 0, **nothing, "missing": missing}
    return {
        "domain": domain,
        "n": estimate.n,
        "estimate": number(estimate.value),
        "standard_error": number(estimate.standard_error),
        "low": number(estimate.ci.low),
        "high": number(estimate.ci.high),
        "degrees_of_freedom": whole(estimate.degrees_of_freedom),
        "design_effect": number(estimate.design_effect),
        "effective_n": number(estimate.effective_n),
        "missing": missing,
    }


def number(value: float | None) -> float | None:
    """Return a number as JSON has it, None where it does not exist."""
    return None if value is None or not isfinite(value) else float(value)


def whole(value: float | None) -> float | int | None:
    """Return a number without its fraction where it has none, None where it does not exist."""
    if value is None or not isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)
