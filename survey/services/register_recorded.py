"""Lines of a file that was written before a change of bodies: what was recorded is kept, and the dry run says so."""

from __future__ import annotations

from survey.models.agencies import Agency, ServicePoint
from survey.services.recorded_changes import RecordedPart
from survey.services.register_cells import Cells
from survey.services.register_work import Work


def keep_what_was_recorded(work: Work, there: Agency, above: Agency | None, cells: Cells) -> None:
    """Put into the cells of an agency what a recorded change moved since the file was written, and tell it."""
    _keep_name(work, there, cells)
    _keep_end(work, there, cells)
    _keep_place(work, there, above, cells)


def _keep_name(work: Work, there: Agency, cells: Cells) -> None:
    name_en = cells.get("name_en")
    if cells["name"] == there.name and name_en in {None, there.name_en or ""}:
        return
    part = work.recorded.rename_of(there, cells["name"], name_en)
    if part is None:
        if work.recorded.is_renamed(there):
            work.odd.add(
                "name",
                cells["name"],
                vi=f"sửa tên “{there.name}” như một lỗi ghi; nếu đổi tên theo quyết định, hãy ghi ở “Thay đổi đơn vị”",
                en=f"corrects the name “{there.name}” like a slip of the pen; a new name by decision is recorded "
                "under “Changes of bodies”",
            )
        return
    vi, en = part.said
    if part.is_done:
        told = f"đã {vi}; tệp còn ghi tên cũ", f"{en}; the file still has the old name"
    else:
        told = f"sẽ {vi}; tệp đã ghi tên mới", f"{en}; the file has the new name already"
    work.odd.add(
        "name",
        cells["name"],
        vi=f"{told[0]}, nên giữ tên “{there.name}” (đổi tên thì ghi ở “Thay đổi đơn vị”)",
        en=f"{told[1]}, so “{there.name}” is kept (a new name is recorded under “Changes of bodies”)",
    )
    cells["name"] = there.name
    if name_en is not None:
        cells["name_en"] = there.name_en or ""


def _keep_end(work: Work, there: Agency, cells: Cells) -> None:
    part = work.recorded.end_of(there)
    if part is None or there.valid_to is None or cells.get("valid_to", "x"):
        return
    _tell(
        work,
        part,
        column="valid_to",
        value=there.code,
        vi=f"tệp còn ghi là đang hoạt động, nên giữ ngày hết hiệu lực {there.valid_to:%d/%m/%Y}",
        en=f"the file still has it as existing, so its end on {there.valid_to:%Y-%m-%d} is kept",
    )
    cells["valid_to"] = there.valid_to.isoformat()


def _keep_place(work: Work, there: Agency, above: Agency | None, cells: Cells) -> None:
    part = work.recorded.beginning_of(there)
    code = above.code if above else ""
    if part is None or cells["parent_code"] == code:
        return
    before = work.session.get(Agency, part.from_id)
    former = work.session.get(Agency, before.parent_id) if before and before.parent_id else None
    if cells["parent_code"] != (former.code if former else ""):
        return
    _tell(
        work,
        part,
        column="parent_code",
        value=cells["parent_code"],
        vi=f"tệp còn ghi cấp trên cũ, nên giữ cấp trên “{above.name if above else '–'}”",
        en=f"the file still has the former parent, so “{above.name if above else '–'}” is kept",
    )
    cells["parent_code"] = code


def keep_owner(work: Work, counter: ServicePoint, cells: Cells) -> None:
    """Put into the cells of a counter the body that a recorded change handed it to, and the name it got there."""
    heir = work.heir_of_code(cells["agency_code"])
    if heir is None or heir[0].id != counter.agency_id:
        return
    _tell(
        work,
        heir[1],
        column="agency_code",
        value=cells["agency_code"],
        vi=f"tệp còn ghi cơ quan cũ, nên quầy ở lại “{counter.agency.name}”",
        en=f"the file still has the former agency, so the counter stays with “{counter.agency.name}”",
    )
    cells["agency_code"] = counter.agency.code
    # Where the heir had a counter of the same name, the name says since then where the counter comes from.
    if counter.name.startswith(f"{cells['name']} ("):
        cells["name"] = counter.name
        if "name_en" in cells:
            cells["name_en"] = counter.name_en or ""


def _tell(work: Work, part: RecordedPart, *, column: str, value: str, vi: str, en: str) -> None:
    said_vi, said_en = part.said
    when = "đã" if part.is_done else "sẽ"
    work.odd.add(column, value, vi=f"{when} {said_vi}; {vi}", en=f"{said_en}; {en}")
