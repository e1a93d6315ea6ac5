"""Figures that a round counts and somebody else knows: indicators, and what other surveys found; told by file or API.

Every line of a file is tried and every bad one named; nothing is kept while one is bad.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analysis.rubric import Bands, Linear, Share
from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexRound
from survey.models.index_sources import IndexIndicator
from survey.models.rubric_content import LeafContent, RubricContent
from survey.services.errors import AgencyError, RoundError, ServiceError
from survey.services.import_lines import BadCell, Complaints
from survey.services.index_ledger import content_of, points_of
from survey.services.index_numbers import Figure, read_figure, read_whole
from survey.services.table_file import Table
from survey.services.table_headings import Column, HeadedTable, headed
from survey.services.table_values import Row

COLUMNS: Final = (
    Column("agency_code", "Mã cơ quan", "Agency code", ("Mã", "Mã đơn vị"), is_needed=True),
    # For who fills the file in; the code says which.
    Column("agency", "Tên cơ quan", "Agency", ("Cơ quan", "Đơn vị")),
    Column("indicator", "Chỉ tiêu", "Indicator", ("Mã chỉ tiêu",), is_needed=True),
    Column("value", "Giá trị", "Value", ("Số liệu", "Tỷ lệ"), is_needed=True),
    Column("source", "Nguồn", "Source", ("Nguồn số liệu",)),
    Column("n", "Số người trả lời", "Respondents", ("n", "Số phiếu")),
    Column("low", "Cận dưới", "Lower end", ("Từ",)),
    Column("high", "Cận trên", "Upper end", ("Đến",)),
)
_FIRST_TOLD: Final = 3
OF_SURVEYS: Final = ("n", "low", "high")
LONGEST_SOURCE: Final = 200
MOST_RESPONDENTS: Final = 10**8

# Leaves by what they are fed with.
Known = Mapping[str, Sequence[LeafContent]]


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it was told; of a survey with its respondents, and the ends of its interval where they are known."""

    figure: Figure
    source: str
    n: int | None = None
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what two tellings have to share to be the same."""
        ends = ("" if end is None else exact_text(end) for end in (self.low, self.high))
        return exact_text(self.figure.value), self.source, f"{self.n or ''}", *ends


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """What a line would set; ``before`` is what is known, None where nothing is."""

    line: int
    agency: Agency
    indicator: str
    told: Told
    before: Told | None

    @property
    def is_new(self) -> bool:
        """Return whether it differs from what is known."""
        return self.before is None or self.before.texts != self.told.texts


@dataclass(slots=True)
class IndicatorPlan:
    """What a file would do; nothing can be kept while a line is bad.  ``blank`` lines tell nothing and set nothing."""

    year: int
    values: list[PlannedIndicator] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    blank: int = 0

    @property
    def digest(self) -> str:
        """Return what changes with everything that the plan would do."""
        told = [
            (f"{one.agency.id}", one.indicator, one.told.texts, one.before and one.before.texts) for one in self.values
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(slots=True)
class _Work:
    session: Session
    year: int
    may_set: Callable[[str], bool]
    known: Known
    complaints: Complaints
    agencies: Mapping[str, Agency]
    stored: Mapping[tuple[UUID, str], Told]
    first_lines: dict[tuple[UUID, str], int] = field(default_factory=dict)


def figure_name(leaf: LeafContent) -> str:
    """Return what feeds a leaf: its indicator, or its survey and its own code; "" where people or our survey do."""
    if leaf.source == "survey":
        return f"{leaf.survey}:{leaf.code}"
    return leaf.indicator if leaf.source == "indicator" else ""


def known_figures(content: RubricContent) -> dict[str, list[LeafContent]]:
    """Return the leaves of a rubric that figures feed, by what feeds them, as the rubric has them."""
    found: dict[str, list[LeafContent]] = {}
    for leaf in content.leaves.values():
        if name := figure_name(leaf):
            found.setdefault(name, []).append(leaf)
    return found


def told_as_shares(known: Known) -> frozenset[str]:
    """Return the figures that are shares of 0–1, which people write in per cent."""
    return frozenset(
        name
        for name, leaves in known.items()
        if all(isinstance(leaf.rule.formula, Share) or _is_share(leaf.rule.formula) for leaf in leaves)
    )


def _is_share(formula: object) -> bool:
    """Return whether all limits of a formula lie within 0–1, and not all are yes or no."""
    if isinstance(formula, Linear):
        return all(0 <= end <= 1 for end in (formula.nothing_at, formula.all_at))
    limits = [step.limit for step in formula.steps] if isinstance(formula, Bands) else []
    return bool(limits) and all(0 <= one <= 1 for one in limits) and any(0 < one < 1 for one in limits)


def plan_indicators(
    session: Session, table: Table, *, year: int, known: Known, may_set: Callable[[str], bool]
) -> IndicatorPlan:
    """Read a file of a year; ``known`` are the figures that a rubric counts, ``may_set`` is asked of agencies' paths.

    Raises:
        ImportRefusedError: The file has not the columns.

    """
    sheet, plan = headed(table, COLUMNS), IndicatorPlan(year)
    codes = {sheet.cell(row, "agency_code").strip() for row in sheet.rows}
    agencies = _agencies(session, codes, year)
    stored = stored_figures(session, year, [one.id for one in agencies.values()], known)
    work = _Work(session, year, may_set, known, Complaints(plan.bad.append), agencies, stored)
    for row in sheet.rows:
        if not any(sheet.cell(row, column.name).strip() for column in COLUMNS[_FIRST_TOLD:]):
            plan.blank += 1
        elif (planned := _read_line(work, sheet, row)) is not None:
            plan.values.append(planned)
    return plan


def plan_indicator(session: Session, round_: IndexRound, agency: Agency, told: Mapping[str, Any]) -> PlannedIndicator:
    """Read one figure as another system tells it: ``indicator``, ``value``, ``source``, ``n``, ``low``, ``high``.

    Raises:
        RoundError: The rubric of the round has no such figure, or does not take it; the sentence names it.

    """
    known, name = known_figures(content_of(round_)), str(told["indicator"])
    if name not in known:
        names = ", ".join(sorted(known))
        raise RoundError(
            vi=f"Bộ tiêu chí {round_.rubric.name} không có chỉ tiêu “{name[:40]}”; chỉ có: {names}.",
            en=f"The rubric {round_.rubric.name} has no indicator “{name[:40]}”; there are {names}.",
        )
    low, high = (read_figure(told[end]).value if told[end] is not None else None for end in ("low", "high"))
    source = re.sub(r"\s+", " ", str(told["source"])).strip()
    found = Told(read_figure(told["value"]), source, told["n"], low, high)
    check_told(name, found, known[name])
    before = stored_figures(session, round_.year, [agency.id], {name: known[name]}).get((agency.id, name))
    return PlannedIndicator(0, agency, name, found, before)


def stored_figures(
    session: Session, year: int, agency_ids: Sequence[UUID], names: Known
) -> dict[tuple[UUID, str], Told]:
    """Return what is known of agencies in a year."""
    wanted = select(IndexIndicator).where(
        IndexIndicator.agency_id.in_(agency_ids), IndexIndicator.year == year, IndexIndicator.indicator.in_(names)
    )
    return {(row.agency_id, row.indicator): told_by(row) for row in session.scalars(wanted)}


def told_by(row: IndexIndicator) -> Told:
    """Return a stored figure as it was told."""
    return Told(Figure(row.value, row.numerator, row.denominator), row.source, row.n, row.low, row.high)


def check_told(name: str, told: Told, leaves: Sequence[LeafContent]) -> None:
    """Refuse what the formulas of the leaves do not take, and an interval that is none.

    Raises:
        RoundError: Likewise.

    """
    for leaf in leaves:
        for value in (told.figure.value, told.low, told.high):
            if value is not None:
                points_of(leaf, value)
    is_survey = any(leaf.source == "survey" for leaf in leaves)
    if not is_survey and (told.n, told.low, told.high) != (None, None, None):
        raise RoundError(
            vi=f"{name} là chỉ tiêu nên không có số người trả lời và cận; hãy bỏ trống ba ô đó.",
            en=f"{name} is an indicator and has no respondents and no interval; leave these three empty.",
        )
    if (told.low is None) != (told.high is None) or (told.low is not None and told.n is None):
        raise RoundError(
            vi="Khoảng tin cậy phải có cả cận dưới, cận trên và số người trả lời; hãy ghi đủ hoặc bỏ trống.",
            en="An interval needs its lower end, its upper end and the respondents; give all of them, or none.",
        )
    if told.low is not None and told.high is not None and not told.low <= told.figure.value <= told.high:
        raise RoundError(
            vi="Giá trị phải nằm giữa cận dưới và cận trên; hãy kiểm tra ba số.",
            en="The value must lie between the lower and the upper end; check the three numbers.",
        )


def read_respondents(text: str) -> int | None:
    """Return how many answered; None where nobody says.

    Raises:
        RoundError: It is no number of people.

    """
    if not text.strip():
        return None
    found = read_whole(text)
    if not 1 <= found <= MOST_RESPONDENTS:
        raise RoundError(
            vi=f"“{text.strip()[:40]}” không thể là số người trả lời; hãy ghi như 240.",
            en=f"“{text.strip()[:40]}” cannot be a number of respondents; write it like 240.",
        )
    return found


def _read_line(work: _Work, sheet: HeadedTable, row: Row) -> PlannedIndicator | None:
    complaints = work.complaints
    complaints.turn_to(row.line)
    cells = {column.name: sheet.cell(row, column.name).strip() for column in COLUMNS}
    called = {column.name: sheet.headings.get(column.name, column.name) for column in COLUMNS}
    for name, position in sheet.positions.items():
        if fault := sheet.table.faults.get((row.line, position)):
            complaints.add(called[name], row.cell(position), vi=fault.vi, en=fault.en)

    def tried(name: str, read: Callable[[str], object]) -> object:
        try:
            return read(cells[name])
        except ServiceError as error:
            complaints.add(called[name], cells[name], vi=error.vi, en=error.en)
            return None

    agency = tried("agency_code", lambda code: _agency(work, code))
    figure, n = tried("value", read_figure), tried("n", read_respondents)
    low, high = (tried(end, lambda text: read_figure(text).value if text else None) for end in ("low", "high"))
    name, leaves = cells["indicator"], work.known.get(cells["indicator"], ())
    if not leaves:
        names = ", ".join(sorted(work.known))
        vi, en = f"không có chỉ tiêu này; chỉ có: {names}", f"is no indicator of a rubric; there are {names}"
        complaints.add(called["indicator"], name, vi=vi, en=en)
    if complaints.in_line or not isinstance(agency, Agency) or not isinstance(figure, Figure):
        return None
    told = Told(
        figure,
        re.sub(r"\s+", " ", cells["source"])[:LONGEST_SOURCE],
        n if isinstance(n, int) else None,
        low if isinstance(low, Fraction) else None,
        high if isinstance(high, Fraction) else None,
    )
    tried("value", lambda _text: check_told(name, told, leaves))
    first = work.first_lines.setdefault((agency.id, name), row.line)
    if first != row.line:
        vi, en = f"đã có ở dòng {first}; hãy bỏ một dòng", f"stands in line {first} already; drop one of them"
        complaints.add(called["agency_code"], agency.code, vi=vi, en=en)
    if complaints.in_line:
        return None
    return PlannedIndicator(row.line, agency, name, told, work.stored.get((agency.id, name)))


def _agencies(session: Session, codes: set[str], year: int) -> dict[str, Agency]:
    """Return the agencies of some codes at the end of a year."""
    last = date(year, 12, 31)
    wanted = select(Agency).where(
        Agency.code.in_(codes), Agency.valid_from <= last, or_(Agency.valid_to.is_(None), Agency.valid_to > last)
    )
    return {one.code: one for one in session.scalars(wanted)}


def _agency(work: _Work, code: str) -> Agency:
    agency = work.agencies.get(code)
    if agency is None:
        raise AgencyError(
            vi=f"Không có cơ quan mã “{code}” vào ngày 31/12/{work.year}; hãy kiểm tra mã hoặc thêm cơ quan trước.",
            en=f"No agency has the code “{code}” on {work.year}-12-31; check the code, or add the agency first.",
        )
    if not work.may_set(agency.path):
        raise RoundError(
            vi="không thuộc các cơ quan mà bạn được ghi số liệu; số liệu do cấp trên ghi",
            en="is none of the agencies whose figures are yours to set; they are set from above",
        )
    return agency
