"""The frozen values of a comparison of chosen agencies; as in ``values``, nothing is rounded here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.results import Estimate
from survey.findings.values import (
    NO_LETTERHEAD,
    AgencyName,
    Count,
    Letterhead,
    Measures,
    Participation,
    WaveName,
    Wording,
)


@dataclass(frozen=True, slots=True)
class ComparedAgency:
    """One of the agencies, with the figures of its own page."""

    agency: AgencyName
    participation: Participation
    overall: Measures
    elements: tuple[Measures, ...]
    channels: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class PairDifference:
    """One agency less another, by their places among the chosen ones.

    ``words``: higher, lower, no_evidence – or why nothing is said: open, late, too_few, nested (one lies below the
    other), design (both belong to one survey with a design and may share clusters).
    """

    first: int
    second: int
    difference: Estimate | None
    words: str


@dataclass(frozen=True, slots=True)
class ChosenComparison:
    """Chosen agencies side by side in one wave, by name, and every pair of them.

    ``issuer`` is the body whose document it is.  ``comparisons`` is the size of the family that Holm's rule holds
    together.  ``kinds_differ``: they are not all of one kind, and serve other cases.
    """

    issuer: AgencyName
    wave: WaveName
    made_on: date
    agencies: tuple[ComparedAgency, ...]
    element_names: tuple[Wording, ...]
    pairs: tuple[PairDifference, ...]
    confidence_level: float
    smallest_n: int
    weighting: str
    comparisons: int
    kinds_differ: bool
    letterhead: Letterhead = NO_LETTERHEAD
