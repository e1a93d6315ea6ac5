"""What a check of a bundle found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree, and where; both languages."""

    place: str
    vi: str
    en: str

    def text(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.en if language == "en" else self.vi


@dataclass
class Verification:
    """What a check found: how much agrees, and everything that does not.

    ``files`` agree with the manifest, ``documents`` were made again, ``figures`` were made anew.  ``unchecked`` counts
    what nothing in the bundle tells how to make, by where it stands; ``set_otherwise`` PDF files that another release
    of the software has set.  ``has_counts``: the figures are made from counts; ``has_gaps``: but for those of earlier
    surveys that were estimated from their answers.
    """

    release: dict[str, Any]
    bundle_sha256: str
    files: int = 0
    documents: int = 0
    figures: int = 0
    has_counts: bool = True
    has_gaps: bool = False
    set_otherwise: int = 0
    faults: list[Fault] = field(default_factory=list)
    unchecked: dict[str, int] = field(default_factory=dict)

    def fault(self, place: str, vi: str, en: str) -> None:
        """Note something that does not agree."""
        self.faults.append(Fault(place, vi, en))

    def skipped(self, place: str) -> None:
        """Count a figure that cannot be made anew."""
        self.unchecked[place] = self.unchecked.get(place, 0) + 1
