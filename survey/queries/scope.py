"""What an official may see and do: the one rule, asked by every page, export and job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from survey.models.accounts import Grant
from survey.models.agencies import Agency

# Every role reads its subtree; only these run surveys in it.
RUNS_SURVEYS: Final = frozenset({"survey_manager", "administrator"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The grants of one official as pairs of agency path and role; a subtree is a prefix of the path."""

    grants: tuple[tuple[str, str], ...]

    def reads(self, path: str) -> bool:
        """Return whether the agency at ``path`` lies in a subtree of the official's."""
        return any(path.startswith(root) for root, _ in self.grants)

    def runs_surveys(self, path: str) -> bool:
        """Return whether the official runs surveys for the agency at ``path``."""
        return any(role in RUNS_SURVEYS and path.startswith(root) for root, role in self.grants)

    def stands_above(self, path: str) -> bool:
        """Return whether he runs surveys from above it: nobody sets N for, excludes from or releases his own body.

        The root of a tree has nobody above it and is run from itself.
        """
        return any(
            role in RUNS_SURVEYS and path.startswith(root) and (path != root or _is_root(path))
            for root, role in self.grants
        )

    def concerns(self, path: str) -> bool:
        """Return whether something run at ``path`` reaches the official: from above him, or within his subtree."""
        return any(path.startswith(root) or root.startswith(path) for root, _ in self.grants)

    def agencies(self) -> ColumnElement[bool]:
        """Return the condition on ``Agency`` that every list of agencies carries."""
        return or_(false(), *(Agency.path.startswith(root, autoescape=True) for root, _ in self.grants))


def _is_root(path: str) -> bool:
    return path.count("/") == 1


def get_scope(session: Session, *, official_id: UUID) -> Scope:
    """Return what the official may see; an official without grants sees nothing."""
    statement = (
        select(Agency.path, Grant.role)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Grant.official_id == official_id)
        .order_by(Agency.path, Grant.role)
    )
    return Scope(grants=tuple((path, role) for path, role in session.execute(statement)))
