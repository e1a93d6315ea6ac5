"""The frozen values that carry every published figure.

A figure is an ``Estimate`` with its interval and n, or None: "không đủ số liệu".  Names come in Vietnamese and
English; shares and rates are 0–1, mean scores 1–5, points in points.  Nothing is rounded here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from analysis.results import Estimate
from survey.findings.form_values import FormCounts


@dataclass(frozen=True, slots=True)
class Wording:
    """A name or text in both languages; ``en`` falls back to ``vi``."""

    vi: str
    en: str

    def text(self, language: str) -> str:
        """Return the text in ``language``, Vietnamese where there is no such text."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the documents of an agency print at head and foot; what is empty is not set.

    ``signer_post`` and ``recipients`` hold a line for each line that is printed.
    """

    superior: Wording
    issuer: Wording
    place: str
    number: str
    symbol: str
    signer_post: Wording
    signer_name: str
    recipients: Wording


_NOTHING = Wording("", "")
NO_LETTERHEAD = Letterhead(_NOTHING, _NOTHING, "", "", "", _NOTHING, "", _NOTHING)


@dataclass(frozen=True, slots=True)
class AgencyName:
    """The agency a figure speaks of."""

    id: UUID
    code: str
    kind: str
    name: Wording
    parent_name: Wording | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class WaveName:
    """The fieldwork a figure comes from.  ``state``: planned, open, paused, closed.  ``release_version`` 0: draft.

    ``closes_on`` is the last day on which forms are, or were, handed out.
    """

    id: UUID
    code: str
    name: Wording
    sample_kind: str
    index_year: int
    state: str
    opens_on: date
    closes_on: date
    questionnaire: str
    questionnaire_edition: str
    questionnaire_sha256: str
    method_edition: str
    release_version: int

    @property
    def is_released(self) -> bool:
        """Return whether these figures are public; anything else is a marked draft."""
        return self.release_version > 0


@dataclass(frozen=True, slots=True)
class Measures:
    """What is said of an item, an element or the whole: both statistics, always.

    ``n`` counts respondents with a rating in it; ``no_opinion`` ratings withheld; ``levels`` counts of 1 to 5
    (ratings, not respondents); both are None together with the estimates where too few answered.  ``level_shares`` are
    their shares, each with its own interval: by the survey's design where it has one, else as counted; None where
    nothing tells of them, as in a ranking.
    """

    n: int | None
    share_satisfied: Estimate | None
    mean_score: Estimate | None
    levels: tuple[int, int, int, int, int] | None
    no_opinion: int | None
    level_shares: tuple[Estimate, ...] | None = None

    @property
    def is_suppressed(self) -> bool:
        """Return whether too few answered for anything to be said."""
        return self.share_satisfied is None


@dataclass(frozen=True, slots=True)
class ItemFindings:
    """One question."""

    code: str
    wording: Wording
    measures: Measures


@dataclass(frozen=True, slots=True)
class ElementFindings:
    """One element with its items."""

    code: str
    name: Wording
    measures: Measures
    items: tuple[ItemFindings, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """A bare count under a name: answers by channel, exclusions by rule."""

    code: str
    name: Wording
    count: int


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """The whole, for one counter, field of service or language."""

    dimension: str
    member: str
    name: Wording
    measures: Measures


@dataclass(frozen=True, slots=True)
class OptionFindings:
    """One option of a question that is not rated; without figures where it is withheld."""

    name: Wording
    count: int | None
    share: Estimate | None


@dataclass(frozen=True, slots=True)
class QuestionFindings:
    """How a question that is not rated was answered.  ``kind``: perception, expectation, demographic or reasons.

    ``n`` chose an option and ``no_opinion`` said they had none or would not say; both None where too few answered.
    Where ``several`` options could be chosen the shares add up to more than one.
    """

    code: str
    kind: str
    section: Wording
    wording: Wording
    several: bool
    n: int | None
    no_opinion: int | None
    options: tuple[OptionFindings, ...]


@dataclass(frozen=True, slots=True)
class ProofMeasures:
    """The whole of those who showed by a one-time code that they were served, and of all others."""

    with_code: Measures
    without_code: Measures


@dataclass(frozen=True, slots=True)
class Participation:
    """n of N.

    ``rate`` is None where N is unknown or covers another period; ``truth_low`` and ``truth_high`` bound the share
    satisfied of all N if the silent differed.
    """

    respondents: int
    population_size: int | None
    rate: float | None
    truth_low: float | None
    truth_high: float | None


@dataclass(frozen=True, slots=True)
class Points:
    """Index points of the satisfaction survey, cut by the rule; ``low``/``high`` at the ends of the interval.

    ``decimals`` are the rule's, in which points are printed.
    """

    value: float
    low: float
    high: float
    maximum: float
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class ElementPoints:
    """Points one element brings and loses, at the estimate."""

    code: str
    name: Wording
    value: float
    lost: float
    maximum: float


@dataclass(frozen=True, slots=True)
class AgencyFindings:
    """Everything a satisfaction report of one agency in one wave says.

    ``weighting``: ``"own"`` (its own answers), ``"pooled"`` (a subtree, by response), ``"population"`` (a subtree,
    by N) or ``"design"`` (a survey, by its strata, clusters and weights).  ``n`` respondents are in the figures;
    ``stored`` are stored live; the difference waits for the fold.  ``withdrawals`` were taken back by citizens,
    ``corrections`` entered by officials and erased by them.  ``is_final``: no figure can move any more.
    """

    agency: AgencyName
    wave: WaveName
    made_on: date
    folded_until: date | None
    weighting: str
    confidence_level: float
    smallest_n: int
    n: int | None
    stored: int
    participation: Participation
    overall: Measures
    overall_question: ItemFindings | None
    elements: tuple[ElementFindings, ...]
    breakdowns: tuple[BreakdownRow, ...]
    channels: tuple[Count, ...]
    verified: int | None
    exclusions: tuple[Count, ...]
    withdrawals: int
    points: Points | None
    element_points: tuple[ElementPoints, ...]
    questions: tuple[QuestionFindings, ...] = ()
    corrections: int = 0
    is_final: bool = False
    points_rule: Wording = Wording("", "")
    letterhead: Letterhead = NO_LETTERHEAD
    exclusion_effect: tuple[BreakdownRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Against the year before.  ``verdict``: improved, declined, no_evidence, not_comparable, new.

    Both are preview or earlier_open where a wave of this year, or of the year before, is not closed, and late where
    one is but late answers still come in.
    ``movement``: up, down, cannot_tell, same, not_comparable, new – real only where the rank sets do not overlap.
    """

    previous: Estimate | None
    difference: Estimate | None
    verdict: str
    previous_rank: int | None
    rank_change: int | None
    movement: str


@dataclass(frozen=True, slots=True)
class RankedAgency:
    """One line of the annual ranking.  Rank and set are None where the agency has too few answers to be ranked.

    ``proof`` is None where no answer came with a one-time code.  ``breaks`` say why it is not comparable with the
    period before: questionnaire, method, sample, unit.
    """

    agency: AgencyName
    participation: Participation
    overall: Measures
    elements: tuple[Measures, ...]
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    change: Change
    points: Points | None
    element_points: tuple[ElementPoints, ...]
    proof: ProofMeasures | None = None
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The root in one period of the series that ends with this one.

    ``index`` is the statistic of the method edition, 0–1.  ``breaks`` say why it cannot be compared with the period
    before it: questionnaire, method, sample, unit.  ``channels_moved``: the mix of channels is another one.
    """

    name: Wording
    year: int
    n: int
    index: Estimate | None
    overall: Measures
    elements: tuple[Measures, ...]
    channels: tuple[Count, ...]
    breaks: tuple[str, ...]
    channels_moved: bool
    change: Change


@dataclass(frozen=True, slots=True)
class FixedMix:
    """The change of the share satisfied, taken apart: what people said, and how they were reached.

    ``share`` is this period's under the mix of channels of the one before; ``within`` and ``mix`` add up to the change.
    """

    share: Estimate
    within: float
    mix: float


@dataclass(frozen=True, slots=True)
class AnnualFindings:
    """The SIPAS-style summary of a year, or of one ``wave``: every agency right under ``root``, best first.

    ``is_draft`` is False only where every wave of the year is released.  ``open_waves`` names waves of the year
    that are still running and therefore left out.  ``verified`` respondents had a one-time code; ``proof`` as above.
    ``by_channel`` is the whole by channel, empty where all answers came by one.  ``other_waves`` ask another form:
    they are no part of these figures and have a summary of their own.  Unranked agencies stand last.

    ``wave`` is None for a year.  ``against`` names what changes are measured against.  ``alike`` are runs of
    ``agencies``, first and last place counted from 0, of whom no two are proven different; runs may overlap.
    ``series`` ends with this period, oldest first.  ``answered`` counts the agencies with any answer.
    """

    root: AgencyName
    year: int
    made_on: date
    is_draft: bool
    waves: tuple[WaveName, ...]
    open_waves: tuple[Wording, ...]
    confidence_level: float
    smallest_n: int
    smallest_n_index: int
    weighting: str
    n: int
    participation: Participation
    overall: Measures
    overall_change: Change
    element_names: tuple[Wording, ...]
    elements: tuple[Measures, ...]
    agencies: tuple[RankedAgency, ...]
    score_up: int
    score_down: int
    rank_up: int
    rank_down: int
    rank_same: int
    channels: tuple[Count, ...]
    exclusions: tuple[Count, ...]
    withdrawals: int
    points_rule: Wording
    seed: int
    verified: int = 0
    proof: ProofMeasures | None = None
    by_channel: tuple[BreakdownRow, ...] = ()
    questions: tuple[QuestionFindings, ...] = ()
    other_waves: tuple[WaveName, ...] = ()
    wave: WaveName | None = None
    against: Wording | None = None
    forms: FormCounts | None = None
    element_changes: tuple[Change, ...] = ()
    by_field: tuple[BreakdownRow, ...] = ()
    by_group: tuple[BreakdownRow, ...] = ()
    series: tuple[PeriodFigures, ...] = ()
    alike: tuple[tuple[int, int], ...] = ()
    points: Points | None = None
    element_points: tuple[ElementPoints, ...] = ()
    fixed_mix: FixedMix | None = None
    items: tuple[ElementFindings, ...] = ()
    answered: int = 0
    folded_until: date | None = None
    letterhead: Letterhead = NO_LETTERHEAD
    corrections: int = 0
    exclusion_effect: tuple[BreakdownRow, ...] = ()
