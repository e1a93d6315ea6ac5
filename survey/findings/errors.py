"""What findings say when they cannot be made: a sentence in both languages."""

from __future__ import annotations


class FindingsError(Exception):
    """Figures cannot be made as asked; ``text(language)`` says why and what to do."""

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en

    def text(self, language: str) -> str:
        """Return the sentence in ``language``; Vietnamese unless that is ``en``."""
        return self.en if language == "en" else self.vi
