"""The frozen value of a round of the index: everything that a decision, a page or a file says of it.

Points are exact (``Fraction``); in JSON they are their text.  Only what a survey brought has an interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from analysis.results import Estimate
from survey.findings.index_values import RankSeries
from survey.findings.values import NO_LETTERHEAD, AgencyName, Letterhead, Wording


@dataclass(frozen=True, slots=True)
class IndexComponent:
    """Points of an area, a criterion or a leaf.  ``level``: area, criterion, leaf, bonus or penalty.

    ``points`` is None where the survey was not run, and in a draft where nobody scored; a decision makes that 0, and
    ``is_unscored`` then says so of a leaf.  ``low`` and ``high`` are of a survey's leaf.
    """

    code: str
    name: Wording
    level: str
    points: Fraction | None
    maximum: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    is_unscored: bool = False

    @property
    def lost(self) -> Fraction | None:
        """Return the maximum less the points, of a penalty what it takes off; no bonus is no loss."""
        if self.points is None or self.level == "bonus":
            return None
        return self.points if self.level == "penalty" else self.maximum - self.points


@dataclass(frozen=True, slots=True)
class ElementCost:
    """What one element of satisfaction costs: points lost, before any cut, with their interval; n rated it.

    Elements of one leaf add up to what it lost.  Where its formula goes in steps nobody can say whose the lost points
    are: without ``in_points`` the figures are the share, 0–1, that the element lacks to the highest step.
    """

    code: str
    name: Wording
    lost: float
    low: float
    high: float
    n: int
    in_points: bool = True


@dataclass(frozen=True, slots=True)
class IndexSurvey:
    """What a survey brought to an agency: points before any cut with both ends, and what they rest on.

    ``share`` is the share satisfied.  ``population`` and ``rate`` are None where N is not known for the period.
    ``elements`` cost points, the dearest first.
    """

    release: str
    n: int
    population: int | None
    rate: float | None
    verified_share: float | None
    share: Estimate | None
    points: float
    low: float
    high: float
    maximum: Fraction
    elements: tuple[ElementCost, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselinePart:
    """A body that went into this one: its points the year before, and its weight; all weights add up to 1."""

    code: str
    name: Wording
    points: Fraction
    weight: Fraction


@dataclass(frozen=True, slots=True)
class IndexChange:
    """Against the result of the year before.

    ``verdict``: rose, fell, same, no_evidence, not_comparable or new.  ``movement``: up, down, same, cannot_tell,
    not_comparable or new.  ``breaks`` say why something is not compared: rubric, survey, units, unit, unscored.
    ``common`` are the units among which the ranks of both years are compared, where these are not all of both tables.
    ``parts`` are there where ``previous`` is converted from the bodies that merged; ``weights``: population or equal.
    """

    previous: Fraction | None = None
    difference: Fraction | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = "new"
    previous_rank: int | None = None
    previous_of: int | None = None
    rank_change: int | None = None
    movement: str = "new"
    breaks: tuple[str, ...] = ()
    parts: tuple[BaselinePart, ...] = ()
    weights: str = ""
    common: int | None = None

    @property
    def is_converted(self) -> bool:
        """Return whether the baseline was worked out from the parts of a merged body."""
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class IndexAgency:
    """An agency's index.  ``rank`` is None where it is shown without one; ``note`` then says why.

    ``possible_classes`` are those within the interval, best first; "" is below the lowest.  ``too_few_answered``: a
    survey flowed in, and fewer people rated this agency than an index figure takes.
    """

    agency: AgencyName
    points: Fraction
    low: Fraction
    high: Fraction
    maximum: Fraction
    unrounded: float
    standard_error: float
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tied: int
    class_code: str
    possible_classes: tuple[str, ...]
    components: tuple[IndexComponent, ...]
    bonus: Fraction
    penalty: Fraction
    unscored: tuple[str, ...]
    is_rescaled: bool
    survey: IndexSurvey | None
    change: IndexChange
    joined_on: date | None = None
    left_on: date | None = None
    note: str = ""
    too_few_answered: bool = False

    @property
    def index(self) -> Fraction:
        """Return the points as a share of the maximum, 0–1."""
        return self.points / self.maximum

    @property
    def is_class_certain(self) -> bool:
        """Return whether the interval lies within one class."""
        return len(self.possible_classes) <= 1

    def component(self, code: str) -> IndexComponent | None:
        """Return an area, a criterion or a leaf by its code."""
        return next((one for one in self.components if one.code == code), None)

    def most_lost(self) -> tuple[IndexComponent, ...]:
        """Return the leaves that cost points, the dearest first; one that nobody scored costs its maximum."""
        leaves = [one for one in self.components if one.level == "leaf" and _lost(one) > 0]
        return tuple(sorted(leaves, key=lambda one: -_lost(one)))


@dataclass(frozen=True, slots=True)
class IndexClass:
    """A class: from this share of the maximum (0–1) on."""

    code: str
    name: Wording
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class ComponentSpread:
    """A component over all ranked agencies but those for which it is left out; what nobody scored counts 0.

    ``best`` and ``last`` are ids of agencies, several where equal; of a penalty, best are those with the least.
    ``asked`` is the mean of the maxima, less than the maximum where too few answered about some.
    """

    code: str
    name: Wording
    level: str
    maximum: Fraction
    mean: Fraction
    highest: Fraction
    best: tuple[UUID, ...]
    lowest: Fraction
    last: tuple[UUID, ...]
    asked: Fraction | None = None

    @property
    def lost(self) -> Fraction | None:
        """Return the points lost on average, of a penalty what it took off; no bonus is no loss."""
        if self.level == "bonus":
            return None
        return self.mean if self.level == "penalty" else (self.asked or self.maximum) - self.mean


@dataclass(frozen=True, slots=True)
class LeafWeakness:
    """A leaf in which agencies (by id) have nothing, or less than half; nothing is low too."""

    code: str
    name: Wording
    units: int
    nothing: tuple[UUID, ...]
    low: tuple[UUID, ...]
    mean_index: Fraction


@dataclass(frozen=True, slots=True)
class OutsideIndex:
    """An index of somebody else, beside ours and never in it: the units that are ours, each with its places."""

    code: str
    name: Wording
    publisher: str
    unit: str
    source: str
    units: tuple[RankSeries, ...]


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """How many rose, fell and stayed: by the sign of score and rank, and of these beyond what surveys leave open."""

    score_up: int = 0
    score_down: int = 0
    score_same: int = 0
    score_real_up: int = 0
    score_real_down: int = 0
    rank_up: int = 0
    rank_down: int = 0
    rank_same: int = 0
    rank_real_up: int = 0
    rank_real_down: int = 0
    common: int = 0


@dataclass(frozen=True, slots=True)
class SurveySource:
    """The survey that a round took its points from; ``reason`` says why one of another year stands for the round's."""

    name: Wording
    year: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IndexFindings:
    """A round of the index, ranked agencies first and best first, then those shown without a rank.

    ``version`` is 0 for a draft; ``note`` then is empty, and of a correction says why.  ``breaks`` against the year
    before hold for all, ``before_sha256`` are the frozen results compared with.  ``above_mean`` are ids of agencies.
    ``unscored_reason`` is why it was decided although some criteria had been scored by nobody.
    """

    root: AgencyName
    round_code: str
    name: Wording
    year: int
    version: int
    note: str
    decided_on: date | None
    made_on: date
    rubric: str
    rubric_sha256: str
    rubric_title: Wording
    applies_to: str
    maximum: Fraction
    decimals: int
    classes: tuple[IndexClass, ...]
    survey_is_run: bool
    release: str
    questionnaire: str
    method_edition: str
    confidence_level: float
    agencies: tuple[IndexAgency, ...]
    mean: Fraction
    above_mean: tuple[UUID, ...]
    components: tuple[ComponentSpread, ...]
    weaknesses: tuple[LeafWeakness, ...]
    element_costs: tuple[ElementCost, ...]
    before_year: int | None
    before_version: int | None
    breaks: tuple[str, ...]
    counts: IndexCounts
    outside: tuple[OutsideIndex, ...] = ()
    letterhead: Letterhead = NO_LETTERHEAD
    unscored_reason: str = ""
    before_sha256: tuple[str, ...] = ()
    survey_source: SurveySource | None = None

    @property
    def is_draft(self) -> bool:
        """Return whether nobody decided it yet."""
        return self.version == 0

    @property
    def ranked(self) -> tuple[IndexAgency, ...]:
        """Return the agencies that have a rank."""
        return tuple(row for row in self.agencies if row.rank is not None)

    def agency(self, agency_id: UUID) -> IndexAgency | None:
        """Return the line of an agency; codes are given again to other bodies, and two may be in one round."""
        return next((row for row in self.agencies if row.agency.id == agency_id), None)

    def class_name(self, code: str) -> Wording:
        """Return what a class is called; "" is below the lowest."""
        below = Wording("Chưa xếp loại", "Below the lowest class")
        return next((one.name for one in self.classes if one.code == code), below)


def _lost(one: IndexComponent) -> Fraction:
    return one.maximum if one.lost is None else one.lost
