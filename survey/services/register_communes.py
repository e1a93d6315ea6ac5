"""The provinces and communes of 1 July 2025 from the file of old and new communes, thousands at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from survey.models.agencies import Agency
from survey.models.identifiers import new_id
from survey.models.sort_key import sort_key
from survey.services.agencies import add_agency
from survey.services.commune_file import REORGANISED_ON, CommuneRow, read_communes
from survey.services.errors import AgencyError
from survey.services.import_lines import BadCell
from survey.services.names import checked_code, checked_name
from survey.services.register_values import Difference
from survey.services.register_work import Work
from survey.services.table_file import Table

_COMMUNE = ("xã, phường", "commune")


def import_communes(work: Work, table: Table, named: Mapping[str, str] | None = None) -> None:
    """Add the provinces and the new communes that are missing; those that are there stay as they are."""
    file = read_communes(table, named)
    rows = [row for row in file.rows if not work.only or row.new_province_code in work.only]
    work.plan.left_out = len(file.rows) - len(rows)
    work.plan.old_bodies = len({row.old_code for row in rows if row.old_code})
    lines = {row.line for row in rows} | ({0} if not work.only else set())
    for each in file.oddities:
        if each.line in lines or each.value[:2] in work.only:
            better = f" → {each.probably}" if each.probably else ""
            work.plan.odd.append(BadCell(each.line, each.column, f"{each.value}{better}", each.vi, each.en))
    _tell_of_unknown_provinces(work, {row.new_province_code for row in file.rows})
    provinces = {code: _province(work, group) for code, group in _grouped(rows).items()}
    communes: dict[str, list[CommuneRow]] = {}
    for row in rows:
        communes.setdefault(row.new_code, []).append(row)
    new = [
        values
        for group in communes.values()
        if (parent := provinces[group[0].new_province_code]) is not None and (values := _commune(work, group, parent))
    ]
    if new and not work.plan.bad:
        work.session.execute(insert(Agency), new)
    work.plan.lines.sort(key=lambda each: each.line)


def _grouped(rows: Sequence[CommuneRow]) -> dict[str, list[CommuneRow]]:
    groups: dict[str, list[CommuneRow]] = {}
    for row in rows:
        groups.setdefault(row.new_province_code, []).append(row)
    return groups


def _tell_of_unknown_provinces(work: Work, there: set[str]) -> None:
    work.turn_to(0)
    for code in sorted(work.only - there):
        work.bad.add(
            "new_province_code",
            code,
            vi="tệp không có tỉnh mới mang mã này; hãy sửa ô chọn tỉnh",
            en="the file has no new province with this code; correct the choice of provinces",
        )


def _standing(work: Work, code: str) -> Agency | None:
    """Return the agency that carries a code now; one that came later than the reorganisation counts as well."""
    return next((each for each in work.agencies_of(code) if each.valid_to is None), None)


def _province(work: Work, group: Sequence[CommuneRow]) -> Agency | None:
    first = group[0]
    work.turn_to(first.line)
    there = _standing(work, first.new_province_code)
    name = _usual([row.new_province for row in group])
    if there is None and work.rights.may_add_roots:
        with work.complaining("new_province", name):
            there = add_agency(
                work.session, code=first.new_province_code, kind="province", name=name, valid_from=REORGANISED_ON
            )
            work.note_agency(there)
            work.plan.new_roots.append(there.id)
            work.plan_line(
                first.line, there.code, there.name, "added", [Difference("kind", "", "province")], of=[there.id]
            )
        return there
    if there is None or not work.rights.scope.administers(there.path):
        count = len({row.new_code for row in group})
        work.bad.add(
            "new_province_code",
            first.new_province_code,
            vi=f"{name} ({count} xã) nằm ngoài phạm vi bạn được giao; hãy ghi mã tỉnh của bạn vào ô chọn tỉnh",
            en=f"{name} ({count} communes) lies outside your subtree; give the code of your own province in "
            "the choice of provinces",
        )
        return None
    if there.kind != "province":
        work.bad.add(
            "new_province_code",
            first.new_province_code,
            vi=f"mã này là của “{there.name}”, không phải một tỉnh; hãy đổi mã cơ quan đó trước",
            en=f"the code is that of “{there.name}”, which is no province; change that agency's code first",
        )
        return None
    work.plan_line(first.line, there.code, there.name, "unchanged")
    return there


def _commune(work: Work, group: Sequence[CommuneRow], parent: Agency) -> dict[str, Any] | None:
    """Return the row to insert, None where the commune is there already or cannot be."""
    first = group[0]
    work.turn_to(first.line)
    name = _usual([row.new_name for row in group])
    there = _standing(work, first.new_code)
    if there is not None:
        _compare(work, first, there, name, parent)
        return None
    key, code, checked = new_id(), "", ""
    with work.complaining("new_commune_code", first.new_code):
        code = checked_code(first.new_code, of=_COMMUNE, error=AgencyError)
    with work.complaining("new_commune", name):
        checked = checked_name(name, of=_COMMUNE, error=AgencyError)
    if code and checked:
        values = {
            "id": key,
            "code": code,
            "kind": "commune",
            "name": checked,
            "name_en": None,
            "sort_key": sort_key(checked),
            "parent_id": parent.id,
            "path": f"{parent.path}{key}/",
            "is_demo": parent.is_demo,
            "valid_from": max(REORGANISED_ON, parent.valid_from),
            "valid_to": None,
        }
        told = [Difference("parent_code", "", parent.code)]
        work.plan_line(first.line, first.new_code, checked, "added", told, of=[key])
        return values
    return None


def _compare(work: Work, first: CommuneRow, there: Agency, name: str, parent: Agency) -> None:
    if there.parent_id != parent.id or there.kind != "commune":
        # Elsewhere is none of this official's business; that the code is taken is.
        work.bad.add(
            "new_commune_code",
            first.new_code,
            vi="mã này đang là của một cơ quan khác, không phải xã của tỉnh này; hãy kiểm tra cơ quan đó trước",
            en="the code is another agency's, which is no commune of this province; check that agency first",
        )
        return
    if there.name != name:
        work.odd.add(
            "new_commune",
            name,
            vi=f"đã có với tên “{there.name}”; tên đã có được giữ nguyên",
            en=f"is there as “{there.name}”; that name is kept",
        )
    work.plan_line(first.line, there.code, there.name, "unchanged")


def _usual(names: Sequence[str]) -> str:
    return Counter(names).most_common(1)[0][0]
