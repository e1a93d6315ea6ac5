"""The register as tables, of the shapes that an import reads: what comes out goes in again and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.queries.register import (
    list_register_agencies,
    list_register_counters,
    list_register_officials,
    list_register_services,
)
from survey.queries.scope import ADMINISTERS, MANAGES, Scope
from survey.services.import_values import normal
from survey.services.readable import readable
from survey.services.register_cells import Cells, agency_cells, counter_cells, official_cells, service_cells
from survey.services.register_values import COLUMNS, column_name, spoken


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """A table with its headings, both as text in one language."""

    shape: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def export_register(session: Session, shape: str, *, scope: Scope, today: date, language: str) -> RegisterTable:
    """Return a part of the register, as far as ``scope`` may change it.

    Agencies come with those that have ended; counters and services of bodies that have ended are history and left out.
    """
    if shape == "agencies":
        rows = _agencies(session, scope.agencies(ADMINISTERS))
    elif shape == "counters":
        rows = _counters(session, and_(scope.agencies(MANAGES), _living(today)))
    elif shape == "services":
        among = and_(scope.agencies(ADMINISTERS), _living(today))
        rows = [service_cells(*row) for row in list_register_services(session, among)]
    else:
        officials = list_register_officials(session, scope.agencies(ADMINISTERS))
        rows = [official_cells(official, scope.administers) for official in officials]
    columns = [column.name for column in COLUMNS[shape]]
    return RegisterTable(
        shape,
        tuple(column_name(shape, column, language) for column in columns),
        tuple(tuple(spoken(column, normal(readable(row[column])), language) for column in columns) for row in rows),
    )


def _agencies(session: Session, among: ColumnElement[bool]) -> list[Cells]:
    agencies = list_register_agencies(session, among)
    codes = _codes(session)
    return [agency_cells(agency, codes[agency.parent_id] if agency.parent_id else "") for agency in agencies]


def _counters(session: Session, among: ColumnElement[bool]) -> list[Cells]:
    codes = _codes(session)
    return [counter_cells(counter, codes) for counter in list_register_counters(session, among)]


def _codes(session: Session) -> dict[UUID, str]:
    return {row.id: row.code for row in session.execute(select(Agency.id, Agency.code))}


def _living(today: date) -> ColumnElement[bool]:
    return or_(Agency.valid_to.is_(None), Agency.valid_to > today)
