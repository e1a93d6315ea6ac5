"""Agencies, their subtrees and their transactions; the agencies table is small, so these may read much of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey.models.agencies import Agency, ServiceField, ServicePoint
from survey.models.fieldwork import PopulationSize

FEW_PATHS: Final = 50


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as lists and reports name it."""

    id: UUID
    code: str
    kind: str
    name: str
    name_en: str | None
    sort_key: str
    path: str
    parent_id: UUID | None
    parent_name: str | None
    parent_name_en: str | None
    is_demo: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class MonthTransactions:
    """N of an agency in one month of a wave, all fields together."""

    agency_id: UUID
    wave_id: UUID
    month: str
    transactions: int


def lives_on(day: date) -> ColumnElement[bool]:
    """Return the condition on ``Agency`` that it is there on a day: begun, and not ended."""
    return and_(Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to > day))


def list_agencies(session: Session, *, paths: Sequence[str]) -> list[AgencyRow]:
    """List the agencies at or below any of the paths, as Vietnamese sorts them; no paths, no agencies."""
    if not paths:
        return []
    return _list(session, _below(paths))


def list_children(session: Session, *, agency_id: UUID) -> list[AgencyRow]:
    """List the agencies right under one, as Vietnamese sorts them."""
    return _list(session, Agency.parent_id == agency_id)


def get_agency(session: Session, *, agency_id: UUID) -> AgencyRow | None:
    """Return one agency, None where there is none with that id."""
    return next(iter(_list(session, Agency.id == agency_id)), None)


def list_agencies_by_id(session: Session, *, agency_ids: Collection[UUID]) -> list[AgencyRow]:
    """List agencies by their ids, as Vietnamese sorts them; ids that nobody has are left out."""
    return _list(session, Agency.id.in_(agency_ids))


def list_transactions(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]
) -> list[MonthTransactions]:
    """List N by agency, wave and month, as far as it is known for all fields together."""
    rows = session.execute(
        select(
            PopulationSize.agency_id, PopulationSize.wave_id, PopulationSize.month, PopulationSize.transactions
        ).where(
            PopulationSize.agency_id.in_(agency_ids),
            PopulationSize.wave_id.in_(wave_ids),
            PopulationSize.service_field_id.is_(None),
        )
    )
    return [MonthTransactions(*row) for row in rows]


def list_member_names(
    session: Session, *, counters: Collection[UUID], agency_ids: Collection[UUID]
) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return the names of counters and of all fields of service by dimension and member, Vietnamese and English.

    A counter of another agency than ``agency_ids``, one that took in their cases, is named together with its owner.
    """
    rows = session.execute(
        select(ServicePoint.id, ServicePoint.name, ServicePoint.name_en, Agency.id, Agency.name, Agency.name_en)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(ServicePoint.id.in_(counters))
    )
    names: dict[tuple[str, str], tuple[str, str | None]] = {}
    for key, name, name_en, owner_id, owner, owner_en in rows:
        own = owner_id in agency_ids
        english = name_en if own or not name_en else f"{name_en} ({owner_en or owner})"
        names["service_point", str(key)] = (name if own else f"{name} ({owner})", english)
    fields = session.execute(select(ServiceField.id, ServiceField.name, ServiceField.name_en))
    names.update({("field", str(key)): (name, name_en) for key, name, name_en in fields})
    return names


def _below(paths: Sequence[str]) -> ColumnElement[bool]:
    if len(paths) <= FEW_PATHS:
        return or_(*(Agency.path.startswith(path, autoescape=True) for path in paths))
    # An OR of a thousand is a tree that SQLite refuses; siblings have paths of one length.
    by_length: dict[int, list[str]] = defaultdict(list)
    for path in paths:
        by_length[len(path)].append(path)
    return or_(*(func.substr(Agency.path, 1, length).in_(same) for length, same in by_length.items()))


def _list(session: Session, condition: ColumnElement[bool]) -> list[AgencyRow]:
    parent = aliased(Agency)
    rows = session.execute(
        select(
            Agency.id,
            Agency.code,
            Agency.kind,
            Agency.name,
            Agency.name_en,
            Agency.sort_key,
            Agency.path,
            Agency.parent_id,
            parent.name,
            parent.name_en,
            Agency.is_demo,
            Agency.valid_from,
            Agency.valid_to,
        )
        .outerjoin(parent, parent.id == Agency.parent_id)
        .where(condition)
        .order_by(Agency.sort_key, Agency.code)
    )
    return [AgencyRow(*tuple(row)) for row in rows]
