"""What an official may see and do: the one rule, asked by every page, export and job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from survey.models.accounts import Grant
from survey.models.agencies import Agency

# Every role reads its subtree.  Whatever else may be done there is one of these abilities, each with the roles that
# have it; docs/security.md says in a table what they comprise.
MANAGES: Final = frozenset({"agency_manager", "survey_manager", "administrator"})
RUNS_SURVEYS: Final = frozenset({"survey_manager", "administrator"})
ADMINISTERS: Final = frozenset({"administrator"})
AUDITS: Final = frozenset({"auditor", "administrator"})


@dataclass(frozen=True, slots=True)
class Scope:
    """The grants of one official as pairs of agency path and role; a subtree is a prefix of the path."""

    grants: tuple[tuple[str, str], ...]

    def reads(self, path: str) -> bool:
        """Return whether the agency at ``path`` lies in a subtree of the official's."""
        return any(path.startswith(root) for root, _ in self.grants)

    def manages(self, path: str) -> bool:
        """Return whether the official manages the agency at ``path``: its counters, slips and paper forms."""
        return self._may(MANAGES, path)

    def runs_surveys(self, path: str) -> bool:
        """Return whether the official runs surveys for the agency at ``path``."""
        return self._may(RUNS_SURVEYS, path)

    def administers(self, path: str) -> bool:
        """Return whether the official administers the agency at ``path``: its place in the tree, accounts, keys."""
        return self._may(ADMINISTERS, path)

    def administers_from_above(self, path: str) -> bool:
        """Return whether he administers from above it: no body decides itself whether it ends or where it belongs.

        The root of a tree has nobody above it and is administered from itself.
        """
        return any(
            role in ADMINISTERS and path.startswith(root) and (path != root or _is_root(path))
            for root, role in self.grants
        )

    def audits(self, path: str) -> bool:
        """Return whether the official reads what was done at the agency at ``path``."""
        return self._may(AUDITS, path)

    def holds(self, roles: frozenset[str], *, at_a_root: bool = False) -> bool:
        """Return whether he has one of the roles anywhere, or ``at_a_root``: on an agency with nobody above it."""
        return any(role in roles and (_is_root(root) or not at_a_root) for root, role in self.grants)

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

    def surveys_within(self, path: str) -> bool:
        """Return whether he runs surveys somewhere that something run at ``path`` reaches, or above it."""
        return any(
            role in RUNS_SURVEYS and (path.startswith(root) or root.startswith(path)) for root, role in self.grants
        )

    def agencies(self, roles: frozenset[str] | None = None) -> ColumnElement[bool]:
        """Return the condition on ``Agency`` that every list of agencies carries; ``roles`` narrow it."""
        roots = sorted({root for root, role in self.grants if roles is None or role in roles})
        return or_(false(), *(Agency.path.startswith(root, autoescape=True) for root in roots))

    def agencies_from_above(self) -> ColumnElement[bool]:
        """Return the condition on ``Agency`` that he runs surveys from above it, as ``stands_above`` says."""
        roots = sorted({root for root, role in self.grants if role in RUNS_SURVEYS})
        below = [and_(Agency.path.startswith(root, autoescape=True), Agency.path != root) for root in roots]
        tops = [root for root in roots if _is_root(root)]
        return or_(Agency.path.in_(tops), *below)

    def _may(self, roles: frozenset[str], path: str) -> bool:
        return any(role in roles and path.startswith(root) for root, role in self.grants)


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
