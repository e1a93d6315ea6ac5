"""What the JSON of a rubric edition means: its words, and the numbers that ``analysis.rubric`` counts by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Self

from analysis.rubric import (
    Bands,
    ClassBand,
    Cut,
    Formula,
    Given,
    Group,
    Leaf,
    Linear,
    Rounding,
    Rubric,
    Share,
    Step,
    WithoutSurvey,
    YesNo,
)
from survey.models.editions import Text

# Who gives the value of a leaf; the agency gives it first and appraisers after it where it assesses itself.
SOURCES: Final = ("self_assessment", "appraisal", "satisfaction", "survey", "indicator")
SURVEY_SOURCES: Final = ("satisfaction", "survey")
FORMULAS: Final = ("points", "share", "linear", "bands", "yes_no")
ROUNDINGS: Final = ("truncate", "round", "none")
WITHOUT_SURVEY: Final = ("rescale", "zero", "refuse")
DEFAULT_DECIMALS: Final = 2
DEFAULT_ROUNDING: Final[Rounding] = "truncate"
ONE_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class LeafContent:
    """What is scored, with its words.

    ``path`` are the codes of the area and the criterion above it; ``kind`` is area, bonus or penalty.  ``element`` is
    the element of a satisfaction survey, empty for all of them pooled; ``indicator`` and ``survey`` name what brings
    it.  ``guide`` says how it is judged.
    """

    code: str
    name: Text
    guide: Text
    kind: str
    path: tuple[str, ...]
    source: str
    element: str
    indicator: str
    survey: str
    rule: Leaf

    @property
    def is_judged(self) -> bool:
        """Return whether people score it, rather than a survey or an indicator."""
        return self.source in {"self_assessment", "appraisal"}


@dataclass(frozen=True, slots=True)
class RubricContent:
    """An edition: ``rule`` is what is counted, ``names`` are of areas, criteria and classes, ``leaves`` in order."""

    rubric: str
    edition: str
    year: int
    title: Text
    applies_to: str
    rule: Rubric
    names: Mapping[str, Text]
    class_names: Mapping[str, Text]
    leaves: Mapping[str, LeafContent]

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Self:
        """Read the JSON of an edition that was checked when it was loaded."""
        read = _Reader(content)
        areas = tuple(read.group(area, (), "criteria") for area in content["areas"])
        bonus, penalty = (
            tuple(read.leaf(one, (), kind) for one in content.get(kind, [])) for kind in ("bonus", "penalty")
        )
        bands = content.get("bands", [])
        return cls(
            rubric=content["rubric"],
            edition=content["edition"],
            year=content["year"],
            title=content["title"],
            applies_to=content["applies_to"],
            rule=Rubric(
                areas=areas,
                cut=read.cut,
                without_survey=read.without_survey,
                bands=tuple(ClassBand(one["code"], exact(one["at_least"]) / ONE_HUNDRED) for one in bands),
                bonus=bonus,
                penalty=penalty,
                bonus_maximum=_limit(content, "bonus_maximum"),
                penalty_maximum=_limit(content, "penalty_maximum"),
                may_exceed=content.get("may_exceed", False),
            ),
            names=read.names,
            class_names={one["code"]: one["name"] for one in bands},
            leaves=read.leaves,
        )

    def name(self, code: str, language: str) -> str:
        """Return what an area, a criterion or a leaf is called, in Vietnamese where there is no other."""
        text = self.names[code] if code in self.names else self.leaves[code].name
        return text.get(language) or text["vi"]


class _Reader:
    """Reads the tree, and notes the words of what it comes by."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.cut = _cut(content, Cut(DEFAULT_DECIMALS, DEFAULT_ROUNDING))
        self.without_survey: WithoutSurvey = content.get("without_survey", "refuse")
        self.names: dict[str, Text] = {}
        self.leaves: dict[str, LeafContent] = {}

    def group(self, table: Mapping[str, Any], above: tuple[str, ...], below: str) -> Group:
        """Read an area or a criterion that has parts; ``below`` is where its members stand."""
        code = table["code"]
        self.names[code] = table["name"]
        path = (*above, code)
        return Group(
            code,
            tuple(
                self.group(one, path, "parts") if one.get("parts") else self.leaf(one, path, "area")
                for one in table[below]
            ),
        )

    def leaf(self, table: Mapping[str, Any], path: tuple[str, ...], kind: str) -> Leaf:
        """Read what is scored."""
        rule = Leaf(
            code=table["code"],
            maximum=exact(table["maximum"]),
            formula=formula_of(table.get("formula", {})),
            cut=_cut(table, self.cut),
            is_survey=table["source"] in SURVEY_SOURCES,
            requires=tuple(table.get("requires", ())),
        )
        words = {key: table.get(key, "") for key in ("element", "indicator", "survey")}
        self.leaves[rule.code] = LeafContent(
            rule.code, table["name"], table.get("guide", {}), kind, path, table["source"], **words, rule=rule
        )
        return rule


def exact(number: object) -> Fraction:
    """Return a number of a file, "2.50", 2 or 2.5, exactly as it is written.

    Raises:
        ValueError: It is no number.

    """
    if isinstance(number, bool) or not isinstance(number, str | int | float):
        msg = f"{number!r} is no number"
        raise ValueError(msg)  # noqa: TRY004 -- whoever reads a file catches one kind of error
    return Fraction(str(number).strip())


def formula_of(formula: Mapping[str, Any]) -> Formula:
    """Read the formula of a leaf; without one the points are given.

    Raises:
        ValueError: Its numbers do not make a formula.
        KeyError: A number that it needs is missing.

    """
    kind = formula.get("kind", "points")
    if kind == "share":
        return Share()
    if kind == "yes_no":
        return YesNo()
    if kind == "linear":
        return Linear(exact(formula["nothing_at"]), exact(formula["all_at"]))
    if kind == "bands":
        downwards = "at_most" in formula["steps"][0]
        limit = "at_most" if downwards else "at_least"
        return Bands(tuple(Step(exact(one[limit]), exact(one["points"])) for one in formula["steps"]), downwards)
    return Given(exact(formula["step"]) if "step" in formula else None)


def _cut(table: Mapping[str, Any], default: Cut) -> Cut:
    return Cut(table.get("decimals", default.decimals), table.get("rounding", default.rounding))


def _limit(content: Mapping[str, Any], key: str) -> Fraction | None:
    return exact(content[key]) if key in content else None
