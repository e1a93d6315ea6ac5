"""Officials with their roles, and the agency a code means today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency


@dataclass(frozen=True, slots=True)
class OfficialLine:
    """One official; ``roles`` are pairs of agency code and role."""

    email: str
    name: str
    active: bool
    roles: tuple[tuple[str, str], ...]


def list_officials(session: Session) -> list[OfficialLine]:
    """List every official by e-mail, with his roles by agency code."""
    statement = (
        select(Official).options(selectinload(Official.grants).joinedload(Grant.agency)).order_by(Official.email)
    )
    return [
        OfficialLine(
            email=official.email,
            name=official.name,
            active=official.active,
            roles=tuple(sorted((grant.agency.code, grant.role) for grant in official.grants)),
        )
        for official in session.scalars(statement)
    ]


def find_official_by_session(session: Session, named: str) -> Official | None:
    """Return the official whose sessions carry this name, unless his account is closed."""
    return session.scalar(select(Official).where(Official.fs_uniquifier == named, Official.active.is_(True)))


def holds_any_role(session: Session, official_id: UUID, roles: Collection[str]) -> bool:
    """Return whether an official has one of the roles on an agency that really exists; the demo's do not."""
    statement = (
        select(Grant.id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Grant.official_id == official_id, Grant.role.in_(roles), Agency.is_demo.is_(False))
    )
    return session.scalar(statement.limit(1)) is not None


def find_agency_by_code(session: Session, code: str) -> Agency | None:
    """Return the latest agency that carries a code; codes have been given to other bodies in the past."""
    return session.scalar(select(Agency).where(Agency.code == code).order_by(Agency.valid_from.desc()).limit(1))
