"""Officials from a file: invited, given and taken roles, closed; nobody gets a password from a file."""

from __future__ import annotations

from functools import partial

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency
from survey.queries.register import list_register_officials
from survey.queries.scope import ADMINISTERS
from survey.services.accounts import canonical_email
from survey.services.errors import AccountError, ImportRefusedError
from survey.services.import_values import UnreadableError
from survey.services.names import checked_name
from survey.services.official_accounts import (
    close_account,
    correct_account,
    give_role,
    invite_official,
    open_account,
    take_role,
)
from survey.services.register_cells import Cells, joined_codes, official_cells, split_codes
from survey.services.register_values import LANGUAGE_WORDS, ROLE_WORDS, YES_NO_WORDS, Difference, read_word
from survey.services.register_work import Work, differences
from survey.services.table_headings import HeadedTable

Wanted = dict[tuple[str, str], Agency]


def import_officials(work: Work, table: HeadedTable) -> None:
    """Do what a file says of officials; roles outside the subtree of whoever imports are neither seen nor touched.

    Raises:
        ImportRefusedError: where whoever imports administers nothing: not even which accounts exist is his to learn.

    """
    if not work.rights.scope.holds(ADMINISTERS):
        raise ImportRefusedError(
            vi="Danh mục cán bộ chỉ người quản trị được nhập; hãy nhờ người quản trị cơ quan của bạn nhập tệp này.",
            en="Only administrators import officials; let the administrator of your agency import this file.",
        )
    known = {official.email: official for official in list_register_officials(work.session)}
    first_line: dict[str, int] = {}
    for line, raw in work.lines(table):
        cells = {**raw, "email": canonical_email(raw["email"])}
        first = first_line.setdefault(cells["email"], line)
        if first != line:
            work.bad.add("email", cells["email"], vi=f"đã có ở dòng {first}", en=f"stands in line {first} already")
            continue
        with work.complaining("email", cells["email"]):
            _set_up(work, line, cells, known.get(cells["email"]))


def _set_up(work: Work, line: int, cells: Cells, there: Official | None) -> None:
    for column, words in (("language", LANGUAGE_WORDS), ("active", YES_NO_WORDS)):
        if cells.get(column):
            cells[column] = work.bad.read(column, cells[column], partial(read_word, words)) or ""
        else:
            cells.pop(column, None)
    with work.complaining("name", cells["name"]):
        cells["name"] = checked_name(cells["name"], of=("cán bộ", "official"), error=AccountError)
    wanted = _roles(work, cells, there)
    if work.bad.in_line:
        return
    cells["roles"] = joined_codes(f"{role}@{code}" for role, code in wanted)
    if there is None:
        _invite(work, line, cells, wanted)
    elif not _is_visible(work, there):
        work.bad.add(
            "email",
            there.email,
            vi="đã có tài khoản ngoài phạm vi của bạn; hãy nhờ người quản trị cấp trên giao vai trò",
            en="has an account outside your subtree; let an administrator above you give the role",
        )
    else:
        _change(work, line, cells, there, wanted)


def _roles(work: Work, cells: Cells, there: Official | None) -> Wanted:
    wanted: Wanted = {}
    held = {(grant.role, grant.agency.code): grant.agency for grant in there.grants} if there else {}
    for part in split_codes(cells["roles"]):
        word, _, code = (each.strip() for each in part.partition("@"))
        role = work.bad.read("roles", word, partial(read_word, ROLE_WORDS))
        if not code:
            work.bad.add(
                "roles",
                part,
                vi="thiếu mã cơ quan; hãy viết như “người xem @ MÃ”, cách nhau bằng dấu chấm phẩy",
                en="lacks an agency; write like “viewer @ CODE”, with semicolons between",
            )
        elif role:
            # What he holds already may lie on a body that has ended since.
            agency = held.get((role, code)) or work.agency_on("roles", code, work.today)
            if agency is not None and not work.rights.scope.administers(agency.path):
                work.refuse("roles", part)
            elif agency is not None:
                wanted[role, agency.code] = agency
    return wanted


def _is_visible(work: Work, official: Official) -> bool:
    scope = work.rights.scope
    if not official.grants:
        return work.rights.may_add_roots
    return any(scope.administers(grant.agency.path) for grant in official.grants)


def _invite(work: Work, line: int, cells: Cells, wanted: Wanted) -> None:
    if not wanted:
        raise UnreadableError(vi="cán bộ mới cần ít nhất một vai trò", en="a new official needs at least one role")
    official: Official | None = None
    for (role, _), agency in wanted.items():
        if official is None:
            official = invite_official(
                work.session,
                email=cells["email"],
                name=cells["name"],
                agency=agency,
                role=role,
                language=cells.get("language", "vi"),
            )
        else:
            give_role(work.session, official, agency=agency, role=role)
    if official is not None and cells.get("active") == "no":
        close_account(work.session, official)
    work.plan_line(line, cells["email"], cells["name"], "added", [Difference("roles", "", cells["roles"])])


def _change(work: Work, line: int, cells: Cells, there: Official, wanted: Wanted) -> None:
    found = differences(official_cells(there, work.rights.scope.administers), cells)
    columns = {each.column for each in found}
    if not found:
        work.plan_line(line, there.email, there.name, "unchanged")
        return
    if columns & {"name", "language", "active"} and not _is_kept(work, there):
        work.bad.add(
            "email",
            there.email,
            vi="còn có vai trò ngoài phạm vi của bạn, nên chỉ vai trò trong phạm vi sửa được, không sửa tài khoản",
            en="has roles outside your subtree too, so that only roles within it may change, not the account",
        )
        return
    if columns & {"name", "language"}:
        correct_account(work.session, there, name=cells["name"], language=cells.get("language", there.language))
    if "roles" in columns:
        _change_roles(work, there, wanted)
    closes = "active" in columns and cells["active"] == "no"
    if "active" in columns:
        (close_account if closes else open_account)(work.session, there)
    work.plan_line(line, there.email, there.name, "retired" if closes else "changed", found)


def _change_roles(work: Work, there: Official, wanted: Wanted) -> None:
    """Give first and take afterwards: an administrator who moves is never the last one gone."""
    held = {(grant.role, grant.agency.code): grant for grant in there.grants if _is_mine(work, grant)}
    for (role, code), agency in wanted.items():
        if (role, code) not in held:
            give_role(work.session, there, agency=agency, role=role)
    for key, grant in held.items():
        if key not in wanted:
            take_role(work.session, grant)


def _is_mine(work: Work, grant: Grant) -> bool:
    return work.rights.scope.administers(grant.agency.path)


def _is_kept(work: Work, official: Official) -> bool:
    if not official.grants:
        return work.rights.may_add_roots
    return all(_is_mine(work, grant) for grant in official.grants)
