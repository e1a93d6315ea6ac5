"""The frozen values of a history: a body's figures over the years, as it was or converted to today's map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from survey.findings.values import AgencyName, Measures, WaveName, Wording

View: TypeAlias = Literal["as_was", "today"]
Status: TypeAlias = Literal["own", "converted", "incomplete", "not_comparable"]


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """One body behind a figure, under its name of the time.

    ``n`` answers are in its figure, 0 where nobody answered, None where the figure is withheld.  ``population_size``
    is N as far as it covers the period; ``weight`` (0-1) is what the part counts in the whole, None in a line without
    a figure.
    """

    agency: AgencyName
    n: int | None
    population_size: int | None
    weight: float | None
    overall: Measures


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One figure of a history; withheld as any other where too few answered.

    ``status``: ``own`` (the body's own answers, also under a former name, code or place); ``converted`` ("số liệu quy
    đổi": from ``parts`` by their weights, N where ``weighting`` is "population", answers where it is "answers");
    ``incomplete`` (a part has no figure, so there is none of the whole); ``not_comparable`` (its territory was in part
    another body's: ``parts`` names those).  Two lines may be compared only where ``edition`` agrees.
    ``is_of_before``: the body began while the fieldwork ran and has no figure of its own yet, so that this is of those
    before it alone.  ``basis`` says how the one body's own figure came about, as ``AgencyFindings.weighting`` does.
    """

    year: int
    waves: tuple[WaveName, ...]
    agency: AgencyName
    status: Status
    weighting: Literal["", "population", "answers"]
    edition: str
    parts: tuple[HistoryPart, ...]
    overall: Measures
    element_names: tuple[Wording, ...]
    elements: tuple[Measures, ...]
    is_of_before: bool = False
    basis: str = ""

    @property
    def is_converted(self) -> bool:
        """Return whether the figure must be marked "số liệu quy đổi"."""
        return self.status == "converted"


@dataclass(frozen=True, slots=True)
class AgencyHistory:
    """The figures of a body, latest first."""

    agency: AgencyName
    view: View
    lines: tuple[HistoryLine, ...]
