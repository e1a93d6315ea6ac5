"""The register as a whole: agencies, counters, services and officials of a subtree, as their files hold them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency, Service, ServiceField, ServicePoint, ServicePointCode
from survey.queries.scope import ADMINISTERS, Scope


def list_register_agencies(session: Session, among: ColumnElement[bool] | None = None) -> list[Agency]:
    """List agencies, whatever their validity, parents before what is below them, as Vietnamese sorts."""
    found = session.scalars(select(Agency).where(_any(among)).order_by(Agency.sort_key, Agency.code, Agency.valid_from))
    return sorted(found, key=lambda agency: agency.path.count("/"))


def list_register_counters(session: Session, among: ColumnElement[bool] | None = None) -> list[ServicePoint]:
    """List counters of agencies, retired ones too, with owners, services and codes at hand."""
    statement = (
        select(ServicePoint)
        .join(ServicePoint.agency)
        .where(_any(among))
        .options(
            contains_eager(ServicePoint.agency),
            joinedload(ServicePoint.serves_agency),
            selectinload(ServicePoint.services),
            selectinload(ServicePoint.codes),
        )
        .order_by(Agency.sort_key, Agency.code, ServicePoint.sort_key, ServicePoint.id)
    )
    return list(session.scalars(statement))


def list_register_services(
    session: Session, among: ColumnElement[bool] | None = None
) -> list[tuple[Service, Agency, ServiceField]]:
    """List services with the agency that decides them and their field, retired ones too."""
    statement = (
        select(Service, Agency, ServiceField)
        .join(Agency, Agency.id == Service.agency_id)
        .join(ServiceField, ServiceField.id == Service.service_field_id)
        .where(_any(among))
        .order_by(Agency.sort_key, Agency.code, ServiceField.sort_key, Service.sort_key, Service.id)
    )
    return [(service, agency, field) for service, agency, field in session.execute(statement)]


def list_register_officials(session: Session, among: ColumnElement[bool] | None = None) -> list[Official]:
    """List officials with a role on any of the agencies, by e-mail, with all their roles at hand."""
    statement = select(Official).options(selectinload(Official.grants).joinedload(Grant.agency))
    if among is not None:
        within = select(Grant.official_id).join(Agency, Agency.id == Grant.agency_id).where(among)
        statement = statement.where(Official.id.in_(within))
    return list(session.scalars(statement.order_by(Official.email)))


def list_service_fields(session: Session) -> list[ServiceField]:
    """List every field of service, as Vietnamese sorts."""
    return list(session.scalars(select(ServiceField).order_by(ServiceField.sort_key, ServiceField.code)))


def find_counters_by_codes(session: Session, codes: Iterable[str]) -> dict[str, ServicePoint]:
    """Return the counters that ever carried any of the codes, by code."""
    statement = select(ServicePointCode).where(ServicePointCode.code.in_(list(codes)))
    return {
        row.code: row.service_point
        for row in session.scalars(statement.options(joinedload(ServicePointCode.service_point)))
    }


def _any(among: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return true() if among is None else or_(among)


def list_services_near(session: Session, agency: Agency, counter: ServicePoint | None) -> list[tuple[Service, Agency]]:
    """List what a counter of an agency may well offer.

    These are the services in use of the agency, of whom the counter serves and of what is above, and whatever the
    counter offers already.
    """
    near = {UUID(part) for part in agency.path.rstrip("/").split("/")}
    kept: set[UUID] = set()
    if counter is not None:
        near.add(counter.serves_agency_id)
        kept = {service.id for service in counter.services}
    in_use = and_(Service.agency_id.in_(near), Service.retired_on.is_(None))
    statement = (
        select(Service, Agency)
        .join(Agency, Agency.id == Service.agency_id)
        .where(or_(in_use, Service.id.in_(kept)))
        .order_by(Agency.path, Service.sort_key, Service.id)
    )
    return [(service, decides) for service, decides in session.execute(statement)]


def find_only_province(session: Session, scope: Scope) -> Agency | None:
    """Return the one real province of today that the official administers; None where there are several or none."""
    provinces = select(Agency).where(
        scope.agencies(ADMINISTERS), Agency.kind == "province", Agency.valid_to.is_(None), Agency.is_demo.is_(False)
    )
    found = session.scalars(provinces.limit(2)).all()
    return found[0] if len(found) == 1 else None
