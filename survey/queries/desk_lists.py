"""The lists of the officials' desk: agencies and waves within a scope, counters of an agency, N by month."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.fieldwork import PopulationSize, Wave
from survey.models.tallies import FoldMark
from survey.queries.agencies import lives_on
from survey.queries.scope import RUNS_SURVEYS, Scope

PAGE_SIZE: Final = 50
_IDS_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency of a list, with the name of the body it belongs to."""

    id: UUID
    code: str
    kind: str
    name: str
    name_en: str | None
    parent_name: str | None
    parent_name_en: str | None
    is_demo: bool
    path: str


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """One page of a list of agencies: its ``number`` from 1, and how many agencies and pages there are."""

    lines: Sequence[AgencyLine]
    number: int
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class CounterName:
    """A counter as a long list needs it; ``code`` is on its posters, which were last ``printed_on`` a day."""

    id: UUID
    name: str
    name_en: str | None
    sort_key: str
    agency_code: str
    agency_name: str
    agency_name_en: str | None
    agency_sort_key: str
    code: str | None
    printed_on: date | None


def list_agencies(
    session: Session,
    scope: Scope,
    *,
    search: str = "",
    page: int = 1,
    below: str = "",
    order: str = "name",
    is_descending: bool = False,
    living_on: date | None = None,
) -> AgencyPage:
    """List the agencies of a scope as Vietnamese sorts, fifty a page; a page beyond the last is the last.

    ``search`` finds parts of names and codes, with or without marks and capitals; ``below`` is the path of the
    agency at or below which they lie; ``order`` is name, kind, parent or code.  With
    ``living_on`` those that have ended by that day, or begin later, are left out.
    """
    among = and_(scope.agencies(), Agency.path.startswith(below, autoescape=True))
    if living_on is not None:
        among = and_(among, lives_on(living_on))
    ids = _matching_ids(session, among, search)
    total = session.scalar(select(func.count()).where(among)) if ids is None else len(ids)
    pages = max(1, -(-(total or 0) // PAGE_SIZE))
    number = min(max(1, page), pages)
    parent = Agency.__table__.alias("parent")
    first = {"kind": Agency.kind, "parent": parent.c.sort_key, "code": Agency.code}.get(order, Agency.sort_key)
    statement = (
        select(
            Agency.id,
            Agency.code,
            Agency.kind,
            Agency.name,
            Agency.name_en,
            parent.c.name,
            parent.c.name_en,
            Agency.is_demo,
            Agency.path,
        )
        .outerjoin(parent, parent.c.id == Agency.parent_id)
        .where(among if ids is None else Agency.id.in_(ids))
        # Who has no parent stands last, on both databases and either way.
        .order_by(
            first.is_(None),
            first.desc() if is_descending else first,
            Agency.sort_key,
            Agency.code,
            Agency.id,
        )
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    lines = [AgencyLine(*row) for row in session.execute(statement)]
    return AgencyPage(lines=lines, number=number, total=total or 0, pages=pages)


def list_top_agencies(session: Session, scope: Scope) -> Sequence[Agency]:
    """List the agencies on which the official's grants lie, without those below another of them."""
    roots = {root for root, _ in scope.grants}
    tops = [path for path in roots if not any(path != root and path.startswith(root) for root in roots)]
    return session.scalars(select(Agency).where(Agency.path.in_(tops)).order_by(Agency.sort_key)).all()


def list_run_agencies(session: Session, scope: Scope, *, today: date) -> Sequence[Agency]:
    """List the agencies of today for which an official runs surveys, as Vietnamese sorts them."""
    among = select(Agency).where(scope.agencies(RUNS_SURVEYS), lives_on(today))
    return session.scalars(among.order_by(Agency.sort_key, Agency.code, Agency.id)).all()


def list_waves(session: Session, scope: Scope) -> Sequence[Wave]:
    """List the waves that reach a scope, newest first, with their agency and release."""
    above = {UUID(part) for root, _ in scope.grants for part in _ids_of(root)}
    statement = (
        select(Wave)
        .join(Wave.agency)
        .options(contains_eager(Wave.agency), selectinload(Wave.release))
        .where(or_(scope.agencies(), Agency.id.in_(above)))
        .order_by(Wave.opens_on.desc(), Wave.code)
    )
    return session.scalars(statement).all()


def list_waves_over(session: Session, agency: Agency) -> Sequence[Wave]:
    """List the waves that cover an agency, newest first."""
    above = [UUID(part) for part in _ids_of(agency.path)]
    statement = select(Wave).where(Wave.agency_id.in_(above)).order_by(Wave.opens_on.desc(), Wave.code)
    return session.scalars(statement.options(selectinload(Wave.release))).all()


def list_years(session: Session, scope: Scope) -> Sequence[int]:
    """List the index years of the waves that reach a scope, latest first."""
    return sorted({wave.index_year for wave in list_waves(session, scope)}, reverse=True)


def list_counters(session: Session, agency: Agency) -> Sequence[ServicePoint]:
    """List the counters in use at or below an agency, with their codes and agencies, by agency and name."""
    statement = (
        select(ServicePoint)
        .join(ServicePoint.agency)
        .options(
            contains_eager(ServicePoint.agency),
            selectinload(ServicePoint.codes),
            joinedload(ServicePoint.serves_agency),
        )
        .where(Agency.path.startswith(agency.path, autoescape=True), ServicePoint.retired_on.is_(None))
        .order_by(Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
    )
    return session.scalars(statement).all()


def list_counter_names(session: Session, agency: Agency) -> list[CounterName]:
    """List the counters in use at or below an agency by name alone, each with the code that its posters carry.

    For lists that are searched and sorted as a whole and shown a page at a time: nothing else of a counter is read.
    """
    within = (Agency.path.startswith(agency.path, autoescape=True), ServicePoint.retired_on.is_(None))
    codes = (
        select(ServicePointCode.service_point_id, ServicePointCode.code, ServicePointCode.printed_on)
        .join(ServicePoint, ServicePoint.id == ServicePointCode.service_point_id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(*within, ServicePointCode.retired_on.is_(None))
        # The newest last, as a later one takes the place of those before it.
        .order_by(ServicePointCode.replaced_on.is_(None), ServicePointCode.issued_on, ServicePointCode.code.desc())
    )
    newest = {counter_id: (code, printed_on) for counter_id, code, printed_on in session.execute(codes)}
    statement = (
        select(ServicePoint.id, ServicePoint.name, ServicePoint.name_en, ServicePoint.sort_key)
        .add_columns(Agency.code, Agency.name, Agency.name_en, Agency.sort_key)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .where(*within)
        .order_by(Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
    )
    return [CounterName(*row, *newest.get(row[0], (None, None))) for row in session.execute(statement)]


def list_counters_by_id(session: Session, counter_ids: Sequence[UUID]) -> list[ServicePoint]:
    """Return counters in the order of their ids, with their codes and agencies."""
    statement = select(ServicePoint).options(
        joinedload(ServicePoint.agency),
        selectinload(ServicePoint.codes),
        joinedload(ServicePoint.serves_agency),
    )
    found: dict[UUID, ServicePoint] = {}
    for some in (counter_ids[at : at + _IDS_AT_ONCE] for at in range(0, len(counter_ids), _IDS_AT_ONCE)):
        chosen = session.scalars(statement.where(ServicePoint.id.in_(some)))
        found |= {counter.id: counter for counter in chosen}
    return [found[counter_id] for counter_id in counter_ids if counter_id in found]


def has_children(session: Session, agency: Agency) -> bool:
    """Return whether other agencies lie right below this one."""
    return session.scalar(select(Agency.id).where(Agency.parent_id == agency.id).limit(1)) is not None


def sum_population_sizes(session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return N of agencies over all months and fields; agencies without N are absent."""
    statement = (
        select(PopulationSize.agency_id, func.sum(PopulationSize.transactions))
        .where(
            PopulationSize.wave_id == wave_id,
            PopulationSize.agency_id.in_(agency_ids),
            PopulationSize.service_field_id.is_(None),
        )
        .group_by(PopulationSize.agency_id)
    )
    return {agency_id: int(total) for agency_id, total in session.execute(statement)}


def list_folded(session: Session, *, wave_id: UUID, agency_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many answers each agency's own figures rest on; agencies never folded are absent."""
    statement = select(FoldMark.agency_id, FoldMark.n).where(
        FoldMark.agency_id.in_(agency_ids), FoldMark.wave_id == wave_id, FoldMark.dimension == "agency"
    )
    return {row.agency_id: row.n for row in session.execute(statement)}


def _matching_ids(session: Session, among: ColumnElement[bool], search: str) -> list[UUID] | None:
    """Return the agencies whose name or code holds every word; None where nothing is searched.

    Compared here, not by the database: SQLite knows no Vietnamese capitals, and neither forgets the marks.
    """
    wanted = plain(search).split()
    if not wanted:
        return None
    statement = (
        select(Agency.id, Agency.code, Agency.name, Agency.name_en)
        .where(among)
        .order_by(Agency.sort_key, Agency.code, Agency.id)
    )
    return [
        agency_id
        for agency_id, code, name, name_en in session.execute(statement)
        if all(word in plain(f"{code} {name} {name_en or ''}") for word in wanted)
    ]


def plain(text: str) -> str:
    """Return a text as it is searched: small letters without marks."""
    letters = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _ids_of(path: str) -> list[str]:
    return path.rstrip("/").split("/")
