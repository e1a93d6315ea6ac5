"""The sampling design: weights, strata, stages of clusters, and how many units each stage was drawn from.

A design holds the whole sample and stays whole: a domain is a set of rows inside it, never a smaller design.
Names of clusters are taken as nested within the stratum and the stage above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.intervals import Floats

Codes = NDArray[np.int64]

LONELY_STRATUM = ("fail", "remove", "certainty", "adjust", "average")


class DesignError(ValueError):
    """A design that cannot be.

    Attributes:
        part: What is wrong: ``"weights"``, ``"strata"``, ``"clusters"`` or ``"population_sizes"``.
        stage: Counted from 0; None where the part has no stages.
        row: The first row concerned, counted from 0; None where it is no single row.
    """

    def __init__(self, message: str, *, part: str, stage: int | None = None, row: int | None = None) -> None:
        """Keep the place beside the sentence, so that a reader of files can name column and line."""
        super().__init__(message)
        self.part = part
        self.stage = stage
        self.row = row


class Residual(Protocol):
    """What a calibration leaves of weighted values: their part that the known totals do not explain."""

    def __call__(self, weighted: Floats) -> Floats:
        """Return the residuals of an array of rows × columns."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of drawing.

    Attributes:
        group: Per row, the group within which its unit was drawn: the stratum, later the unit of the stage above.
        unit: Per row, the unit that was drawn, numbered through all groups.
        sampled: Per group, units drawn.
        sampled_share: Per group, drawn over available; 0 where the number available is not known.
        carried: Per group, the product of the sampled shares of the stages above.
    """

    group: Codes
    unit: Codes
    sampled: Floats
    sampled_share: Floats
    carried: Floats

    @property
    def is_lonely(self) -> NDArray[np.bool_]:
        """Return per group whether one unit was drawn of more, so that its variance cannot be seen."""
        return np.asarray((self.sampled == 1) & (self.sampled_share < 1.0) & (self.carried > 0.0))


@dataclass(frozen=True, slots=True)
class Design:
    """A sample with everything that its variance depends on; made by ``sampling_design``.

    Attributes:
        weights: Per row, positive or zero.
        stages: From the first on; at least one.
        lonely_stratum: What to do about a stratum with a single cluster, one of ``LONELY_STRATUM``.
        is_simple: True where no weights, strata, clusters or population sizes were given.
        is_clustered: True where the rows themselves are not the units of the first stage.
        residuals: What each calibration leaves, in the order in which they were made.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    lonely_stratum: str
    is_simple: bool
    is_clustered: bool
    residuals: tuple[Residual, ...] = field(default=())

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self.weights)

    @property
    def is_enumerated(self) -> NDArray[np.bool_]:
        """Return per row whether every stage took all there was, so that chance had no part in it."""
        taken = np.ones(self.size, dtype=np.bool_)
        for stage in self.stages:
            taken &= stage.sampled_share[stage.group] >= 1.0
        return taken

    def degrees_of_freedom(self) -> int:
        """Return the clusters of the first stage less their strata, counting rows with a weight."""
        return int(domain_degrees_of_freedom(self, np.zeros(self.size, dtype=np.int64), 1)[0])


def sampling_design(
    *,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: Sequence[ArrayLike] = (),
    population_sizes: Sequence[ArrayLike] = (),
    lonely_stratum: str = "fail",
    size: int | None = None,
) -> Design:
    """Describe a sample.

    Args:
        weights: One a row; None for the weights that the population sizes imply, or 1 where there are none.
        strata: One name a row, of the first stage; None for a single stratum.
        clusters: One array of names a stage; empty where the rows themselves were drawn.
        population_sizes: One array a stage, the units that were available to the drawing that took the row's unit;
            may stop before the last stage, the drawing is then taken as being with replacement.  One more than
            ``clusters`` makes the rows the last stage.
        lonely_stratum: One of ``LONELY_STRATUM``; ``"fail"`` raises here.
        size: Number of rows; needed only where nothing else tells it.

    Raises:
        DesignError: A weight that is negative or not a number, arrays of unequal length, a population size below
            the number drawn or not constant where it must be, a stratum with one cluster under ``"fail"``.
    """
    if lonely_stratum not in LONELY_STRATUM:
        msg = f"lonely_stratum is {lonely_stratum!r}; choose one of {', '.join(LONELY_STRATUM)}"
        raise DesignError(msg, part="strata")
    rows = _count_rows(weights, strata, clusters, population_sizes, size)
    if len(population_sizes) > len(clusters) + 1:
        msg = "there are more population sizes than stages; give one a stage"
        raise DesignError(msg, part="population_sizes")
    names = [np.asarray(stage) for stage in clusters]
    if not names or len(population_sizes) > len(names):
        names.append(np.arange(rows))
    stages = _draw_stages(rows, strata, names, [np.asarray(n, dtype=np.float64) for n in population_sizes])
    if lonely_stratum == "fail":
        _refuse_lonely(stages)
    implied = len(population_sizes) == len(stages)
    return Design(
        weights=_read_weights(weights, stages, rows, implied=implied),
        stages=stages,
        lonely_stratum=lonely_stratum,
        is_simple=weights is None and strata is None and not clusters and not population_sizes,
        is_clustered=bool(clusters),
    )


def domain_degrees_of_freedom(design: Design, domain: Codes, domains: int) -> Codes:
    """Return per domain the first-stage clusters less the strata that hold at least one of its rows with a weight.

    ``domain`` numbers the domain of each row from 0, -1 for none.  Never below 0.
    """
    stage = design.stages[0]
    inside = (domain >= 0) & (design.weights > 0)
    members, units, groups = domain[inside], stage.unit[inside], stage.group[inside]
    clusters = _count_distinct(units, members, domains)
    return np.asarray(np.maximum(clusters - _count_distinct(groups, members, domains), 0))


def domain_clusters(design: Design, domain: Codes, domains: int) -> Codes:
    """Return per domain the first-stage clusters that hold at least one of its rows with a weight."""
    inside = (domain >= 0) & (design.weights > 0)
    return _count_distinct(design.stages[0].unit[inside], domain[inside], domains)


def _count_distinct(codes: Codes, members: Codes, domains: int) -> Codes:
    pairs = np.sort(codes * domains + members)
    first = np.ones(len(pairs), dtype=np.bool_)
    first[1:] = pairs[1:] != pairs[:-1]
    return np.bincount(pairs[first] % domains, minlength=domains)


def _count_rows(
    weights: ArrayLike | None,
    strata: ArrayLike | None,
    clusters: Sequence[ArrayLike],
    population_sizes: Sequence[ArrayLike],
    size: int | None,
) -> int:
    given = [("weights", weights), ("strata", strata)]
    given += [("clusters", stage) for stage in clusters] + [("population_sizes", stage) for stage in population_sizes]
    lengths = {len(np.asarray(array)): part for part, array in given if array is not None}
    if size is not None:
        lengths.setdefault(size, "size")
    if len(lengths) > 1:
        msg = f"the columns of the design have {' and '.join(map(str, sorted(lengths)))} rows; give one value a row"
        raise DesignError(msg, part=list(lengths.values())[-1])
    rows = next(iter(lengths), 0)
    if rows == 0:
        msg = "the design has no rows; a sample needs at least one"
        raise DesignError(msg, part="weights")
    return rows


def _draw_stages(
    rows: int, strata: ArrayLike | None, names: list[NDArray[np.generic]], sizes: list[Floats]
) -> tuple[Stage, ...]:
    group = np.zeros(rows, dtype=np.int64) if strata is None else _number(np.asarray(strata))
    carried_rows = np.ones(rows)
    stages = []
    for index, name in enumerate(names):
        inner = _number(name)
        unit = _number(group * (int(inner.max()) + 1) + inner)
        groups = int(group.max()) + 1
        sampled = _count_distinct(unit, group, groups).astype(np.float64)
        if index < len(sizes):
            available = _constant_in_group(sizes[index], group, groups, index)
            _refuse_too_many(sampled, available, group, index)
            share = sampled / available
        else:
            share = np.zeros(groups)
        carried = np.zeros(groups)
        carried[group] = carried_rows
        stages.append(Stage(group, unit, sampled, share, carried))
        carried_rows = carried_rows * share[group]
        group = unit
    return tuple(stages)


def _number(names: NDArray[np.generic]) -> Codes:
    """Number the distinct names from 0, in their sorted order."""
    return np.asarray(np.unique(names, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def _constant_in_group(sizes: Floats, group: Codes, groups: int, stage: int) -> Floats:
    not_a_size = ~(sizes >= 1)
    if not_a_size.any():
        row = int(np.argmax(not_a_size))
        msg = f"the population size {sizes[row]:g} is no number of units; give the units that were available"
        raise DesignError(msg, part="population_sizes", stage=stage, row=row)
    available = np.zeros(groups)
    available[group] = sizes
    differs = available[group] != sizes
    if differs.any():
        row = int(np.argmax(differs))
        msg = "the population size differs within one drawing; give every row of a stratum or cluster the same"
        raise DesignError(msg, part="population_sizes", stage=stage, row=row)
    return available


def _refuse_too_many(sampled: Floats, available: Floats, group: Codes, stage: int) -> None:
    short = available < sampled
    if short.any():
        worst = int(np.argmax(short))
        row = int(np.argmax(group == worst))
        msg = (
            f"{sampled[worst]:g} units were drawn of a population of {available[worst]:g}; "
            "correct the population size or look for doubles"
        )
        raise DesignError(msg, part="population_sizes", stage=stage, row=row)


def _refuse_lonely(stages: tuple[Stage, ...]) -> None:
    for index, stage in enumerate(stages):
        lonely = stage.is_lonely
        if lonely.any():
            row = int(np.argmax(stage.group == int(np.argmax(lonely))))
            msg = (
                "only one unit was drawn here, which shows no variance; "
                'merge it with a neighbour or set lonely_stratum to "remove", "certainty", "adjust" or "average"'
            )
            raise DesignError(msg, part="strata" if index == 0 else "clusters", stage=index, row=row)


def _read_weights(weights: ArrayLike | None, stages: tuple[Stage, ...], rows: int, *, implied: bool) -> Floats:
    if weights is None:
        read = np.ones(rows)
        for stage in stages if implied else ():
            read = read / stage.sampled_share[stage.group]
        return read
    read = np.asarray(weights, dtype=np.float64)
    wrong = ~((read >= 0) & np.isfinite(read))
    if wrong.any():
        row = int(np.argmax(wrong))
        msg = f"the weight {read[row]:g} is negative or not a number; give a number of at least 0"
        raise DesignError(msg, part="weights", row=row)
    if not (read > 0).any():
        msg = "every weight is 0; at least one row must count"
        raise DesignError(msg, part="weights", row=0)
    return read
