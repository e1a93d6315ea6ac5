"""The changes of a plan, adjusted for their families and put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.comparison import from_intervals, newcombe, verdict
from analysis.domain_estimates import (
    IntervalChoice,
    estimate_domain_shares,
    estimate_domain_values,
    rank_standard_error,
)
from analysis.estimators import AnyDesign, contrasts, is_simple, means
from analysis.intervals import Floats
from analysis.multiplicity import ADJUSTMENTS
from analysis.plan.reading import ChangePlan
from analysis.plan.sample import Domains, code_answers, number_domains, require_value, selected_rows
from analysis.plan.table import Table
from analysis.plan.values import number, whole
from analysis.results import Difference, Estimate

Estimates = tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """One comparison before it is adjusted."""

    plan: ChangePlan
    domain: dict[str, str]
    earlier: Estimate | None
    later: Estimate | None
    difference: Difference | None


def run_changes(
    table: Table, design: AnyDesign, plans: Sequence[ChangePlan], confidence_level: float
) -> list[dict[str, Any]]:
    """Run all changes; the p-values of one family and adjustment are adjusted together."""
    changes = [change for plan in plans for change in _compare(table, design, plan, confidence_level)]
    adjusted = _adjust(changes)
    return [_row(change, p_value) for change, p_value in zip(changes, adjusted, strict=True)]


def _compare(table: Table, design: AnyDesign, plan: ChangePlan, confidence_level: float) -> list[_Change]:
    answers = code_answers(table, plan.question)
    earlier = require_value(table, plan.column, plan.earlier)
    later = require_value(table, plan.column, plan.later)
    domains = number_domains(table, plan.by, selected_rows(table, plan.question) & (earlier | later))
    before, after = _sides(design, answers, plan, (domains, later), confidence_level)
    differences = contrasts(
        design,
        answers,
        later=later,
        domain=domains.codes,
        domains=len(domains.labels),
        confidence_level=confidence_level,
    )
    return [
        _Change(plan, label, first, second, _difference(design, plan, (first, second), seen))
        for label, first, second, seen in zip(domains.labels, before, after, differences, strict=True)
    ]


def _sides(
    design: AnyDesign,
    answers: Floats,
    plan: ChangePlan,
    where: tuple[Domains, NDArray[np.bool_]],
    confidence_level: float,
) -> tuple[Estimates, Estimates]:
    """Estimate the earlier and the later side of every domain."""
    domains, later = where
    choice = IntervalChoice("wilson", confidence_level, None, plan.question.scale)
    sides, count = np.where(domains.codes < 0, -1, 2 * domains.codes + later), 2 * len(domains.labels)
    if plan.question.statistic == "share":
        estimates = estimate_domain_shares(design, answers, sides, count, choice=choice)
    else:
        estimates = estimate_domain_values(means(design, answers, sides, count), choice)
    return estimates[::2], estimates[1::2]


def _difference(
    design: AnyDesign, plan: ChangePlan, sides: tuple[Estimate | None, Estimate | None], seen: Difference
) -> Difference | None:
    """Return the contrast, or what stands for it where all answers of a side are the same and show no variance."""
    before, after = sides
    if before is None or after is None:
        return None
    if not (_is_blind(before) or _is_blind(after)):
        return seen
    if plan.question.statistic == "share":
        return newcombe(earlier=_wide(design, before), later=_wide(design, after))
    return from_intervals(earlier=before, later=after)


def _is_blind(estimate: Estimate) -> bool:
    return estimate.design_effect is None and estimate.ci.low != estimate.ci.high


def _wide(design: AnyDesign, estimate: Estimate) -> Estimate:
    """Return a share with the standard error that its answers allow, never 0."""
    return Estimate(
        value=estimate.value,
        ci=estimate.ci,
        standard_error=rank_standard_error(estimate),
        n=estimate.n,
        confidence_level=estimate.confidence_level,
        effective_n=estimate.effective_n,
        # A simple sample takes the classical interval, as its shares do.
        degrees_of_freedom=None if is_simple(design) else estimate.degrees_of_freedom,
    )


def _adjust(changes: list[_Change]) -> list[float | None]:
    """Return the p-value of each change after adjustment for its family, None where there is nothing to compare."""
    adjusted = [nan if change.difference is None else change.difference.p_value for change in changes]
    families: dict[tuple[str, str], list[int]] = {}
    for index, change in enumerate(changes):
        if change.plan.adjust != "none" and change.plan.comparable:
            families.setdefault((change.plan.family, change.plan.adjust), []).append(index)
    for (_, adjust), members in families.items():
        procedure = ADJUSTMENTS["benjamini_hochberg" if adjust == "bh" else adjust]
        for index, p_value in zip(members, procedure([adjusted[index] for index in members]), strict=True):
            adjusted[index] = float(p_value)
    return [number(p_value) for p_value in adjusted]


def _row(change: _Change, p_adjusted: float | None) -> dict[str, Any]:
    plan, difference = change.plan, change.difference
    return {
        "name": plan.question.name,
        "outcome": plan.question.outcome,
        "domain": change.domain,
        "column": plan.column,
        "from": str(plan.earlier),
        "to": str(plan.later),
        "n_from": 0 if change.earlier is None else change.earlier.n,
        "n_to": 0 if change.later is None else change.later.n,
        "estimate_from": None if change.earlier is None else number(change.earlier.value),
        "estimate_to": None if change.later is None else number(change.later.value),
        "difference": None if difference is None else number(difference.value),
        "standard_error": None if difference is None else number(difference.standard_error),
        "low": None if difference is None else number(difference.ci.low),
        "high": None if difference is None else number(difference.ci.high),
        "degrees_of_freedom": None if difference is None else whole(difference.degrees_of_freedom),
        "p_value": None if difference is None else number(difference.p_value),
        "p_adjusted": p_adjusted,
        "adjust": plan.adjust,
        "family": plan.family,
        "method": None if difference is None else difference.method,
        "verdict": str(verdict(difference, p_adjusted=p_adjusted, comparable=plan.comparable)),
    }
