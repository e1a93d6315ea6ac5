"""What a service says when it refuses: a sentence in Vietnamese and in English, naming the thing and the remedy."""

from __future__ import annotations


class ServiceError(Exception):
    """A refusal that an official can act upon.  Views and commands show ``text(language)``; nothing was written."""

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en

    def text(self, language: str) -> str:
        """Return the sentence in ``language``; Vietnamese unless that is ``en``."""
        return self.en if language == "en" else self.vi


class AgencyError(ServiceError):
    """An agency, a counter, a code or a service cannot be as asked."""


class WaveError(ServiceError):
    """A wave, its N or its release cannot be as asked."""


class EditionError(ServiceError):
    """A questionnaire edition or a method edition has faults, or can no longer change."""


class ImportRefusedError(ServiceError):
    """A file, a map or a plan of an import cannot be used at all; bad lines are not errors but findings."""


class AccountError(ServiceError):
    """An account, a password or a role cannot be as asked."""


class RubricError(ServiceError):
    """A rubric has faults, or can no longer change."""


class RoundError(ServiceError):
    """A round of the index, a score, a piece of evidence or an objection cannot be as asked."""
