"""Counters from a file: added with a first public code, corrected, retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.identifiers import read_counter_code
from survey.queries.register import list_register_counters, list_register_services
from survey.services.agencies import add_service_point, retire_service_point
from survey.services.counters import CounterWish, change_counter
from survey.services.opening_hours import checked_hours
from survey.services.register_cells import Cells, counter_cells, joined_codes, service_label, split_codes
from survey.services.register_recorded import keep_owner
from survey.services.register_values import Difference
from survey.services.register_work import Work, differences
from survey.services.table_headings import HeadedTable


class _Known:
    """What is there already: counters by any code they ever carried, and by owner and name while in use."""

    def __init__(self, work: Work) -> None:
        self.by_code: dict[str, ServicePoint] = {}
        self.by_name: dict[tuple[UUID, str], ServicePoint] = {}
        self.first_line: dict[UUID, int] = {}
        for counter in list_register_counters(work.session):
            self.by_code.update({each.code: counter for each in counter.codes})
            if counter.retired_on is None:
                self.by_name[counter.agency_id, counter.name] = counter
        self.agencies: dict[UUID, str] = {}
        self.services: dict[UUID, dict[str, Service]] = {}
        self.labels: dict[str, Service] = {}
        for service, agency, _ in list_register_services(work.session):
            self.services.setdefault(agency.id, {})[service.code] = service
            self.labels[f"{agency.code}/{service.code}"] = service

    def code_of(self, work: Work, agency_id: UUID) -> str:
        """Return the code of an agency."""
        if agency_id not in self.agencies:
            self.agencies[agency_id] = work.session.get_one(Agency, agency_id).code
        return self.agencies[agency_id]

    def codes_around(self, work: Work, counter: ServicePoint) -> Mapping[UUID, str]:
        """Return the codes of all agencies that a counter's line names."""
        named = {counter.agency_id, counter.serves_agency_id, *(each.agency_id for each in counter.services)}
        return {agency_id: self.code_of(work, agency_id) for agency_id in named}


def import_counters(work: Work, table: HeadedTable) -> None:
    """Do what a file says of counters."""
    known = _Known(work)
    for line, cells in work.lines(table):
        with work.complaining("name", cells["name"]):
            _set_up(work, line, cells, known)


def _set_up(work: Work, line: int, raw: Cells, known: _Known) -> None:
    cells = _read(work, raw)
    coded = _by_code(work, cells, known)
    owner = coded.agency if coded else work.agency_on("agency_code", cells["agency_code"], work.today)
    if owner is None or work.bad.in_line:
        return
    if not work.rights.scope.manages(owner.path):
        work.refuse("agency_code", cells["agency_code"])
        return
    there = coded or known.by_name.get((owner.id, cells["name"]))
    if owner.code != cells["agency_code"] and there is not None:
        keep_owner(work, there, cells)
    if coded and owner.code != cells["agency_code"]:
        _refuse_new_owner(work, cells, owner)
    serves = _serves(work, cells, owner, there)
    if serves is None or work.bad.in_line:
        return
    cells["serves_code"] = serves.code
    if there is not None and known.first_line.setdefault(there.id, line) != line:
        first = known.first_line[there.id]
        work.bad.add(
            "name",
            cells["name"],
            vi=f"quầy này đã có ở dòng {first}; mỗi quầy chỉ một dòng",
            en=f"stands in line {first} already",
        )
        return
    services = _services(work, cells, serves, there, known)
    if work.bad.in_line:
        return
    wish = CounterWish(cells["name"], cells.get("name_en"), serves, services, cells.get("opening_hours"))
    if there is None:
        _add(work, line, cells, owner, wish, known)
    else:
        _change(work, line, cells, there, wish, known)


def _read(work: Work, raw: Cells) -> Cells:
    cells = work.with_end_read(raw)
    if "service_codes" in cells:
        cells["service_codes"] = joined_codes(split_codes(cells["service_codes"]))
    if cells.get("opening_hours"):
        with work.complaining("opening_hours", cells["opening_hours"]):
            cells["opening_hours"] = checked_hours(cells["opening_hours"]) or ""
    return cells


def _by_code(work: Work, cells: Cells, known: _Known) -> ServicePoint | None:
    """Return the counter that carries the code of the line, None where the line has none."""
    written = cells.get("counter_code", "")
    there = known.by_code.get(read_counter_code(written) or "")
    if written and there is None:
        work.bad.add(
            "counter_code",
            written,
            vi="không có quầy nào mang mã này; để trống ô này nếu là quầy mới, mã sẽ được cấp",
            en="no counter carries this code; leave the cell empty for a new counter, which is given one",
        )
    return there


def _refuse_new_owner(work: Work, cells: Cells, owner: Agency) -> None:
    work.bad.add(
        "agency_code",
        cells["agency_code"],
        vi=f"quầy mang mã {cells['counter_code']} thuộc cơ quan {owner.code}; hãy ngừng quầy đó và thêm quầy mới",
        en=f"the counter {cells['counter_code']} belongs to {owner.code}; retire it and add a new one",
    )


def _serves(work: Work, cells: Cells, owner: Agency, there: ServicePoint | None) -> Agency | None:
    code = cells["serves_code"]
    if there is not None and code == there.serves_agency.code:
        return there.serves_agency
    return work.agency_on("serves_code", code, work.today) if code else owner


def _services(
    work: Work, cells: Cells, serves: Agency, there: ServicePoint | None, known: _Known
) -> list[Service] | None:
    """Return the services that the line names, None where the file has no such column."""
    if "service_codes" not in cells:
        return None
    offered = {each.id for each in there.services} if there else set()
    found = []
    for code in split_codes(cells["service_codes"]):
        service = known.services.get(serves.id, {}).get(code) or known.labels.get(_label_today(work, code))
        if service is None or (service.retired_on is not None and service.id not in offered):
            work.bad.add(
                "service_codes",
                code,
                vi=f"không có thủ tục đang dùng mã này của {serves.code}; của cơ quan khác thì viết như MÃ-CƠ-QUAN/MÃ",
                en=f"{serves.code} has no such service in use; of another agency, write AGENCY-CODE/CODE",
            )
        else:
            found.append(service)
    codes = {each.agency_id: known.code_of(work, each.agency_id) for each in found}
    if not work.bad.in_line:
        cells["service_codes"] = joined_codes(service_label(each, serves.id, codes) for each in found)
    return found


def _label_today(work: Work, code: str) -> str:
    """Return how a service of a body that has ended is named since another carries on for it."""
    agency_code, _, of_service = code.rpartition("/")
    heir = work.heir_of_code(agency_code) if agency_code else None
    return f"{heir[0].code}/{of_service}" if heir else code


def _add(work: Work, line: int, cells: Cells, owner: Agency, wish: CounterWish, known: _Known) -> None:
    counter = add_service_point(
        work.session,
        agency=owner,
        name=wish.name,
        name_en=wish.name_en or None,
        serves_agency=wish.serves,
        services=wish.services or (),
        today=work.today,
    )
    change_counter(work.session, counter, wish)
    if cells.get("retired_on"):
        retire_service_point(work.session, counter, today=date.fromisoformat(cells["retired_on"]))
    known.by_name[owner.id, counter.name] = counter
    known.first_line[counter.id] = line
    told = ("serves_code", "service_codes", "opening_hours", "retired_on")
    work.plan_line(
        line,
        owner.code,
        counter.name,
        "added",
        [Difference(each, "", cells[each]) for each in told if cells.get(each)],
        of={owner.id, wish.serves.id},
    )


def _change(work: Work, line: int, cells: Cells, there: ServicePoint, wish: CounterWish, known: _Known) -> None:
    stored = counter_cells(there, known.codes_around(work, there))
    touched = {there.agency_id, there.serves_agency_id, wish.serves.id}
    # Any code that the counter ever carried names it; a code is changed by rotating it, not by a file.
    wanted = {**cells, **({"counter_code": stored["counter_code"]} if "counter_code" in cells else {})}
    found = differences(stored, wanted)
    if not found:
        work.plan_line(line, stored["counter_code"], there.name, "unchanged")
        return
    ends = wanted.get("retired_on", stored["retired_on"])
    if stored["retired_on"] and ends != stored["retired_on"]:
        work.bad.add(
            "retired_on",
            ends,
            vi=f"quầy đã ngừng từ {stored['retired_on']}; không mở lại được, hãy thêm quầy mới",
            en=f"the counter was retired on {stored['retired_on']} and stays so; add a new one",
        )
        return
    change_counter(work.session, there, wish)
    retires = bool(ends) and not stored["retired_on"]
    if retires:
        retire_service_point(work.session, there, today=date.fromisoformat(ends))
    work.plan_line(line, stored["counter_code"], there.name, "retired" if retires else "changed", found, of=touched)
