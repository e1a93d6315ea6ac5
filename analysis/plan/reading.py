"""From TOML to a checked plan: every key is known, of its type, and fits the others."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from analysis.design import LONELY_STRATUM
from analysis.multiplicity import ADJUSTMENTS
from analysis.plan.errors import PlanError
from analysis.share_intervals import SHARE_INTERVALS

Value = str | int | float
Mapping = dict[str, Any]

STATISTICS = ("share", "mean", "total", "ratio", "distribution", "quantile")


@dataclass(frozen=True, slots=True)
class MarginPlan:
    """A known distribution to weight to: a column and the number of units in each of its categories."""

    column: str
    totals: dict[str, float]


@dataclass(frozen=True, slots=True)
class DesignPlan:
    """The columns that describe the sample; empty where it is a simple random one."""

    weights: str | None
    strata: str | None
    clusters: tuple[str, ...]
    population_sizes: tuple[str, ...]
    lonely_stratum: str
    degrees_of_freedom: str
    margins: tuple[MarginPlan, ...]


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
    top = _Keys(_parse(content, file), file, "the plan")
    common = {"missing": top.values("missing"), "scale": top.pair("scale")}
    confidence_level = top.number("confidence_level", 0.95)
    if not 0 < confidence_level < 1:
        top.refuse("confidence_level", f"is {confidence_level:g}; give a share such as 0.95")
    plan = Plan(
        data=top.required_text("data"),
        confidence_level=confidence_level,
        delimiter=top.choice("delimiter", (",", ";", "\t"), ","),
        decimal=top.choice("decimal", (".", ","), "."),
        design=_read_design(top.table("design")),
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


def _read_design(keys: _Keys) -> DesignPlan:
    design = DesignPlan(
        weights=keys.text("weights"),
        strata=keys.text("strata"),
        clusters=keys.texts("clusters"),
        population_sizes=keys.texts("population_sizes"),
        lonely_stratum=keys.choice("lonely_stratum", LONELY_STRATUM, "fail"),
        degrees_of_freedom=keys.choice("degrees_of_freedom", ("domain", "design"), "domain"),
        margins=tuple(_read_margin(margin) for margin in keys.tables("margin")),
    )
    keys.finish()
    return design


def _read_margin(keys: _Keys) -> MarginPlan:
    totals = keys.table("totals")
    margin = MarginPlan(keys.required_text("column"), {name: totals.number(name, 0.0) for name in list(totals.left)})
    keys.finish()
    if not margin.totals:
        keys.refuse("totals", "is missing; give the number of units in every category")
    return margin


def _read_estimate(keys: _Keys, common: Mapping) -> EstimatePlan:
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


def _read_change(keys: _Keys, common: Mapping) -> ChangePlan:
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


def _read_ranking(keys: _Keys, common: Mapping) -> RankingPlan:
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


def _read_question(keys: _Keys, common: Mapping, statistics: tuple[str, ...]) -> Question:
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


class _Keys:
    """The keys of one table of the plan; whatever is not asked for is unknown."""

    def __init__(self, mapping: Mapping, file: str, place: str) -> None:
        self.left = dict(mapping)
        self._known: list[str] = []
        self._file, self._place = file, place

    def refuse(self, key: str, problem: str) -> None:
        """Raise the error of a key."""
        msg = f"in {self._place}, {key} {problem}"
        raise PlanError(msg, file=self._file)

    def take(self, key: str) -> Any:  # noqa: ANN401 - TOML holds anything; the callers check
        """Return a key's value, None where it is not there."""
        self._known.append(key)
        return self.left.pop(key, None)

    def rest(self) -> Mapping:
        """Return everything that is left."""
        rest, self.left = self.left, {}
        for key, value in rest.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, bool) or not isinstance(item, str | int | float):
                    self.refuse(key, "must be a text or a number, or a list of them")
        return rest

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self.left:
            near = get_close_matches(key, self._known, n=1)
            self.refuse(key, f"is not known; {f'did you mean {near[0]}?' if near else 'leave it out'}")

    def text(self, key: str) -> str | None:
        """Return a text, None where it is not there."""
        value = self.take(key)
        if value is not None and (not isinstance(value, str) or not value):
            self.refuse(key, "must be a text in quotation marks")
        return value if value is None else str(value)

    def required_text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.text(key)
        if value is None:
            self.refuse(key, "is missing; add it")
        return str(value)

    def required_value(self, key: str) -> Value:
        """Return a text or number that must be there."""
        value = self.values(key)
        if value is None or len(value) != 1:
            self.refuse(key, "must be one text or number")
        return value[0] if value else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text is a list of one."""
        value = self.take(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) and item for item in items):
            self.refuse(key, "must be a text in quotation marks, or a list of them")
        return tuple(items)

    def values(self, key: str) -> tuple[Value, ...] | None:
        """Return a list of texts and numbers; None where it is not there."""
        value = self.take(key)
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in items):
            self.refuse(key, "must be a text or a number, or a list of them")
        return tuple(items)

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(key, "must be a number")
        return float(value)

    def whole(self, key: str) -> int | None:
        """Return a whole number of at least 0, None where it is not there."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.refuse(key, "must be a whole number of at least 0")
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, "must be true or false")
        return default if value is None else bool(value)

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of the allowed texts."""
        value = self.take(key)
        if value is None:
            return default
        if value not in allowed:
            self.refuse(key, f"is {value!r}; choose one of {', '.join(map(repr, allowed))}")
        return str(value)

    def pair(self, key: str) -> tuple[float, float] | None:
        """Return the lowest and the highest of a scale, None where it is not there."""
        value = self.values(key)
        if value is None:
            return None
        if len(value) != 2 or any(isinstance(end, str) for end in value) or not value[0] < value[1]:  # type: ignore[operator]  # noqa: PLR2004 - a scale has two ends, and both are numbers here
            self.refuse(key, "must be its lowest and highest value, such as [1, 5]")
        return float(value[0]), float(value[1])

    def table(self, key: str) -> _Keys:
        """Return a table inside this one, empty where it is not there."""
        value = self.take(key)
        if value is not None and not isinstance(value, dict):
            self.refuse(key, f"must be a table: [{key}] or {{ … }}")
        return _Keys(value or {}, self._file, f"[{key}]" if self._place == "the plan" else f"{self._place}, {key}")

    def tables(self, key: str) -> list[_Keys]:
        """Return a list of tables, empty where it is not there."""
        value = self.take(key)
        items = [] if value is None else value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.refuse(key, f"must be written as [[{key}]]")
        return [
            _Keys(item, self._file, f"[[{key}]] {item.get('name', number)}") for number, item in enumerate(items, 1)
        ]
