"""Officials with their roles, and the agency a code means today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, selectinload

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.sort_key import sort_key
from survey.queries.desk_lists import plain
from survey.queries.scope import ADMINISTERS, Scope


@dataclass(frozen=True, slots=True)
class OfficialLine:
    """One official; ``roles`` are pairs of agency code and role."""

    email: str
    name: str
    active: bool
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """One official as an administrator sees him; ``grants`` are those in the administrator's subtree."""

    id: UUID
    email: str
    name: str
    active: bool
    is_invited: bool
    has_second_factor: bool
    grants: tuple[Grant, ...]


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


def list_official_rows(session: Session, scope: Scope) -> list[OfficialRow]:
    """List the officials with a role in what ``scope`` administers, as Vietnamese sorts their names.

    Who has no role at all belongs to whoever administers a whole tree.
    """
    within = select(Grant.official_id).join(Agency, Agency.id == Grant.agency_id).where(scope.agencies(ADMINISTERS))
    mine: ColumnElement[bool] = Official.id.in_(within)
    if scope.holds(ADMINISTERS, at_a_root=True):
        mine = or_(mine, ~Official.grants.any())
    statement = select(Official).where(mine).options(selectinload(Official.grants).joinedload(Grant.agency))
    rows = [_row(official, scope) for official in session.scalars(statement)]
    return sorted(rows, key=lambda row: (*as_listed(row.name), row.email))


def find_agency_by_code(session: Session, code: str, *, among: ColumnElement[bool] | None = None) -> Agency | None:
    """Return the agency that carries a code today, else the latest that did or will: codes go from body to body."""
    statement = select(Agency).where(Agency.code == code, true() if among is None else among)
    found = session.scalars(statement.order_by(Agency.valid_from.desc())).all()
    today = local_today()
    living = (each for each in found if each.valid_from <= today and (each.valid_to is None or each.valid_to > today))
    return next(living, found[0] if found else None)


def list_living(session: Session, *, among: ColumnElement[bool]) -> Sequence[Agency]:
    """List the agencies of a condition that are there today, as Vietnamese sorts them."""
    today = local_today()
    living = (Agency.valid_from <= today, or_(Agency.valid_to.is_(None), Agency.valid_to > today))
    return session.scalars(select(Agency).where(among, *living).order_by(Agency.sort_key, Agency.code)).all()


def list_meant(agencies: Sequence[Agency], text: str) -> tuple[list[Agency], list[Agency]]:
    """Return the agencies whose code or name a text is, capitals and marks aside, and those that hold its words."""
    wanted = plain(text).strip()
    if not wanted:
        return [], []
    words = wanted.split()
    meant = [each for each in agencies if wanted in {*map(plain, (each.code, each.name, each.name_en or ""))}]
    near = [each for each in agencies if all(word in plain(f"{each.code} {each.name}") for word in words)]
    return meant, near


def _row(official: Official, scope: Scope) -> OfficialRow:
    grants = [grant for grant in official.grants if scope.administers(grant.agency.path)]
    return OfficialRow(
        id=official.id,
        email=official.email,
        name=official.name,
        active=official.active,
        is_invited=official.password is None,
        has_second_factor=official.tf_totp_secret is not None,
        grants=tuple(sorted(grants, key=lambda grant: (grant.agency.sort_key, grant.role))),
    )


def as_listed(name: str) -> tuple[str, str]:
    """Return the key of a name: Vietnamese are listed by their given name, which stands last."""
    return sort_key(name.rpartition(" ")[2]), sort_key(name)
