"""One import at work: whose it is, what it may touch, and what it has found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.queries.scope import ADMINISTERS, Scope
from survey.services.errors import ServiceError
from survey.services.import_lines import Complaints
from survey.services.import_values import UnreadableError, normal
from survey.services.names import LONGEST_CODE
from survey.services.readable import readable
from survey.services.recorded_changes import RecordedChanges, RecordedPart
from survey.services.register_cells import Cells
from survey.services.register_values import Act, Difference, Plan, PlannedLine, read_day
from survey.services.table_headings import HeadedTable
from survey.services.table_values import Row

T = TypeVar("T")
# What a spreadsheet would take for a formula; an export puts an apostrophe before it, an import takes it away.
FORMULA_SIGNS: Final = ("=", "+", "-", "@")
NAMES: Final = frozenset({"name", "name_en", "field_name", "field_name_en"})
CODES: Final = frozenset({"code", "parent_code", "agency_code", "serves_code", "field_code", "counter_code"})


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose import it is: what lies outside the scope is refused, line by line.

    ``may_add_roots``: whole trees, and fields of service, which belong to everybody.
    """

    scope: Scope
    may_add_roots: bool

    @classmethod
    def of_scope(cls, scope: Scope) -> Rights:
        """Return the rights of an official."""
        return cls(scope, may_add_roots=scope.holds(ADMINISTERS, at_a_root=True))

    @classmethod
    def of_operator(cls) -> Rights:
        """Return the rights of whoever has the terminal: all."""
        return cls(Scope((("", "administrator"),)), may_add_roots=True)


@dataclass(slots=True)
class Work:
    """An import at work.  ``only`` narrows communes to provinces of these codes; empty means all."""

    session: Session
    rights: Rights
    today: date
    plan: Plan
    only: frozenset[str] = frozenset()
    bad: Complaints = field(init=False)
    odd: Complaints = field(init=False)
    _agencies: dict[str, list[Agency]] | None = None
    _recorded: RecordedChanges | None = None

    def __post_init__(self) -> None:
        self.bad = Complaints(self.plan.bad.append)
        self.odd = Complaints(self.plan.odd.append)

    def turn_to(self, line: int) -> None:
        """Begin with another line."""
        self.bad.turn_to(line)
        self.odd.turn_to(line)

    def lines(self, table: HeadedTable) -> Iterator[tuple[int, Cells]]:
        """Yield the lines whose cells can be taken as they are; what cannot is complained about."""
        for row in table.rows:
            self.turn_to(row.line)
            cells = {name: _unmarked(normal(readable(table.cell(row, name)))) for name in table.positions}
            if any(row.cells[table.width :]):
                self.bad.add(
                    "",
                    "; ".join(filter(None, row.cells[table.width :])),
                    vi=f"có {len(row.cells)} ô, dòng tiêu đề có {table.width}; hãy kiểm tra dấu phân cách và ngoặc kép",
                    en=f"has {len(row.cells)} cells, the headings {table.width}; check delimiters and quotation marks",
                )
            self._look_at(table, row, cells)
            if not self.bad.in_line:
                yield row.line, cells

    def read(self, column: str, text: str, reading: Callable[[str], T]) -> T | None:
        """Return what ``reading`` makes of a text; None where it is empty, or with a complaint where it is wrong."""
        return self.bad.read(column, text, reading) if text else None

    def with_end_read(self, raw: Cells) -> Cells:
        """Return the cells of a line with the day ``retired_on`` read, which may not lie in the future."""
        cells = dict(raw)
        if cells.get("retired_on"):
            day = self.read("retired_on", cells["retired_on"], read_day)
            cells["retired_on"] = day.isoformat() if day else ""
            if day and day > self.today:
                self.bad.add(
                    "retired_on",
                    raw["retired_on"],
                    vi="là ngày trong tương lai; hãy ghi ngày hôm nay hoặc trước đó",
                    en="lies in the future; write today or a day before",
                )
        return cells

    @contextmanager
    def complaining(self, column: str, value: str) -> Iterator[None]:
        """Turn what a service refuses into a complaint about a cell of the present line."""
        try:
            yield
        except (ServiceError, UnreadableError) as error:
            self.bad.add(column, value, vi=error.vi, en=error.en)

    def refuse(self, column: str, value: str) -> None:
        """Say that a line speaks of what does not lie in the subtree of whoever imports."""
        self.bad.add(
            column,
            value,
            vi="nằm ngoài phạm vi bạn được giao; hãy bỏ dòng này hoặc nhờ người quản trị cấp trên nhập",
            en="lies outside your subtree; drop this line, or let an administrator above you import it",
        )

    def plan_line(
        self,
        line: int,
        key: str,
        name: str,
        act: Act,
        differences: Iterable[Difference] = (),
        *,
        of: Iterable[UUID] = (),
    ) -> None:
        """Note what a line comes to; ``of`` are the agencies that it touches."""
        self.plan.lines.append(PlannedLine(line, key, name, act, tuple(differences), frozenset(of)))

    def agencies_of(self, code: str) -> list[Agency]:
        """Return every agency that ever carried a code, the latest first."""
        if self._agencies is None:
            self._agencies = {}
            for agency in self.session.scalars(select(Agency).order_by(Agency.valid_from.desc())):
                self._agencies.setdefault(agency.code, []).append(agency)
        return self._agencies.get(code, [])

    @property
    def recorded(self) -> RecordedChanges:
        """Return what changes of bodies were recorded before this import."""
        if self._recorded is None:
            self._recorded = RecordedChanges(self.session)
        return self._recorded

    def heir_of_code(self, code: str) -> tuple[Agency, RecordedPart] | None:
        """Return who carries on for the latest body of a code that has ended, and by which change."""
        ended = next((each for each in self.agencies_of(code) if each.valid_to and each.valid_to <= self.today), None)
        found = self.recorded.heir_of(ended) if ended else None
        return (self.session.get_one(Agency, found[0]), found[1]) if found else None

    def note_agency(self, agency: Agency) -> None:
        """Let the following lines find an agency that was just added."""
        known = self.agencies_of(agency.code)
        if not known and self._agencies is not None:
            self._agencies[agency.code] = known
        known.append(agency)
        known.sort(key=lambda each: each.valid_from, reverse=True)

    def agency_on(self, column: str, code: str, day: date) -> Agency | None:
        """Return the agency that has a code on a day; None, with a complaint, where there is none.

        Of a body that has ended by today it is, with a remark, who carries on for it.
        """
        for agency in self.agencies_of(code):
            if agency.valid_from <= day < (agency.valid_to or date.max):
                return agency
        if day == self.today and (heir := self.heir_of_code(code)):
            vi, en = heir[1].said
            self.odd.add(
                column,
                code,
                vi=f"đã {vi}; dòng này được hiểu là của “{heir[0].name}” ({heir[0].code})",
                en=f"{en}; the line is taken as that of “{heir[0].name}” ({heir[0].code})",
            )
            return heir[0]
        padded = next((code.zfill(width) for width in (2, 5) if self.agencies_of(code.zfill(width))), "")
        if code.isdecimal() and padded and padded != code:
            self.bad.add(
                column,
                code,
                vi=f"không có cơ quan mã này, nhưng có mã {padded}: các số 0 đứng đầu đã mất; hãy để cột dạng văn bản",
                en=f"no agency has this code, but one has {padded}: zeros before it are lost; make the column text",
            )
            return None
        self.bad.add(
            column,
            code,
            vi=f"không có cơ quan mã này vào ngày {day:%d/%m/%Y}; hãy kiểm tra mã hoặc thêm cơ quan đó trước",
            en=f"no agency has this code on {day:%Y-%m-%d}; check the code, or add the agency first",
        )
        return None

    def _look_at(self, table: HeadedTable, row: Row, cells: Mapping[str, str]) -> None:
        for name, position in table.positions.items():
            fault = table.table.faults.get((row.line, position))
            if fault:
                self.bad.add(name, cells[name], vi=fault.vi, en=fault.en)
            elif name in NAMES and cells[name].startswith(FORMULA_SIGNS):
                self.odd.add(
                    name,
                    cells[name],
                    vi=f"bắt đầu bằng “{cells[name][0]}” như một công thức; sẽ được lưu như chữ thường, hãy kiểm tra",
                    en=f"begins with “{cells[name][0]}” like a formula; it is kept as plain text, check it",
                )
            elif name in CODES and (row.line, position) in table.table.numbers and len(cells[name]) < LONGEST_CODE:
                self._look_at_number(name, cells[name])

    def _look_at_number(self, column: str, code: str) -> None:
        """A number in a column of codes: harmless, unless a code with zeros before it is meant."""
        meant = next((code.zfill(width) for width in (2, 5) if self.agencies_of(code.zfill(width))), "")
        if self.agencies_of(code):
            return
        if meant:
            self.bad.add(
                column,
                code,
                vi=f"là số nên mất các số 0 đứng đầu; có lẽ là {meant}: hãy để cột dạng văn bản rồi ghi lại",
                en=f"is a number, so that zeros before it are lost; {meant} is probably meant: make the column text",
            )
        else:
            self.odd.add(
                column,
                code,
                vi="là số chứ không phải văn bản; nếu mã có số 0 đứng đầu thì các số đó đã mất",
                en="is a number, not text; if the code begins with zeros, they are lost",
            )


def differences(stored: Mapping[str, str], wanted: Mapping[str, str]) -> list[Difference]:
    """Return the columns of a file that differ from what is stored; a column that is missing changes nothing."""
    return [
        Difference(column, stored[column], new)
        for column, new in wanted.items()
        if column in stored and normal(readable(stored[column])) != new
    ]


def _unmarked(text: str) -> str:
    """Take away the one apostrophe that an export puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text
