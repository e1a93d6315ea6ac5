"""From the columns that a plan names to the design that the estimators take."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from analysis.calibration import Distance, calibrate
from analysis.design import Design, DesignError, sampling_design
from analysis.estimators import AnyDesign
from analysis.plan.design_keys import CalibrationPlan, DesignPlan, ReplicatesPlan
from analysis.plan.errors import PlanError
from analysis.plan.table import Table
from analysis.replicates import (
    ReplicateDesign,
    balanced_half_samples,
    bootstrap,
    delete_one_cluster,
    supplied_replicates,
)
from analysis.weighting import Margin, WeightingError, post_stratify, rake, trim_weights


def build_design(table: Table, plan: DesignPlan) -> AnyDesign:
    """Read the columns of the design, and make or read its replicate weights.

    Raises:
        PlanError: A cell or a stratum that cannot be, by column and line.
    """
    try:
        design = _weight_to_margins(table, plan, _trim(plan.trim, _read_columns(table, plan)))
        design = _calibrate(table, plan.calibration, design)
        return design if plan.replicates is None else _replicate(table, plan, plan.replicates, design)
    except DesignError as error:
        raise _located(error, table, plan) from error
    except WeightingError as error:
        raise PlanError(str(error), file=table.file) from error


def _replicate(table: Table, plan: DesignPlan, replicates: ReplicatesPlan, design: Design) -> ReplicateDesign:
    if replicates.kind == "supplied":
        columns = [table.numbers(name, "the replicate weight") for name in table.matching(replicates.columns)]
        return supplied_replicates(
            design.weights,
            np.stack(columns, axis=1),
            scale=replicates.scale,
            replicate_scales=replicates.replicate_scales or None,
            degrees_of_freedom=replicates.degrees_of_freedom,
            around_estimate=replicates.around_estimate,
        )
    if replicates.kind == "BRR":
        return balanced_half_samples(design, fay_rho=replicates.fay_rho)
    if replicates.kind == "bootstrap":
        return bootstrap(design, replicates=replicates.replicates, seed=replicates.seed or 0)
    if replicates.kind == "JK1" and plan.strata is not None:
        msg = "JK1 is for a design without strata; ask for JKn"
        raise PlanError(msg, file=table.file, column=plan.strata)
    return delete_one_cluster(design)


def _read_columns(table: Table, plan: DesignPlan) -> Design:
    rows = len(table.lines)
    return sampling_design(
        weights=None if plan.weights is None else table.numbers(plan.weights, "the weight"),
        strata=None if plan.strata is None else table.full(plan.strata, "the stratum"),
        clusters=[table.full(column, "the cluster") for column in plan.clusters],
        population_sizes=[table.numbers(column, "the population size") for column in plan.population_sizes],
        lonely_stratum=plan.lonely_stratum,
        size=rows,
    )


def _trim(bounds: tuple[float, float] | None, design: Design) -> Design:
    """Bound the weights, by multiples of their mean over the rows that have one."""
    if bounds is None:
        return design
    mean = float(design.weights[design.weights > 0].mean())
    trimmed = trim_weights(design.weights, lower=bounds[0] * mean, upper=bounds[1] * mean)
    return replace(design, weights=trimmed)


def _weight_to_margins(table: Table, plan: DesignPlan, design: Design) -> Design:
    margins = [
        Margin(margin.column, table.full(margin.column, "the category"), margin.totals) for margin in plan.margins
    ]
    if not margins:
        return design
    return post_stratify(design, margins[0]) if len(margins) == 1 else rake(design, margins)


def _calibrate(table: Table, plan: CalibrationPlan | None, design: Design) -> Design:
    if plan is None:
        return design
    columns = {name: table.numbers(name, "the number to calibrate to") for name in plan.totals}
    totals = dict(plan.totals)
    if plan.population is not None:
        columns, totals = {"population": np.ones(design.size), **columns}, {"population": plan.population, **totals}
    return calibrate(
        design,
        np.stack(list(columns.values()), axis=1),
        list(totals.values()),
        names=list(columns),
        distance=cast("Distance", plan.distance),
        bounds=plan.bounds,
    )


def _located(error: DesignError, table: Table, plan: DesignPlan) -> PlanError:
    """Say where in the file an error of the design lies."""
    stage = error.stage or 0
    column = {
        "weights": plan.weights,
        "strata": plan.strata or (plan.clusters or (None,))[0],
        "clusters": plan.clusters[stage - 1] if 0 < stage <= len(plan.clusters) else None,
        "population_sizes": plan.population_sizes[stage] if stage < len(plan.population_sizes) else None,
    }[error.part]
    line = None if error.row is None else int(table.lines[error.row])
    problem = str(error)
    if error.part in {"strata", "clusters"} and error.row is not None and column is not None:
        kind = "stratum" if column == plan.strata else "cluster"
        problem = f"{kind} {table.columns[column][error.row]}: {problem}"
    return PlanError(problem, file=table.file, line=line, column=column)
