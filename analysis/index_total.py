"""The total of an index: exact points by a rubric, and the interval that its survey part brings.

The official total is the sum of the cut points of all leaves, cut once more.  Only what a survey brings is uncertain.
A leaf whose condition is not met earns nothing, and is certain of it: what a survey brings to it moves neither the
interval nor the unrounded total (``SurveyPart.of``).
Its parts come as estimates of their unrounded points (of several elements of one survey: with their covariance, as in
``analysis.index_points``).  Surveys are independent of each other, so that the arms of their intervals are joined by
their squares (MOVER: Zou, G. Y. and Donner, A. 2008, Statistics in Medicine 27, 1693-1702).  The certain points are
added, each end is cut by the rule once, and the interval is widened to the official total where cutting put it outside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import isclose, isnan, nan, sqrt
from statistics import NormalDist
from typing import Final

from analysis.results import Estimate, Interval, exact_end
from analysis.rubric import NOTHING, WHOLE, ClassBand, Given, Group, Leaf, Rubric

# An estimate and exact points that differ by no more tell the same.
_SAME: Final = 1e-9


class SurveyMissingError(ValueError):
    """The survey part was not run, and the rubric says that there is then no total."""


@dataclass(frozen=True, slots=True)
class SurveyPart:
    """What one survey brings: its leaves, and an estimate of their points together, before any cut.

    ``ends`` are of each leaf's own value, at the same level.
    """

    leaves: tuple[str, ...]
    points: Estimate
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def standard_error(self) -> float:
        """Return the standard error, or what the interval implies where all answers were the same."""
        quantile = NormalDist().inv_cdf(0.5 + self.points.confidence_level / 2.0)
        implied = (self.points.ci.high - self.points.ci.low) / (2.0 * quantile)
        own = self.points.standard_error
        return implied if isnan(own) or own == 0.0 else own

    def of(self, leaves: Sequence[Leaf], values: Mapping[str, Fraction]) -> SurveyPart | None:
        """Return the part of some of its leaves that have a value; None where there are none.

        The estimate is of all leaves together and cannot be taken apart.  That of a single leaf is its own interval;
        of several it is made of the ends of all of them, each arm as long as at the level 1 - (1 - level) / leaves
        (Bonferroni, by normal quantiles): too wide rather than too narrow, whatever errors they share.  Where the ends
        of one are not known the arms stay as they were, too wide unless leaves err against each other.
        """
        if not leaves:
            return None
        codes, level = tuple(leaf.code for leaf in leaves), self.points.confidence_level
        value = float(sum((leaf.formula.earned(values[leaf.code], leaf.maximum) for leaf in leaves), NOTHING))
        below, above = self.points.value - self.points.ci.low, self.points.ci.high - self.points.value
        known = [(leaf, values[leaf.code], self.ends[leaf.code]) for leaf in leaves if leaf.code in self.ends]
        if len(known) == len(leaves):
            normal, each = NormalDist(), 1.0 - (1.0 - level) / len(leaves)
            longer = normal.inv_cdf(0.5 + each / 2.0) / normal.inv_cdf(0.5 + level / 2.0)
            ends = [_ends(leaf, own, both, longer) for leaf, own, both in known]
            below, above = value - sum(low for low, _ in ends), sum(high for _, high in ends) - value
        error = nan if known else self.points.standard_error
        ci = Interval(value - max(below, 0.0), value + max(above, 0.0))
        joint = replace(self.points, value=value, ci=ci, standard_error=error, method="bonferroni")
        return SurveyPart(codes, joint, {code: self.ends[code] for code in codes if code in self.ends})


def _ends(leaf: Leaf, value: Fraction, ends: tuple[float, float], longer: float) -> tuple[float, float]:
    """Return the points at the ends of a value whose arms are lengthened; more may be worse."""
    most = leaf.maximum if isinstance(leaf.formula, Given) else WHOLE
    arms = (exact_end(end, float(value), value) - value for end in ends)
    far = (min(max(value + arm * Fraction(longer), NOTHING), most) for arm in arms)
    if isinstance(leaf.formula, Given):
        low, high = sorted(far)
    else:
        low, high = sorted(leaf.formula.earned(end, leaf.maximum) for end in far)
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Component:
    """Points of an area, a criterion or a leaf.  ``points`` is None where nobody scored, or the survey was not run."""

    code: str
    points: Fraction | None
    maximum: Fraction

    @property
    def lost(self) -> Fraction | None:
        """Return the maximum less the points."""
        return None if self.points is None else self.maximum - self.points

    @property
    def index(self) -> Fraction | None:
        """Return the points as a share of the maximum, 0–1."""
        return None if self.points is None or not self.maximum else self.points / self.maximum


@dataclass(frozen=True, slots=True)
class IndexTotal:
    """The result of one agency.

    Attributes:
        points: Official, exact.
        low: Lower end of the interval, cut once; equal to the points where nothing is uncertain.
        high: Upper end, likewise.
        maximum: Of the rubric.
        unrounded: Before the survey parts and the total are cut.
        standard_error: Of the unrounded total; 0 where nothing is uncertain.
        areas: With all criteria and leaves below them in ``components``.
        components: By code: areas, criteria, leaves, bonus and penalty.
        bonus: Added.
        penalty: Taken off.
        unscored: Leaves that nobody scored; they count nothing.
        is_rescaled: Whether the rest stands for the maximum because the survey was not run.
    """

    points: Fraction
    low: Fraction
    high: Fraction
    maximum: Fraction
    unrounded: float
    standard_error: float
    areas: tuple[Component, ...]
    components: Mapping[str, Component]
    bonus: Fraction
    penalty: Fraction
    unscored: tuple[str, ...]
    is_rescaled: bool

    @property
    def index(self) -> Fraction:
        """Return the points as a share of the maximum, 0–1."""
        return self.points / self.maximum


@dataclass(frozen=True, slots=True)
class Classification:
    """A class and whether it is certain: ``possible`` are the classes within the interval, best first.

    None is below the lowest band.
    """

    code: str | None
    possible: tuple[str | None, ...]

    @property
    def is_certain(self) -> bool:
        """Return whether the interval lies within one class."""
        return len(self.possible) == 1


def index_total(
    rubric: Rubric,
    values: Mapping[str, Fraction],
    *,
    surveys: Sequence[SurveyPart] = (),
    survey_is_run: bool = True,
    without: Collection[str] = (),
) -> IndexTotal:
    """Count one agency's points; ``values`` are by leaf, what nobody scored is absent.

    ``without`` are leaves of a survey that too few of this agency's people answered: they are left out as all of them
    are where no survey was run.

    Raises:
        ScoreError: A leaf cannot take its value.
        SurveyMissingError: The survey was not run and the rubric refuses to go without.
        ValueError: A value or a survey part names a leaf that the rubric does not have, or a leaf twice.
    """
    _check_codes(rubric, values, surveys)
    if not survey_is_run and rubric.without_survey == "refuse":
        msg = "the survey part was not run, and the rubric has no rule for that"
        raise SurveyMissingError(msg)
    left_out = {leaf.code for leaf in rubric.counted if leaf.is_survey and (not survey_is_run or leaf.code in without)}
    scored = values.keys() - left_out
    own = {leaf.code: leaf.points(values[leaf.code]) for leaf in rubric.leaves if leaf.code in scored}
    met = _met(rubric, own)
    points = {code: one if code in met else NOTHING for code, one in own.items()}
    finish = _Finish.of(rubric, points, left_out=left_out)
    whole = [part for part in surveys if not left_out.intersection(part.leaves)]
    parts = [part for one in whole if (part := _that_counts(one, rubric, values, met)) is not None]
    uncertain = {code for part in parts for code in part.leaves}
    certain = _sum(points, [leaf for leaf in rubric.counted if leaf.code not in uncertain])
    unrounded = sum((_earned(rubric, part, values) for part in parts), NOTHING)
    middle, low, high = (certain + end for end in _joined(parts, unrounded))
    official = finish.official(_sum(points, rubric.counted))
    components = _components(rubric, points, left_out)
    return IndexTotal(
        points=official,
        low=min(finish.official(low), official),
        high=max(finish.official(high), official),
        maximum=rubric.maximum,
        unrounded=float(finish.before_cut(middle)),
        standard_error=float(finish.scale) * sqrt(sum(part.standard_error**2 for part in parts)),
        areas=tuple(components[area.code] for area in rubric.areas),
        components=components,
        bonus=finish.bonus,
        penalty=finish.penalty,
        unscored=tuple(leaf.code for leaf in rubric.counted if leaf.code not in {*values, *left_out}),
        is_rescaled=finish.scale != 1,
    )


def classified(bands: Sequence[ClassBand], total: IndexTotal) -> Classification:
    """Say the class of a total, and which classes its interval leaves open."""
    shares = [points / total.maximum for points in (total.low, total.points, total.high)]
    low, code, high = (_class(bands, share) for share in shares)
    order: list[str | None] = [band.code for band in sorted(bands, key=lambda band: -band.at_least)]
    order.append(None)
    return Classification(code, tuple(order[order.index(high) : order.index(low) + 1]))


@dataclass(frozen=True, slots=True)
class _Finish:
    """What is done to the points of the areas together, at the estimate as at the ends."""

    rubric: Rubric
    scale: Fraction
    bonus: Fraction
    penalty: Fraction

    @classmethod
    def of(cls, rubric: Rubric, points: Mapping[str, Fraction], *, left_out: set[str]) -> _Finish:
        """Work out what there is to add, to take off, and to scale by."""
        rest = rubric.maximum - sum((leaf.maximum for leaf in rubric.counted if leaf.code in left_out), NOTHING)
        scale = rubric.maximum / rest if left_out and rest and rubric.without_survey == "rescale" else Fraction(1)
        bonus, penalty = _sum(points, rubric.bonus), _sum(points, rubric.penalty)
        if rubric.bonus_maximum is not None:
            bonus = min(bonus, rubric.bonus_maximum)
        if rubric.penalty_maximum is not None:
            penalty = min(penalty, rubric.penalty_maximum)
        return cls(rubric, scale, bonus, penalty)

    def before_cut(self, earned: Fraction) -> Fraction:
        """Return the total of what the areas earned, never below 0."""
        total = max(earned * self.scale + self.bonus - self.penalty, NOTHING)
        return total if self.rubric.may_exceed else min(total, self.rubric.maximum)

    def official(self, earned: Fraction) -> Fraction:
        """Return the same, cut by the rule."""
        return self.rubric.cut.apply(self.before_cut(earned))


def _met(rubric: Rubric, own: Mapping[str, Fraction]) -> set[str]:
    """Return the scored leaves that count: all that they require has earned something, and what that requires."""
    leaves, found = {leaf.code: leaf for leaf in rubric.leaves}, dict[str, bool]()

    def is_met(code: str, asked: tuple[str, ...]) -> bool:
        if code in asked:
            msg = f"the leaves {', '.join((*asked, code))} require each other in a circle"
            raise ValueError(msg)
        if code not in found:
            needed = leaves[code].requires if code in leaves else ()
            found[code] = all(own.get(one, NOTHING) > 0 and is_met(one, (*asked, code)) for one in needed)
        return found[code]

    return {code for code in own if is_met(code, ())}


def _that_counts(
    part: SurveyPart, rubric: Rubric, values: Mapping[str, Fraction], met: Collection[str]
) -> SurveyPart | None:
    """Return a part without the leaves that earn nothing because their condition is not met, or nobody scored them."""
    leaves = [leaf for leaf in rubric.counted if leaf.code in part.leaves and leaf.code in met]
    return part if len(leaves) == len(part.leaves) else part.of(leaves, values)


def _earned(rubric: Rubric, part: SurveyPart, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact points of a part before any cut; those of its estimate where that is of something else."""
    found = [leaf for leaf in rubric.counted if leaf.code in part.leaves]
    exact = sum((leaf.formula.earned(values[leaf.code], leaf.maximum) for leaf in found), NOTHING)
    return exact if isclose(exact, part.points.value, abs_tol=_SAME) else Fraction(part.points.value)


def _sum(points: Mapping[str, Fraction], leaves: Sequence[Leaf]) -> Fraction:
    return sum((points.get(leaf.code, NOTHING) for leaf in leaves), NOTHING)


def _joined(parts: Sequence[SurveyPart], exact: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Return the points of independent surveys together, which are exactly these, and both ends of their interval."""
    middle = sum(part.points.value for part in parts)
    if len(parts) == 1:
        # Taken as they are: an end that is cut must not suffer from a difference and a root.
        ends = parts[0].points.ci.low, parts[0].points.ci.high
    else:
        below = sqrt(sum((part.points.value - part.points.ci.low) ** 2 for part in parts))
        above = sqrt(sum((part.points.ci.high - part.points.value) ** 2 for part in parts))
        ends = middle - below, middle + above
    low, high = (exact_end(end, middle, exact) for end in ends)
    return exact, low, high


def _components(rubric: Rubric, points: Mapping[str, Fraction], left_out: set[str]) -> dict[str, Component]:
    leaves = {
        leaf.code: Component(leaf.code, points.get(leaf.code), NOTHING if leaf.code in left_out else leaf.maximum)
        for leaf in rubric.leaves
    }
    return {group.code: _component(group, leaves) for group in rubric.groups()} | leaves


def _component(group: Group, leaves: Mapping[str, Component]) -> Component:
    own = [leaves[leaf.code] for leaf in group.leaves]
    known = [one.points for one in own if one.points is not None]
    maximum = sum((one.maximum for one in own), NOTHING)
    return Component(group.code, sum(known, NOTHING) if known else None, maximum)


def _class(bands: Sequence[ClassBand], share: Fraction) -> str | None:
    reached = [band for band in bands if share >= band.at_least]
    return max(reached, key=lambda band: band.at_least).code if reached else None


def _check_codes(rubric: Rubric, values: Mapping[str, Fraction], surveys: Sequence[SurveyPart]) -> None:
    known = {leaf.code: leaf for leaf in rubric.leaves}
    unknown = sorted(set(values) - set(known))
    if unknown:
        msg = f"the rubric has no leaf {', '.join(unknown)}"
        raise ValueError(msg)
    named = [code for part in surveys for code in part.leaves]
    wrong = sorted({code for code in named if code not in known or not known[code].is_survey or named.count(code) > 1})
    if wrong:
        msg = f"a survey part names {', '.join(wrong)}, which no survey brings, or twice"
        raise ValueError(msg)
