"""Variance from replicate weights: jackknife, balanced half-samples, bootstrap, and weights supplied by others.

Each replicate is the whole sample with other weights; the spread of its estimates around their mean (or around the
estimate itself) is the variance.  Equal to R's ``svrepdesign`` and ``as.svrepdesign``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.design import Design, DesignError
from analysis.intervals import Floats


@dataclass(frozen=True, slots=True)
class ReplicateDesign:
    """A sample with replicate weights.

    Attributes:
        weights: Per row, of the full sample.
        replicates: Rows × replicates, whole weights, not factors.
        scale: Multiplies all squared deviations.
        replicate_scales: One a replicate, multiplies its own.
        degrees_of_freedom: Of the variance.
        around_estimate: Deviations from the full-sample estimate (R's ``mse``), else from the replicates' mean.
        kind: ``"JK1"``, ``"JKn"``, ``"BRR"``, ``"bootstrap"`` or ``"supplied"``.
        seed: Of the bootstrap; None where nothing was drawn.
    """

    weights: Floats
    replicates: Floats
    scale: float
    replicate_scales: Floats
    degrees_of_freedom: float
    around_estimate: bool = False
    kind: str = "supplied"
    seed: int | None = None

    def variance(self, estimates: Floats, full: Floats) -> Floats:
        """Return the variance of estimates given as replicates × statistics."""
        centre = full if self.around_estimate else estimates[self.replicate_scales > 0].mean(axis=0)
        return np.asarray(self.scale * (self.replicate_scales[:, None] * (estimates - centre) ** 2).sum(axis=0))


def delete_one_cluster(design: Design) -> ReplicateDesign:
    """Make jackknife replicates that leave out one first-stage cluster each: JK1, or JKn where there are strata.

    Finite population corrections of the first stage are kept.

    Raises:
        DesignError: A stratum with a single cluster that was not taken completely.
    """
    stage = design.stages[0]
    stratified = len(stage.sampled) > 1
    units = int(stage.unit.max()) + 1
    group = np.zeros(units, dtype=np.int64)
    group[stage.unit] = stage.group
    sampled = stage.sampled[group]
    if np.any(stage.is_lonely[group]):
        msg = "a stratum with one cluster cannot be jackknifed; merge it with a neighbour"
        raise DesignError(msg, part="strata", stage=0)
    factors = np.where(group[:, None] == group[None, :], (sampled / np.maximum(sampled - 1.0, 1.0))[None, :], 1.0)
    np.fill_diagonal(factors, 0.0)
    scales = (sampled - 1.0) / sampled * (1.0 - stage.sampled_share[group])
    return ReplicateDesign(
        weights=design.weights,
        replicates=design.weights[:, None] * factors[stage.unit],
        scale=1.0 if stratified else float(scales[0]),
        replicate_scales=scales if stratified else np.ones(units),
        degrees_of_freedom=float(design.degrees_of_freedom()),
        kind="JKn" if stratified else "JK1",
    )


def balanced_half_samples(design: Design, *, fay_rho: float = 0.0) -> ReplicateDesign:
    """Make balanced repeated replicates for a design with two first-stage clusters in every stratum.

    McCarthy, P. J. (1969), Rev. Int. Stat. Inst. 37, 239-264; Fay's variant keeps ``fay_rho`` (0–1) of the weight of
    the half left out.  Rows of a Hadamard matrix of Sylvester's kind, of the power of two above the strata.

    Raises:
        DesignError: A stratum without exactly two clusters.
    """
    from scipy.linalg import hadamard  # noqa: PLC0415 - scipy costs two seconds that most callers do not need

    stage = design.stages[0]
    strata = len(stage.sampled)
    if np.any(stage.sampled != 2):  # noqa: PLR2004 - a half-sample is one of two
        msg = "balanced half-samples need two clusters in every stratum; join or split strata"
        raise DesignError(msg, part="strata", stage=0)
    size = 1 << strata.bit_length()
    signs = np.asarray(hadamard(size), dtype=np.float64)[1 : strata + 1]
    first = np.full(strata, stage.unit.max() + 1)
    np.minimum.at(first, stage.group, stage.unit)
    # As R has it: the first replicate keeps the second cluster of every stratum.
    orientation = np.where(stage.unit == first[stage.group], -1.0, 1.0)
    factors = 1.0 + (1.0 - fay_rho) * orientation[:, None] * signs[stage.group]
    return ReplicateDesign(
        weights=design.weights,
        replicates=design.weights[:, None] * factors,
        scale=1.0 / (size * (1.0 - fay_rho) ** 2),
        replicate_scales=np.ones(size),
        degrees_of_freedom=float(design.degrees_of_freedom()),
        kind="BRR",
    )


def bootstrap(design: Design, *, replicates: int, seed: int) -> ReplicateDesign:
    """Draw Rao and Wu's rescaled bootstrap of first-stage clusters, n - 1 of n in every stratum.

    Rao, J. N. K. and Wu, C. F. J. (1988), J. Amer. Stat. Assoc. 83, 231-241.  The same seed gives the same weights.
    Drawing with replacement, it ignores finite population corrections.

    Raises:
        DesignError: A stratum with a single cluster.
    """
    stage = design.stages[0]
    if np.any(stage.sampled < 2):  # noqa: PLR2004 - one cluster cannot vary
        msg = "a stratum with one cluster cannot be resampled; merge it with a neighbour"
        raise DesignError(msg, part="strata", stage=0)
    generator = np.random.default_rng(seed)
    units = int(stage.unit.max()) + 1
    group = np.zeros(units, dtype=np.int64)
    group[stage.unit] = stage.group
    factors = np.zeros((units, replicates))
    for stratum, sampled in enumerate(stage.sampled.astype(int)):
        members = np.flatnonzero(group == stratum)
        drawn = generator.multinomial(sampled - 1, np.full(sampled, 1.0 / sampled), size=replicates)
        factors[members] = drawn.T * (sampled / (sampled - 1.0))
    return ReplicateDesign(
        weights=design.weights,
        replicates=design.weights[:, None] * factors[stage.unit],
        scale=1.0 / replicates,
        replicate_scales=np.ones(replicates),
        degrees_of_freedom=float(design.degrees_of_freedom()),
        kind="bootstrap",
        seed=seed,
    )


def supplied_replicates(
    weights: ArrayLike,
    replicate_weights: ArrayLike,
    *,
    scale: float,
    replicate_scales: ArrayLike | None = None,
    degrees_of_freedom: float | None = None,
    around_estimate: bool = False,
) -> ReplicateDesign:
    """Take replicate weights that came with the data.

    Args:
        weights: One a row.
        replicate_weights: Rows × replicates, whole weights.
        scale: As the supplier states it; 1 / replicates for bootstrap weights.
        replicate_scales: One a replicate; None for 1.
        degrees_of_freedom: None for the rank of the replicate weights less 1, R's rule.
        around_estimate: As the supplier states it.

    Raises:
        DesignError: Weights that are negative or not numbers, or arrays of unequal length.
    """
    full = np.asarray(weights, dtype=np.float64)
    replicates = np.asarray(replicate_weights, dtype=np.float64)
    if replicates.ndim != 2 or len(replicates) != len(full):  # noqa: PLR2004 - rows by replicates
        msg = "the replicate weights must have one row for each weight"
        raise DesignError(msg, part="weights")
    bad = ~((full >= 0) & np.isfinite(full)) | ~np.all((replicates >= 0) & np.isfinite(replicates), axis=1)
    if bad.any():
        msg = "a weight or replicate weight is negative or not a number; give numbers of at least 0"
        raise DesignError(msg, part="weights", row=int(np.argmax(bad)))
    scales = (
        np.ones(replicates.shape[1]) if replicate_scales is None else np.asarray(replicate_scales, dtype=np.float64)
    )
    if scales.shape != replicates.shape[1:]:
        msg = (
            f"there are {replicates.shape[1]} replicate weights and {scales.size} replicate_scales; give one scale each"
        )
        raise DesignError(msg, part="weights")
    degrees = float(np.linalg.matrix_rank(replicates) - 1) if degrees_of_freedom is None else degrees_of_freedom
    return ReplicateDesign(full, replicates, scale, scales, degrees, around_estimate)
