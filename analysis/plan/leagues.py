"""The rankings of a plan."""

from __future__ import annotations

from typing import Any, Literal, cast

import numpy as np

from analysis.design import Codes, Design
from analysis.domain_estimates import (
    IntervalChoice,
    estimate_domain_shares,
    estimate_domain_values,
    rank_standard_error,
)
from analysis.estimators import AnyDesign, means
from analysis.intervals import critical_value
from analysis.plan.errors import PlanError
from analysis.plan.reading import RankingPlan
from analysis.plan.sample import Domains, code_answers, number_domains, selected_rows, unanswered
from analysis.plan.table import Table
from analysis.plan.values import domain_row, number
from analysis.ranking import RankSets, rank_sets
from analysis.results import Estimate


def run_ranking(table: Table, design: AnyDesign, plan: RankingPlan, confidence_level: float) -> dict[str, Any]:
    """Rank the units with their confidence sets, the best first; units without an answer have no rank and come last.

    Raises:
        PlanError: Fewer than two units with answers, or a mean whose answers show no variance and have no scale.
    """
    question = plan.question
    answers = code_answers(table, question)
    domains = number_domains(table, (plan.units,), selected_rows(table, question))
    count = len(domains.labels)
    choice = IntervalChoice(plan.interval, confidence_level, None, question.scale)
    if question.statistic == "share":
        estimates = estimate_domain_shares(design, answers, domains.codes, count, choice=choice)
    else:
        estimates = estimate_domain_values(means(design, answers, domains.codes, count), choice)
    errors = [np.nan if estimate is None else _standard_error(table, plan, estimate) for estimate in estimates]
    sets = rank_sets(
        [np.nan if estimate is None else estimate.value for estimate in estimates],
        errors,
        sets=cast("Literal['simultaneous', 'marginal']", plan.sets),
        method=cast("Literal['pairwise', 'bootstrap']", plan.method),
        confidence_level=confidence_level,
        seed=plan.seed,
        draws=plan.draws,
    )
    rows = _rows(domains, estimates, errors, sets, unanswered(answers, domains))
    return {
        "name": question.name,
        "outcome": question.outcome,
        "statistic": question.statistic,
        "interval": plan.interval,
        "units": plan.units,
        "sets": plan.sets,
        "method": plan.method,
        "seed": plan.seed,
        "draws": plan.draws if plan.method == "bootstrap" else None,
        "ranked": sets.ranked,
        "units_share_clusters": _share_clusters(design, domains.codes),
        "rows": rows,
    }


def _share_clusters(design: AnyDesign, units: Codes) -> bool | None:
    """Return whether a first-stage cluster holds rows of two units, whose covariance the sets then leave out.

    None where the design has replicate weights, which do not tell.
    """
    if not isinstance(design, Design):
        return None
    inside = units >= 0
    pairs = np.unique(np.stack([design.stages[0].unit[inside], units[inside]]), axis=1)
    return bool((np.bincount(pairs[0]) > 1).any())


def _rows(
    domains: Domains,
    estimates: tuple[Estimate | None, ...],
    errors: list[float],
    sets: RankSets,
    missing: list[int],
) -> list[dict[str, Any]]:
    rows = []
    for index, (label, estimate) in enumerate(zip(domains.labels, estimates, strict=True)):
        ranked = estimate is not None
        rows.append(
            {
                **domain_row(label, estimate, missing[index]),
                "rank_standard_error": number(errors[index]),
                "rank": int(sets.rank[index]) if ranked else None,
                "low_rank": int(sets.low_rank[index]) if ranked else None,
                "high_rank": int(sets.high_rank[index]) if ranked else None,
            }
        )
    return sorted(rows, key=lambda row: len(rows) + 1 if row["rank"] is None else row["rank"])


def _standard_error(table: Table, plan: RankingPlan, estimate: Estimate) -> float:
    """Return the standard error that ranks rest on: where the answers show none, the one their interval implies."""
    if plan.question.statistic == "share":
        return rank_standard_error(estimate)
    if estimate.design_effect is not None or estimate.ci.low == estimate.ci.high:
        return estimate.standard_error
    implied = (estimate.ci.high - estimate.ci.low) / (2.0 * critical_value(estimate.confidence_level))
    if not np.isfinite(implied):
        msg = f"a unit of {plan.units} shows no variance; declare the scale, such as scale = [1, 5]"
        raise PlanError(msg, file=table.file, column=plan.question.outcome)
    return implied
