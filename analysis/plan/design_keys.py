"""The design in a plan: every key is known, of its type, and fits the others."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from analysis.design import LONELY_STRATUM
from analysis.plan.keys import Keys


@dataclass(frozen=True, slots=True)
class MarginPlan:
    """A known distribution to weight to: a column and the number of units in each of its categories."""

    column: str
    totals: dict[str, float]


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """Columns of numbers whose weighted totals are known, and how far weights may change for them."""

    totals: dict[str, float]
    population: float | None
    distance: str
    bounds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ReplicatesPlan:
    """Replicate weights to make, or the columns that hold them."""

    kind: str
    columns: tuple[str, ...]
    scale: float
    replicate_scales: tuple[float, ...]
    degrees_of_freedom: float | None
    around_estimate: bool
    fay_rho: float
    replicates: int
    seed: int | None


@dataclass(frozen=True, slots=True)
class DesignPlan:
    """The columns that describe the sample; empty where it is a simple random one."""

    weights: str | None
    strata: str | None
    clusters: tuple[str, ...]
    population_sizes: tuple[str, ...]
    lonely_stratum: str
    degrees_of_freedom: str
    trim: tuple[float, float] | None
    margins: tuple[MarginPlan, ...]
    calibration: CalibrationPlan | None
    replicates: ReplicatesPlan | None


def read_design(keys: Keys) -> DesignPlan:
    """Read the design of a plan; an empty table is a simple random sample."""
    design = DesignPlan(
        weights=keys.text("weights"),
        strata=keys.text("strata"),
        clusters=keys.texts("clusters"),
        population_sizes=keys.texts("population_sizes"),
        lonely_stratum=keys.choice("lonely_stratum", LONELY_STRATUM, "fail"),
        degrees_of_freedom=keys.choice("degrees_of_freedom", ("domain", "design"), "domain"),
        trim=keys.pair("trim"),
        margins=tuple(_read_margin(margin) for margin in keys.tables("margin")),
        calibration=_read_calibration(keys.table("calibration")),
        replicates=_read_replicates(keys.table("replicates")),
    )
    keys.finish()
    if design.margins and design.calibration:
        keys.refuse("calibration", "does not go with margins; take one of them")
    if design.replicates is not None and (design.margins or design.calibration):
        keys.refuse(
            "margin" if design.margins else "calibration",
            "does not go with replicates; supply replicate weights that were calibrated each",
        )
    return design


def _read_calibration(keys: Keys) -> CalibrationPlan | None:
    if not keys.left:
        return None
    totals = keys.table("totals")
    plan = CalibrationPlan(
        totals={name: totals.number(name, 0.0) for name in list(totals.left)},
        population=keys.number("population", 0.0) or None,
        distance=keys.choice("distance", ("linear", "raking", "logit"), "linear"),
        bounds=keys.pair("bounds") or (-inf, inf),
    )
    keys.finish()
    if not plan.totals and plan.population is None:
        keys.refuse("totals", "is missing; give the known totals of columns of numbers")
    return plan


def _read_replicates(keys: Keys) -> ReplicatesPlan | None:
    if not keys.left:
        return None
    kind = keys.choice("kind", ("JK1", "JKn", "BRR", "bootstrap", "supplied"), "supplied")
    columns = keys.texts("columns")
    scales = keys.values("replicate_scales") or ()
    degrees = keys.number("degrees_of_freedom", 0.0)
    plan = ReplicatesPlan(
        kind=kind,
        columns=columns,
        scale=keys.number("scale", 0.0),
        replicate_scales=tuple(float(scale) for scale in scales if not isinstance(scale, str)),
        degrees_of_freedom=degrees or None,
        around_estimate=keys.flag("around_estimate", default=False),
        fay_rho=keys.number("fay_rho", 0.0),
        replicates=keys.whole("replicates") or 500,
        seed=keys.whole("seed"),
    )
    keys.finish()
    if (kind == "supplied") != bool(columns):
        keys.refuse(
            "columns", "holds supplied replicate weights, and those only; name their columns, or the kind to make"
        )
    if kind == "supplied" and plan.scale <= 0:
        keys.refuse("scale", "must be above 0; take what the supplier of the weights states")
    if kind == "bootstrap" and plan.seed is None:
        keys.refuse("seed", "is missing; give a whole number, so that the same plan gives the same weights")
    if not 0.0 <= plan.fay_rho < 1.0:
        keys.refuse("fay_rho", f"is {plan.fay_rho:g}; give a share of at least 0 and below 1")
    return plan


def _read_margin(keys: Keys) -> MarginPlan:
    totals = keys.table("totals")
    margin = MarginPlan(keys.required_text("column"), {name: totals.number(name, 0.0) for name in list(totals.left)})
    keys.finish()
    if not margin.totals:
        keys.refuse("totals", "is missing; give the number of units in every category")
    return margin
