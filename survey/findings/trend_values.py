"""The frozen values of a trend and of a comparison; as in ``values``, nothing is rounded here."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import Estimate
from survey.findings.values import AgencyName, Count, Measures, WaveName, Wording


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a figure against an earlier one, or of an agency against the mean of its kind.

    ``words``: improved, declined, no_evidence, not_comparable, new – or higher, lower, no_evidence.  ``difference`` is
    None where nothing can be compared.
    """

    difference: Estimate | None
    words: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave of a trend.

    ``index`` is the statistic of its method edition, 0–1.  ``breaks`` say why it cannot be compared with the closed
    wave before it: questionnaire, method, sample, unit.  ``against`` is the wave it is compared with, and
    ``joined`` says that this is the wave right before it, to which a line may be drawn.  ``channels_moved``: the mix of
    channels is another one, and part of a change may come from that.
    """

    wave: WaveName
    is_closed: bool
    index: Estimate | None
    overall: Measures
    channels: tuple[Count, ...]
    breaks: tuple[str, ...]
    against: WaveName | None
    joined: bool
    channels_moved: bool
    change: Verdict


@dataclass(frozen=True, slots=True)
class ElementChange:
    """One element in the latest closed wave and in the one it is compared with."""

    name: Wording
    before: Estimate | None
    after: Estimate | None
    change: Verdict


@dataclass(frozen=True, slots=True)
class AgencyTrend:
    """The waves of an agency, oldest first, and what changed between its last two closed ones.

    ``comparisons`` and ``element_comparisons`` are the sizes of the two families that Holm's rule holds together.
    ``earlier`` counts waves that are left out because they are too many.
    """

    agency: AgencyName
    points: tuple[TrendPoint, ...]
    elements: tuple[ElementChange, ...]
    elements_of: WaveName | None
    elements_against: WaveName | None
    confidence_level: float
    smallest_n: int
    comparisons: int
    element_comparisons: int
    earlier: int


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One figure of an agency beside the mean of its kind, each agency counting alike.

    ``mean`` rests on ``agencies`` with a figure of their own; its n is that of all their respondents.  It is None
    where it would tell what a single other agency has.
    """

    name: Wording
    own: Estimate | None
    mean: Estimate | None
    agencies: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """An agency beside the others of its kind right under the same body, in one wave.

    ``kind_size`` counts them, the agency among them, with or without figures.  The first line is the whole, then come
    the elements.  ``has_verdicts`` is False until the wave is closed.
    """

    agency: AgencyName
    wave: WaveName
    kind_size: int
    fewest_others: int
    confidence_level: float
    has_verdicts: bool
    lines: tuple[ComparisonLine, ...]
