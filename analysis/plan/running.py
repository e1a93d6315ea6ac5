"""Run a plan: estimates, changes and rankings as plain values, ready to be written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.domain_estimates import (
    IntervalChoice,
    estimate_domain_shares,
    estimate_domain_values,
)
from analysis.estimators import AnyDesign, design_degrees_of_freedom, means, ratios, totals
from analysis.intervals import Floats
from analysis.plan.changes import run_changes
from analysis.plan.designs import build_design
from analysis.plan.leagues import run_ranking
from analysis.plan.reading import EstimatePlan, read_plan
from analysis.plan.sample import (
    Domains,
    code_answers,
    needed_columns,
    number_domains,
    read_denominator,
    selected_rows,
    unanswered,
)
from analysis.plan.table import Table, read_table
from analysis.plan.values import domain_row, whole
from analysis.quantiles import estimate_quantiles
from analysis.results import Estimate
from analysis.weighting import kish_design_effect

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Study:
    """Everything a part of the plan works with."""

    table: Table
    design: AnyDesign
    confidence_level: float
    design_degrees: float | None


def run_plan(plan_content: bytes, read_data: Callable[[str], bytes], *, plan_file: str, version: str) -> Result:
    """Run a plan.

    Args:
        plan_content: Of the TOML file.
        read_data: Returns the content of the data file that the plan names; may raise OSError.
        plan_file: Name of the plan, for messages.
        version: Of this software, put into the result.

    Returns:
        ``estimates``, ``changes``, ``rankings`` and ``input``, in JSON's types; numbers that do not exist are None.

    Raises:
        PlanError: Anything in plan or data that cannot be, in one sentence with its place and remedy.
    """
    plan = read_plan(plan_content, file=plan_file)
    data = read_data(plan.data)
    table = read_table(data, needed_columns(plan), file=plan.data, delimiter=plan.delimiter, decimal=plan.decimal)
    design = build_design(table, plan.design)
    study = Study(
        table,
        design,
        plan.confidence_level,
        design_degrees_of_freedom(design) if plan.design.degrees_of_freedom == "design" else None,
    )
    return {
        "estimates": [_run_estimate(study, estimate) for estimate in plan.estimates],
        "changes": run_changes(study.table, study.design, plan.changes, plan.confidence_level),
        "rankings": [
            run_ranking(study.table, study.design, ranking, plan.confidence_level) for ranking in plan.rankings
        ],
        "input": {
            "data": plan.data,
            "data_sha256": hashlib.sha256(data).hexdigest(),
            "plan_sha256": hashlib.sha256(plan_content).hexdigest(),
            "version": version,
            "rows": len(table.lines),
            "confidence_level": plan.confidence_level,
            "degrees_of_freedom": whole(design_degrees_of_freedom(design)),
            "kish_design_effect": kish_design_effect(design.weights),
        },
    }


def _run_estimate(study: Study, plan: EstimatePlan) -> Result:
    question = plan.question
    answers = code_answers(study.table, question)
    domains = number_domains(study.table, plan.by, selected_rows(study.table, question))
    choice = IntervalChoice(plan.interval, study.confidence_level, study.design_degrees, question.scale)
    if question.statistic == "distribution":
        rows = _distribution_rows(study, answers, domains, choice)
    else:
        estimates = _estimate(study, plan, answers, domains, choice)
        missing = unanswered(answers, domains)
        rows = [domain_row(*row) for row in zip(domains.labels, estimates, missing, strict=True)]
    return {
        "name": question.name,
        "outcome": question.outcome,
        "statistic": question.statistic,
        "interval": plan.interval,
        "rows": rows,
    }


def _estimate(
    study: Study, plan: EstimatePlan, answers: Floats, domains: Domains, choice: IntervalChoice
) -> tuple[Estimate | None, ...]:
    design, count = study.design, len(domains.labels)
    statistic = plan.question.statistic
    if statistic == "share":
        return estimate_domain_shares(design, answers, domains.codes, count, choice=choice)
    if statistic == "quantile":
        return estimate_quantiles(
            design, answers, plan.quantile, domains.codes, count, confidence_level=study.confidence_level
        )
    if statistic == "total":
        return estimate_domain_values(totals(design, answers, domains.codes, count), _unbounded(choice))
    if plan.denominator is not None:
        over = read_denominator(study.table, plan.denominator, plan.question)
        return estimate_domain_values(ratios(design, answers, over, domains.codes, count), _unbounded(choice))
    return estimate_domain_values(means(design, answers, domains.codes, count), choice)


def _unbounded(choice: IntervalChoice) -> IntervalChoice:
    """Return the choice without the scale, which bounds answers and not their totals or ratios."""
    return IntervalChoice(choice.method, choice.confidence_level, choice.design_degrees)


def _distribution_rows(study: Study, answers: Floats, domains: Domains, choice: IntervalChoice) -> list[Result]:
    """Return one row for each domain and level, the levels of the scale or those that occur."""
    if choice.scale is None:
        levels = [float(level) for level in np.unique(answers[~np.isnan(answers)])]
    else:
        low, high = choice.scale
        occurring = {float(level) for level in np.unique(answers[~np.isnan(answers)])}
        levels = sorted(occurring | {float(level) for level in range(int(np.ceil(low)), int(np.floor(high)) + 1)})
    by_level = []
    for level in levels:
        indicator = np.where(np.isnan(answers), np.nan, answers == level)
        by_level.append(
            estimate_domain_shares(study.design, indicator, domains.codes, len(domains.labels), choice=choice)
        )
    rows = []
    for index, (label, missing) in enumerate(zip(domains.labels, unanswered(answers, domains), strict=True)):
        for level, estimates in zip(levels, by_level, strict=True):
            row = domain_row(label, estimates[index], missing)
            rows.append({"domain": row.pop("domain"), "level": int(level) if level.is_integer() else level, **row})
    return rows
