"""The demo province: agencies, services and counters of a place that does not exist, read from its data file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service, ServiceField, ServicePoint
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point

DATA: Final = Path(__file__).resolve().parent.parent / "demo" / "province.toml"


@dataclass(frozen=True, slots=True)
class RatedAgency:
    """An agency that citizens rate: how many a year, and how satisfied they are in each of the three years."""

    agency: Agency
    responses: int
    satisfied: tuple[float, float, float]


@dataclass(slots=True)
class DemoProvince:
    """Everything that was set up, by the codes of the data file (services: agency code, stroke, service code)."""

    root: Agency
    founded: date
    fields: dict[str, ServiceField] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    rated: list[RatedAgency] = field(default_factory=list)
    counters: list[ServicePoint] = field(default_factory=list)


def read_demo_file() -> dict[str, Any]:
    """Read the data file of the demo province."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def add_demo_province(session: Session, data: dict[str, Any], *, valid_from: date) -> DemoProvince:
    """Set up the province; every agency of it is marked as demo data."""
    root = add_agency(session, kind="province", valid_from=valid_from, **data["province"])
    root.is_demo = True
    province = DemoProvince(root, valid_from)
    for entry in data["fields"]:
        province.fields[entry["code"]] = add_service_field(session, **entry)
    for entry in data["departments"]:
        department = _add_rated(session, province, entry, kind="department", parent=root)
        for unit in entry.get("units", ()):
            _add_rated(session, province, unit, kind="unit", parent=department)
    for entry in data["communes"]:
        _add_rated(session, province, entry, kind="commune", parent=root)
        province.services.update(_add_services(session, province, entry["code"], data["commune_centre"]["services"]))
    _add_provincial_centre(session, province, data["centre"])
    for entry in data["communes"]:
        _add_commune_centre(session, province, entry, data["commune_centre"])
    for entry in data["departments"]:
        for unit in entry.get("units", ()):
            for counter in unit["counters"]:
                _add_counter(session, province, province.agencies[unit["code"]], counter)
    return province


def _add_rated(session: Session, province: DemoProvince, entry: dict[str, Any], *, kind: str, parent: Agency) -> Agency:
    agency = _add(session, province, entry["code"], kind, (entry["name"], entry["name_en"]), parent)
    province.rated.append(RatedAgency(agency, entry["responses"], tuple(entry["satisfied"])))
    province.services.update(_add_services(session, province, entry["code"], entry.get("services", ())))
    return agency


def _add(
    session: Session, province: DemoProvince, code: str, kind: str, names: tuple[str, str], parent: Agency
) -> Agency:
    agency = add_agency(
        session, code=code, kind=kind, name=names[0], name_en=names[1], parent=parent, valid_from=province.founded
    )
    province.agencies[code] = agency
    return agency


def _add_services(
    session: Session, province: DemoProvince, agency_code: str, entries: list[dict[str, str]]
) -> dict[str, Service]:
    return {
        f"{agency_code}/{entry['code']}": add_service(
            session,
            code=entry["code"],
            name=entry["name"],
            name_en=entry["name_en"],
            service_field=province.fields[entry["field"]],
            agency=province.agencies[agency_code],
        )
        for entry in entries
    }


def _add_counter(session: Session, province: DemoProvince, owner: Agency, entry: dict[str, Any]) -> None:
    counter = add_service_point(
        session,
        agency=owner,
        name=entry["name"],
        name_en=entry["name_en"],
        serves_agency=province.agencies[entry["serves"]] if "serves" in entry else owner,
        services=[province.services[code] for code in entry["services"]],
        today=province.founded,
    )
    province.counters.append(counter)


def _add_provincial_centre(session: Session, province: DemoProvince, centre: dict[str, Any]) -> None:
    names = centre["name"], centre["name_en"]
    owner = _add(session, province, centre["code"], "unit", names, province.agencies[centre["below"]])
    for entry in centre["counters"]:
        _add_counter(session, province, owner, entry)


def _add_commune_centre(
    session: Session, province: DemoProvince, commune: dict[str, Any], template: dict[str, Any]
) -> None:
    code = commune["code"]
    name = commune["name"][0].lower() + commune["name"][1:]
    names = template["name"].format(commune=name), template["name_en"].format(commune=commune["name_en"])
    owner = _add(session, province, f"{code}-1", "unit", names, province.agencies[code])
    for entry in template["counters"]:
        services = [f"{code}/{number}" for number in entry["services"]] + entry["also"]
        _add_counter(session, province, owner, {**entry, "serves": code, "services": services})
