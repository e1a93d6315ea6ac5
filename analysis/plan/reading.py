"""From TOML to a checked plan: every key is known, of its type, and fits the others."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from analysis.multiplicity import ADJUSTMENTS
from analysis.plan.design_keys import DesignPlan, read_design
from analysis.plan.errors import PlanError
from analysis.plan.keys import Keys, Mapping, Value
from analysis.share_intervals import SHARE_INTERVALS

STATISTICS = ("share", "mean", "total", "ratio", "distribution", "quantile")


@dataclass(frozen=True, slots=True)
class Question:
    """What an answer is and which rows are asked: common to estimates, changes and rankings."""

    name: str
    outcome: str
    satisfied: tuple[Value, ...]
    missing: tuple[Value, ...]
    scale: tuple[float, float] | None
    where: dict[str, tuple[Value, ...]]
    statistic: str


@dataclass(frozen=True, slots=True)
class EstimatePlan:
    """One table of estimates."""

    question: Question
    by: tuple[str, ...]
    interval: str
    denominator: str | None
    quantile: float


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """A comparison between two values of a column, in every domain."""

    question: Question
    column: str
    earlier: Value
    later: Value
    by: tuple[str, ...]
    adjust: str
    family: str
    comparable: bool


@dataclass(frozen=True, slots=True)
class RankingPlan:
    """A league table."""

    question: Question
    units: str
    sets: str
    method: str
    seed: int | None
    draws: int
    interval: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the file says."""

    data: str
    confidence_level: float
    delimiter: str
    decimal: str
    design: DesignPlan
    estimates: tuple[EstimatePlan, ...]
    changes: tuple[ChangePlan, ...]
    rankings: tuple[RankingPlan, ...]


def read_plan(content: bytes, *, file: str) -> Plan:
    """Read a plan.

    Args:
        content: Of the TOML file.
        file: Its name, for messages.

    Raises:
        PlanError: Anything that is not as it must be, with its remedy.
    """
    top = Keys(_parse(content, file), file, "the plan")
    common = {"missing": top.values("missing"), "scale": top.pair("scale")}
    confidence_level = top.number("confidence_level", 0.95)
    if not 0 < confidence_level < 1:
        top.refuse("confidence_level", f"is {confidence_level:g}; give a share such as 0.95")
    plan = Plan(
        data=top.required_text("data"),
        confidence_level=confidence_level,
        delimiter=top.choice("delimiter", (",", ";", "\t"), ","),
        decimal=top.choice("decimal", (".", ","), "."),
        design=read_design(top.table("design")),
        estimates=tuple(_read_estimate(keys, common) for keys in top.tables("estimate")),
        changes=tuple(_read_change(keys, common) for keys in top.tables("change")),
        rankings=tuple(_read_ranking(keys, common) for keys in top.tables("ranking")),
    )
    top.finish()
    if not (plan.estimates or plan.changes or plan.rankings):
        msg = "the plan asks for nothing; add an [[estimate]], a [[change]] or a [[ranking]]"
        raise PlanError(msg, file=file)
    return plan


def _parse(content: bytes, file: str) -> Mapping:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        msg = "the plan is not UTF-8 text; save it as UTF-8"
        raise PlanError(msg, file=file) from error
    except tomllib.TOMLDecodeError as error:
        msg = f"the plan is not valid TOML ({error}); correct it there"
        raise PlanError(msg, file=file) from error


def _read_estimate(keys: Keys, common: Mapping) -> EstimatePlan:
    question = _read_question(keys, common, STATISTICS)
    is_share = question.statistic in {"share", "distribution"}
    allowed = SHARE_INTERVALS if is_share else ("woodruff",) if question.statistic == "quantile" else ("t",)
    default = "wilson" if is_share else allowed[0]
    plan = EstimatePlan(
        question=question,
        by=keys.texts("by"),
        interval=keys.choice("interval", allowed, default),
        denominator=keys.text("denominator"),
        quantile=keys.number("quantile", 0.5),
    )
    keys.finish()
    if (plan.denominator is None) == (question.statistic == "ratio"):
        remedy = (
            "is missing; name the column to divide by" if plan.denominator is None else "is for a ratio; leave it out"
        )
        keys.refuse("denominator", remedy)
    if not 0 < plan.quantile < 1:
        keys.refuse("quantile", f"is {plan.quantile:g}; give a share such as 0.5 for the median")
    return plan


def _read_change(keys: Keys, common: Mapping) -> ChangePlan:
    question = _read_question(keys, common, ("share", "mean"))
    between = keys.table("between")
    plan = ChangePlan(
        question=question,
        column=between.required_text("column"),
        earlier=between.required_value("from"),
        later=between.required_value("to"),
        by=keys.texts("by"),
        adjust=keys.choice("adjust", ("none", *ADJUSTMENTS, "bh"), "none"),
        family=keys.text("family") or "plan",
        comparable=keys.flag("comparable", default=True),
    )
    between.finish()
    keys.finish()
    if str(plan.earlier) == str(plan.later):
        keys.refuse("between", "compares a value with itself; give two different values")
    return plan


def _read_ranking(keys: Keys, common: Mapping) -> RankingPlan:
    question = _read_question(keys, common, ("share", "mean"))
    seed = keys.whole("seed")
    interval = SHARE_INTERVALS if question.statistic == "share" else ("t",)
    plan = RankingPlan(
        question=question,
        units=keys.required_text("units"),
        sets=keys.choice("sets", ("simultaneous", "marginal"), "simultaneous"),
        method=keys.choice("method", ("bootstrap", "pairwise"), "pairwise" if seed is None else "bootstrap"),
        seed=seed,
        draws=keys.whole("draws") or 1000,
        interval=keys.choice("interval", interval, interval[0]),
    )
    keys.finish()
    if plan.method == "bootstrap" and plan.seed is None:
        keys.refuse("seed", "is missing; give a whole number, so that the same plan gives the same sets")
    return plan


def _read_question(keys: Keys, common: Mapping, statistics: tuple[str, ...]) -> Question:
    outcome = keys.required_text("outcome")
    satisfied = keys.values("satisfied") or ()
    statistic = keys.choice("statistic", statistics, "share" if satisfied else "mean")
    own_missing = keys.values("missing")
    question = Question(
        name=keys.text("name") or outcome,
        outcome=outcome,
        satisfied=satisfied,
        missing=(common["missing"] or ()) if own_missing is None else own_missing,
        scale=keys.pair("scale") or common["scale"],
        where={column: _as_values(value) for column, value in keys.table("where").rest().items()},
        statistic=statistic,
    )
    if statistic == "share" and not satisfied:
        keys.refuse("satisfied", "is missing; say which values count as satisfied, such as [4, 5]")
    if satisfied and statistic in {"mean", "distribution", "quantile"}:
        keys.refuse("satisfied", f"does not go with a {statistic}; leave it out, or ask for the share")
    return question


def _as_values(value: object) -> tuple[Value, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(items)
