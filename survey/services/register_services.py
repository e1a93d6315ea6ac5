"""Services from a file, with their fields: added, corrected, retired."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from survey.models.agencies import Agency, Service, ServiceField
from survey.queries.register import list_register_services, list_service_fields
from survey.services.agencies import add_service, add_service_field
from survey.services.register_cells import Cells, service_cells
from survey.services.register_values import Difference
from survey.services.register_work import Work, differences
from survey.services.service_catalogue import change_field, change_service, resume_service, retire_service
from survey.services.table_headings import HeadedTable


class _Known:
    """What is there already, and in which line of the file each service was first seen."""

    def __init__(self, work: Work) -> None:
        self.services: dict[tuple[UUID, str], Service] = {
            (agency.id, service.code): service for service, agency, _ in list_register_services(work.session)
        }
        self.fields: dict[str, ServiceField] = {each.code: each for each in list_service_fields(work.session)}
        self.first_line: dict[tuple[UUID, str], int] = {}


def import_services(work: Work, table: HeadedTable) -> None:
    """Do what a file says of services."""
    known = _Known(work)
    for line, cells in work.lines(table):
        with work.complaining("code", cells["code"]):
            _set_up(work, line, cells, known)


def _set_up(work: Work, line: int, raw: Cells, known: _Known) -> None:
    cells = work.with_end_read(raw)
    agency = work.agency_on("agency_code", cells["agency_code"], work.today)
    if agency is None or work.bad.in_line:
        return
    if not work.rights.scope.administers(agency.path):
        work.refuse("agency_code", agency.code)
        return
    first = known.first_line.setdefault((agency.id, cells["code"]), line)
    if first != line:
        work.bad.add(
            "code", cells["code"], vi=f"đã có ở dòng {first}; mỗi mã chỉ một dòng", en=f"stands in line {first} already"
        )
        return
    there = known.services.get((agency.id, cells["code"]))
    stored = service_cells(there, agency, there.service_field) if there else None
    service_field = _field(work, cells, known)
    if service_field is None or work.bad.in_line:
        return
    if there is None or stored is None:
        _add(work, line, cells, agency, service_field, known)
    else:
        _change(work, line, cells, there, stored, service_field)


def _field(work: Work, cells: Cells, known: _Known) -> ServiceField | None:
    """Return the field of the line; who administers everything may add and rename fields on the way."""
    service_field = known.fields.get(cells["field_code"])
    name, name_en = cells.get("field_name", ""), cells.get("field_name_en")
    if service_field is None:
        if not work.rights.may_add_roots or not name:
            work.bad.add(
                "field_code",
                cells["field_code"],
                vi="không có lĩnh vực mã này; hãy kiểm tra mã; người quản trị cấp tỉnh thêm được khi ghi cả tên",
                en="there is no field with this code; check it, or give the field's name and let who administers the "
                "province add it",
            )
            return None
        service_field = add_service_field(work.session, code=cells["field_code"], name=name, name_en=name_en)
        known.fields[service_field.code] = service_field
    elif (name and name != service_field.name) or (name_en is not None and name_en != (service_field.name_en or "")):
        if not work.rights.may_add_roots:
            work.bad.add(
                "field_name",
                name,
                vi=f"lĩnh vực {service_field.code} tên là “{service_field.name}”; chỉ người quản trị cấp tỉnh đổi được",
                en=f"{service_field.code} is called “{service_field.name}”; let an administrator above change it",
            )
            return None
        change_field(
            work.session,
            service_field,
            name=name or service_field.name,
            name_en=service_field.name_en if name_en is None else name_en,
        )
    return service_field


def _add(work: Work, line: int, cells: Cells, agency: Agency, service_field: ServiceField, known: _Known) -> None:
    service = add_service(
        work.session,
        code=cells["code"],
        name=cells["name"],
        name_en=cells.get("name_en") or None,
        service_field=service_field,
        agency=agency,
    )
    if cells.get("retired_on"):
        retire_service(work.session, service, on=date.fromisoformat(cells["retired_on"]))
    known.services[agency.id, service.code] = service
    told = [Difference(each, "", cells[each]) for each in ("field_code", "retired_on") if cells.get(each)]
    work.plan_line(line, f"{agency.code}/{service.code}", service.name, "added", told, of=[agency.id])


def _change(work: Work, line: int, cells: Cells, there: Service, stored: Cells, service_field: ServiceField) -> None:
    key = f"{stored['agency_code']}/{stored['code']}"
    wanted = {name: text for name, text in cells.items() if name != "field_name" or text}
    found = differences(stored, wanted)
    if not found:
        work.plan_line(line, key, there.name, "unchanged")
        return
    change_service(
        work.session,
        there,
        name=cells["name"],
        name_en=cells.get("name_en", there.name_en),
        service_field=service_field,
    )
    ends = wanted.get("retired_on", stored["retired_on"])
    retires = bool(ends) and not stored["retired_on"]
    if retires:
        retire_service(work.session, there, on=date.fromisoformat(ends))
    elif stored["retired_on"] and not ends:
        resume_service(work.session, there)
    elif ends != stored["retired_on"]:
        there.retired_on = date.fromisoformat(ends)
    work.plan_line(line, key, there.name, "retired" if retires else "changed", found, of=[there.agency_id])
