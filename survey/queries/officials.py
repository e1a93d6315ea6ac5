"""Officials with their roles, and the agency a code means today."""

from __future__ import annotations

from dataclasses import dataclass

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


def find_agency_by_code(session: Session, code: str) -> Agency | None:
    """Return the latest agency that carries a code; codes have been given to other bodies in the past."""
    return session.scalar(select(Agency).where(Agency.code == code).order_by(Agency.valid_from.desc()).limit(1))
