"""What a file says of each thing in the register: the same cells are written by an export and compared by an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from survey.models.accounts import Official
from survey.models.agencies import Agency, Service, ServiceField, ServicePoint
from survey.models.opening_hours import stored_hours

Cells = dict[str, str]


def agency_cells(agency: Agency, parent_code: str) -> Cells:
    """Return what a file says of an agency."""
    return {
        "code": agency.code,
        "kind": agency.kind,
        "name": agency.name,
        "name_en": agency.name_en or "",
        "parent_code": parent_code,
        "valid_from": agency.valid_from.isoformat(),
        "valid_to": agency.valid_to.isoformat() if agency.valid_to else "",
    }


def counter_cells(counter: ServicePoint, agency_codes: Mapping[UUID, str]) -> Cells:
    """Return what a file says of a counter; its code is the newest that is in use, else the newest."""
    used = next((each.code for each in counter.codes if each.retired_on is None), None)
    newest = counter.codes[0].code if counter.codes else ""
    return {
        "counter_code": used or newest,
        "agency_code": agency_codes[counter.agency_id],
        "name": counter.name,
        "name_en": counter.name_en or "",
        "serves_code": agency_codes[counter.serves_agency_id],
        "service_codes": joined_codes(
            service_label(each, counter.serves_agency_id, agency_codes) for each in counter.services
        ),
        "opening_hours": stored_hours(counter.opening_hours) if counter.opening_hours else "",
        "retired_on": counter.retired_on.isoformat() if counter.retired_on else "",
    }


def service_cells(service: Service, agency: Agency, field: ServiceField) -> Cells:
    """Return what a file says of a service."""
    return {
        "agency_code": agency.code,
        "code": service.code,
        "name": service.name,
        "name_en": service.name_en or "",
        "field_code": field.code,
        "field_name": field.name,
        "field_name_en": field.name_en or "",
        "retired_on": service.retired_on.isoformat() if service.retired_on else "",
    }


def official_cells(official: Official, administers: Callable[[str], bool]) -> Cells:
    """Return what a file says of an official: of his roles those where whoever asks administers."""
    roles = (f"{grant.role}@{grant.agency.code}" for grant in official.grants if administers(grant.agency.path))
    return {
        "email": official.email,
        "name": official.name,
        "language": official.language,
        "active": "yes" if official.active else "no",
        "roles": joined_codes(roles),
    }


def service_label(service: Service, serves_agency_id: UUID, agency_codes: Mapping[UUID, str]) -> str:
    """Return how a counter's line names a service: with its agency where another than the one served decides it."""
    if service.agency_id == serves_agency_id:
        return service.code
    return f"{agency_codes[service.agency_id]}/{service.code}"


def joined_codes(codes: Iterable[str]) -> str:
    """Return codes in the one order and with the one sign in which a cell holds several."""
    return "; ".join(sorted(set(codes)))


def split_codes(text: str) -> list[str]:
    """Return the codes of a cell."""
    return [code for part in text.split(";") if (code := part.strip())]
