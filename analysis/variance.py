"""Variance of weighted totals under a design: Taylor linearisation with every stage of drawing.

The formula is that of R's ``survey`` (Lumley, 2004, J. Stat. Software 9(8)) after Särndal, Swensson and Wretman
(1992), section 4.3: for each group of each stage (1 - f) n / (n - 1) Σ (t - t̄)², times the sampled shares of the
stages above; t are the totals of the drawn units, zero for units without a row of the domain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.design import Codes, Design, Stage
from analysis.intervals import Floats


def domain_variances(design: Design, weighted: Floats, domain: Codes, domains: int) -> Floats:
    """Return the variance of the total of each domain: an array of ``domains``.

    Args:
        design: Whole.
        weighted: Per row, the linearised value times the weight; ignored where ``domain`` is -1.
        domain: Number of the row's domain from 0, -1 for none.
        domains: How many domains there are, also those without a row.
    """
    if design.residuals:
        return np.array(
            [covariance(design, np.where(domain == d, weighted, 0.0)[:, None])[0, 0] for d in range(domains)]
        )
    inside = domain >= 0
    members, values = domain[inside], weighted[inside]
    variance = np.zeros(domains)
    for stage in design.stages:
        if stage.carried.any():
            variance += _stage_variances(stage, values, inside, members, domains, design.lonely_stratum)
    return variance


def covariance(design: Design, weighted: Floats) -> Floats:
    """Return the covariance matrix of the totals of several columns of weighted linearised values."""
    for residual in design.residuals:
        weighted = residual(weighted)
    columns = weighted.shape[1]
    total = np.zeros((columns, columns))
    for stage in design.stages:
        if stage.carried.any():
            total += _stage_covariance(stage, weighted, design.lonely_stratum)
    return total


def _stage_variances(
    stage: Stage, values: Floats, inside: NDArray[np.bool_], members: Codes, domains: int, lonely_stratum: str
) -> Floats:
    """Return what one stage adds to the variance of each domain, from the units that the domains occur in."""
    pairs, position = np.unique(stage.unit[inside] * domains + members, return_inverse=True)
    totals = np.bincount(position.reshape(-1), weights=values, minlength=len(pairs))
    group_of_pair = np.zeros(len(pairs), dtype=np.int64)
    group_of_pair[position.reshape(-1)] = stage.group[inside]
    cells, cell = np.unique(group_of_pair * domains + pairs % domains, return_inverse=True)
    cell = cell.reshape(-1)
    group = cells // domains
    sampled = stage.sampled[group]
    mean = np.bincount(cell, weights=totals) / sampled
    if lonely_stratum == "adjust":
        mean = np.where(sampled == 1, 0.0, mean)
    squares = np.bincount(cell, weights=(totals - mean[cell]) ** 2) + (sampled - np.bincount(cell)) * mean**2
    factor = _group_factor(stage, lonely_stratum)[group]
    return np.asarray(np.bincount(cells % domains, weights=factor * squares, minlength=domains), dtype=np.float64)


def _stage_covariance(stage: Stage, weighted: Floats, lonely_stratum: str) -> Floats:
    """Return what one stage adds to the covariance matrix of the columns."""
    units = int(stage.unit.max()) + 1
    totals = np.stack([np.bincount(stage.unit, weights=column, minlength=units) for column in weighted.T], axis=1)
    group = np.zeros(units, dtype=np.int64)
    group[stage.unit] = stage.group
    mean = np.stack([np.bincount(group, weights=column) for column in totals.T], axis=1) / stage.sampled[:, None]
    if lonely_stratum == "adjust":
        mean = np.where(stage.sampled[:, None] == 1, 0.0, mean)
    centred = totals - mean[group]
    return np.asarray((centred * _group_factor(stage, lonely_stratum)[group][:, None]).T @ centred)


def _group_factor(stage: Stage, lonely_stratum: str) -> Floats:
    """Return per group what its sum of squares is multiplied by.

    A lonely group stands for its own variance under ``"adjust"``, where it is measured from zero, the mean of all
    linearised values; under ``"average"`` the others are enlarged to speak for it; else it adds nothing.
    """
    spread = stage.carried * (1.0 - stage.sampled_share)
    factor = spread * np.where(stage.sampled > 1, stage.sampled / np.maximum(stage.sampled - 1.0, 1.0), 1.0)
    lonely = stage.is_lonely
    if lonely_stratum == "adjust" or not lonely.any():
        return np.asarray(factor)
    factor = np.where(lonely, 0.0, factor)
    if lonely_stratum == "average" and not lonely.all():
        factor = factor * len(lonely) / np.count_nonzero(~lonely)
    return np.asarray(factor)
