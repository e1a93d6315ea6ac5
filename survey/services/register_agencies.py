"""Agencies from a file: added, corrected, ended; parents may stand below their children."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from uuid import UUID

from survey.models.agencies import Agency
from survey.services.agencies import (
    add_agency,
    correct_kind,
    end_agency,
    move_agency,
    rename_agency,
    resume_agency,
)
from survey.services.agency_ties import check_end_is_free, check_place_is_free
from survey.services.change_checks import from_above_error
from survey.services.register_cells import Cells, agency_cells
from survey.services.register_recorded import keep_what_was_recorded
from survey.services.register_values import WORDS, Difference, read_day, read_word
from survey.services.register_work import Work, differences
from survey.services.setup_imports import parents_first
from survey.services.table_headings import HeadedTable

_DIGITS = {"commune": 5, "province": 2}


def import_agencies(work: Work, table: HeadedTable) -> None:
    """Do what a file says of agencies."""
    read = [(line, cells) for line, raw in work.lines(table) if (cells := _read(work, raw)) is not None]
    _begin_with_parents(work, [cells for _, cells in read])
    endings: list[tuple[int, Agency, date, list[Difference]]] = []
    for line, cells in parents_first(read, work.bad):
        work.turn_to(line)
        with work.complaining("code", cells["code"]):
            _set_up(work, line, cells, endings)
    # What is below ends first, whatever the order of the lines.
    for line, agency, day, found in sorted(endings, key=lambda each: -each[1].path.count("/")):
        work.turn_to(line)
        with work.complaining("valid_to", day.isoformat()):
            end_agency(work.session, agency, valid_to=day)
            work.plan_line(line, agency.code, agency.name, "retired", found, of=_touched(agency))
    work.plan.lines.sort(key=lambda each: each.line)


def _read(work: Work, raw: Cells) -> Cells | None:
    """Return a line with kind and days as they are stored, or None with complaints."""
    cells = dict(raw)
    if not cells["code"]:
        work.bad.add("code", "", vi="mã còn trống; hãy ghi vào", en="the code is empty; write it")
    kind = work.bad.read("kind", raw["kind"], lambda text: read_word(WORDS["kind"], text))
    cells["kind"] = kind or ""
    for column in ("valid_from", "valid_to"):
        if cells.get(column):
            day = work.read(column, cells[column], read_day)
            cells[column] = day.isoformat() if day else ""
    if work.bad.in_line:
        return None
    return cells


def _begin_with_parents(work: Work, read: Sequence[Cells]) -> None:
    """Give a new agency without a day that of its parent, in the file or in the register; else it begins today."""
    in_file = {cells["code"]: cells for cells in read}
    given: Counter[str] = Counter()
    for cells in read:
        without: list[Cells] = []
        above: Cells | None = cells
        # A circle of parents is complained about later; here it only has to end.
        while above is not None and not above.get("valid_from") and above not in without:
            known = work.agencies_of(above["code"])
            if known:
                above["valid_from"] = known[0].valid_from.isoformat()
                break
            without.append(above)
            above = in_file.get(above["parent_code"])
        if without:
            day = (above or {}).get("valid_from") or _day_of_parent(work, without[-1]["parent_code"]).isoformat()
            given[day] += len(without)
            for each in without:
                each["valid_from"] = day
    _tell_given_days(work, given)


def _day_of_parent(work: Work, code: str) -> date:
    standing = (each for each in work.agencies_of(code) if each.valid_to is None or each.valid_to > work.today)
    parent = next(standing, None)
    return parent.valid_from if parent else work.today


def _tell_given_days(work: Work, given: Mapping[str, int]) -> None:
    work.turn_to(0)
    for day, number in sorted(given.items()):
        work.odd.add(
            "valid_from",
            "",
            vi=f"{number} cơ quan mới không ghi ngày: có hiệu lực từ {date.fromisoformat(day):%d/%m/%Y}, như cấp trên "
            "(không có cấp trên thì từ hôm nay); nếu khác, hãy ghi ngày vào tệp",
            en=f"{number} new agencies have no day: they begin on {day}, like their parent (without one, today); "
            "where that is wrong, write the day into the file",
        )


def _set_up(work: Work, line: int, cells: Cells, endings: list[tuple[int, Agency, date, list[Difference]]]) -> None:
    since = date.fromisoformat(cells["valid_from"])
    there = next((each for each in work.agencies_of(cells["code"]) if each.valid_from == since), None)
    above = work.session.get(Agency, there.parent_id) if there and there.parent_id else None
    if there is not None:
        keep_what_was_recorded(work, there, above, cells)
    until = date.fromisoformat(cells["valid_to"]) if cells.get("valid_to") else None
    parent = _parent(work, cells, above, since)
    if work.bad.in_line:
        return
    if there is None:
        _add(work, line, cells, parent, until)
        return
    found = differences(agency_cells(there, above.code if above else ""), cells)
    if not work.rights.scope.administers(there.path):
        work.refuse("code", there.code)
    elif not found:
        work.plan_line(line, there.code, there.name, "unchanged")
    elif not _may_change(work, there, cells, {each.column for each in found}):
        return
    elif until is not None and there.valid_to is None:
        _correct(work, there, parent, cells, found)
        if not work.bad.in_line:
            endings.append((line, there, until, found))
    else:
        _correct(work, there, parent, cells, found)
        _change_end(work, there, until, found)
        if not work.bad.in_line:
            work.plan_line(line, there.code, there.name, "changed", found, of=_touched(there, above))


def _parent(work: Work, cells: Cells, above: Agency | None, day: date) -> Agency | None:
    """Return the parent that the line names, ``above`` where that is the one already."""
    if cells["parent_code"] == (above.code if above else ""):
        return above
    return work.agency_on("parent_code", cells["parent_code"], day) if cells["parent_code"] else None


def _touched(agency: Agency, above: Agency | None = None) -> set[UUID]:
    """Return the agency, and the one above it where it left that."""
    return {agency.id, *([above.id] if above is not None and above.id != agency.parent_id else [])}


def _may_change(work: Work, there: Agency, cells: Cells, columns: set[str]) -> bool:
    """Complain where an end or a place is changed that belongs to somebody above, a decision or figures."""
    for column, check in (("valid_to", check_end_is_free), ("parent_code", check_place_is_free)):
        if column in columns:
            with work.complaining(column, cells[column]):
                if not work.rights.scope.administers_from_above(there.path):
                    raise from_above_error(there)
                check(work.session, there)
    return not work.bad.in_line


def _add(work: Work, line: int, cells: Cells, parent: Agency | None, until: date | None) -> None:
    if not (work.rights.scope.administers(parent.path) if parent else work.rights.may_add_roots):
        work.refuse("parent_code", cells["parent_code"])
        return
    _doubt_code(work, cells)
    agency = add_agency(
        work.session,
        code=cells["code"],
        kind=cells["kind"],
        name=cells["name"],
        name_en=cells.get("name_en") or None,
        parent=parent,
        valid_from=date.fromisoformat(cells["valid_from"]),
        valid_to=until,
    )
    work.note_agency(agency)
    if parent is None:
        work.plan.new_roots.append(agency.id)
    work.plan_line(line, agency.code, agency.name, "added", _as_new(cells), of=_touched(agency))


def _correct(work: Work, there: Agency, parent: Agency | None, cells: Cells, found: list[Difference]) -> None:
    """Correct what was typed wrongly; who changed by a decision is told where that belongs."""
    columns = {each.column for each in found}
    if "kind" in columns:
        correct_kind(work.session, there, kind=cells["kind"])
    if columns & {"name", "name_en"}:
        rename_agency(work.session, there, name=cells["name"], name_en=cells.get("name_en", there.name_en))
    if "parent_code" not in columns:
        return
    if parent is None or not work.rights.scope.administers(parent.path):
        work.refuse("parent_code", cells["parent_code"])
        return
    move_agency(work.session, there, parent=parent)
    work.odd.add(
        "parent_code",
        cells["parent_code"],
        vi="sửa cấp trên ngay từ đầu, như một lỗi ghi; nếu chuyển theo quyết định, hãy ghi ở trang sắp xếp đơn vị",
        en="corrects the parent from the beginning, like a slip of the pen; a move by decision is recorded as a change "
        "of units",
    )


def _change_end(work: Work, there: Agency, until: date | None, found: list[Difference]) -> None:
    if "valid_to" not in {each.column for each in found}:
        return
    if until is None:
        resume_agency(work.session, there)
    else:
        end_agency(work.session, there, valid_to=until)


def _doubt_code(work: Work, cells: Cells) -> None:
    digits = _DIGITS.get(cells["kind"])
    code = cells["code"]
    if digits and code.isdecimal() and len(code) < digits:
        work.odd.add(
            "code",
            code,
            vi=f"mã hành chính loại này có {digits} chữ số; có thể là {code.zfill(digits)}, đã mất các số 0 đứng đầu",
            en=f"official codes of this kind have {digits} digits; {code.zfill(digits)} may be meant, its zeros lost",
        )


def _as_new(cells: Cells) -> list[Difference]:
    shown = chain(("kind", "parent_code", "valid_from"), ("valid_to",) if cells.get("valid_to") else ())
    return [Difference(column, "", cells[column]) for column in shown]
