"""Which survey a release is of: its name and year, as pages, results and the ledger of points call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey.models.releases import Release


@dataclass(frozen=True, slots=True)
class NamedSurvey:
    """A survey behind a release; ``reason`` says why it stands for another year than its own."""

    name: str
    name_en: str
    year: int
    reason: str = ""

    @property
    def basis(self) -> dict[str, object]:
        """Return what a score keeps of it."""
        kept: dict[str, object] = {"survey": self.name, "survey_en": self.name_en, "year": self.year}
        return kept | ({"reason": self.reason} if self.reason else {})

    def told(self, release: str) -> str:
        """Return how the ledger names it."""
        whole = self.name if str(self.year) in self.name else f"{self.name}, năm {self.year}"
        return f"{whole} (công bố {release})" + (f". {self.reason}" if self.reason else "")


def named_survey(release: Release, *, reason: str = "") -> NamedSurvey:
    """Return the wave of a release, or the year that it adds up."""
    if release.wave is not None:
        wave = release.wave
        return NamedSurvey(wave.name, wave.name_en or wave.name, wave.index_year, reason)
    year = release.year or 0
    return NamedSurvey(f"Tổng hợp năm {year}", f"Summary of {year}", year, reason)


def survey_in(basis: Mapping[str, Any] | None) -> NamedSurvey | None:
    """Return the survey that a score names; None where it names none, or was written before it did."""
    if not basis or "survey" not in basis:
        return None
    return NamedSurvey(basis["survey"], basis["survey_en"], basis["year"], basis.get("reason", ""))
