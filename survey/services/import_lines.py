"""From rows of a file to answers: every cell read by the map, every bad one named, nothing stored yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple, TypeVar

from survey.services.import_file import CsvFile
from survey.services.import_map import CHANNELS, LANGUAGES, ImportMap
from survey.services.import_target import ImportTarget
from survey.services.import_values import (
    DateReader,
    LevelReader,
    UnreadableError,
    normal,
    read_choice,
    read_weight,
    read_word,
)

LONGEST_VALUE_SHOWN: Final = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is wrong in a line: the column, the value as it stands there, and why, in both languages."""

    line: int
    column: str
    value: str
    vi: str
    en: str


class Header(NamedTuple):
    """What a line says beside its ratings; ``agency`` is a key of the target."""

    agency: str
    day: date
    channel: str
    language: str
    stratum: str | None
    cluster: str | None
    weight: float | None


class Line(NamedTuple):
    """One response and the line it begins in."""

    number: int
    header: Header
    answers: dict[str, int]


@dataclass(slots=True)
class Complaints:
    """Hears of every cell that could not be read, and counts them, in the file and in the present line."""

    listener: Callable[[BadCell], None]
    line: int = 0
    in_line: int = 0
    in_file: int = 0

    def turn_to(self, line: int) -> None:
        """Begin with another line."""
        self.line, self.in_line = line, 0

    def add(self, column: str, value: str, *, vi: str, en: str) -> None:
        """Name a cell of the present line."""
        self.in_line += 1
        self.in_file += 1
        shown = value if len(value) <= LONGEST_VALUE_SHOWN else value[:LONGEST_VALUE_SHOWN] + "…"
        self.listener(BadCell(self.line, column, shown, vi, en))

    def read(self, column: str, text: str, reading: Callable[[str], T]) -> T | None:
        """Return what ``reading`` makes of a text; None, with a complaint, where it makes nothing of it."""
        try:
            return reading(text)
        except UnreadableError as error:
            self.add(column, text, vi=error.vi, en=error.en)
            return None


@dataclass(slots=True)
class LineReader:
    """Reads a whole file in the layout of its map.

    ``skipped`` lines were left out by [only]; ``blank`` responses hold no answer at all and are left out, too.
    """

    file: CsvFile
    plan: ImportMap
    target: ImportTarget
    today: date
    complaints: Complaints
    skipped: int = 0
    blank: int = 0
    _positions: dict[str, int] = field(init=False)
    _dates: DateReader = field(init=False)
    _levels: dict[str, LevelReader] = field(init=False)

    def __post_init__(self) -> None:
        self._positions = {name: position for position, name in enumerate(self.file.header)}
        self._dates = DateReader(self.plan.dates.formats, first_wins=self.plan.dates.ambiguous == "first")
        self._levels = {
            code: LevelReader(
                {**self.plan.values, **item.values},
                is_reversed=self.plan.scale.reverse if item.reverse is None else item.reverse,
            )
            for code, item in self.plan.items.items()
        }

    def read(self) -> Iterator[Line]:
        """Yield the responses; those of a line with a complaint are not to be stored, nor is anything else then."""
        for line in self._read_long() if self.plan.file.layout == "long" else self._read_wide():
            if line.answers:
                yield line
            elif not self.complaints.in_file:
                self.blank += 1

    def _rows(self) -> Iterator[list[str]]:
        width = len(self.file.header)
        only = [(self._position(name), set(map(normal, texts))) for name, texts in self.plan.only.items()]
        for number, row in self.file.rows():
            self.complaints.turn_to(number)
            if len(row) != width:
                self.complaints.add(
                    "",
                    self.plan.file.delimiter.join(row),
                    vi=f"có {len(row)} cột, dòng tiêu đề có {width}; hãy kiểm tra dấu phân cách và ngoặc kép",
                    en=f"has {len(row)} columns, the header {width}; check delimiters and quotation marks",
                )
            elif any(normal(row[position]) not in texts for position, texts in only):
                self.skipped += 1
            else:
                yield row

    def _read_wide(self) -> Iterator[Line]:
        items = [
            (code, item.column, self._position(item.column), self._levels[code].read)
            for code, item in self.plan.items.items()
        ]
        for row in self._rows():
            header = self._header(row)
            answers = {}
            for code, column, position, reading in items:
                level = self.complaints.read(column, row[position], reading)
                if level is not None:
                    answers[code] = level
            if header is not None:
                yield Line(self.complaints.line, header, answers)

    def _read_long(self) -> Iterator[Line]:
        columns = self.plan.columns
        respondent, question, value = columns.respondent or "", columns.question or "", columns.value or ""
        codes = {normal(item.column): code for code, item in self.plan.items.items()}
        forms = _Forms(self.complaints, respondent)
        for row in self._rows():
            header = self._header(row)
            code = codes.get(normal(row[self._position(question)]))
            if code is None:
                self.complaints.add(
                    question,
                    row[self._position(question)],
                    vi="không phải câu hỏi nào trong [items] của tệp ánh xạ",
                    en="is none of the questions under [items] of the map",
                )
            elif header is not None:
                level = self.complaints.read(value, row[self._position(value)], self._levels[code].read)
                yield from forms.add(row[self._position(respondent)], header, code, level)
        yield from forms.end()

    def _header(self, row: list[str]) -> Header | None:
        columns, constants = self.plan.columns, self.plan.constants
        day = self._cell(row, columns.date, self._day) if columns.date else constants.date
        if day is None:
            return None
        on = day
        agency = self.complaints.read(
            columns.agency or "constants.agency",
            row[self._position(columns.agency)] if columns.agency else constants.agency or "",
            lambda text: self.target.find_agency(text, on),
        )
        channel = self._cell(row, columns.channel, self._channel) or constants.channel
        language = self._cell(row, columns.language, self._language) or constants.language
        stratum = self._cell(row, columns.stratum, read_word)
        cluster = self._cell(row, columns.cluster, read_word)
        weight = self._cell(row, columns.weight, self._weight)
        return Header(agency, day, channel, language, stratum, cluster, weight) if agency is not None else None

    def _cell(self, row: list[str], column: str | None, reading: Callable[[str], T | None]) -> T | None:
        return self.complaints.read(column, row[self._position(column)], reading) if column is not None else None

    def _position(self, column: str) -> int:
        return self._positions[normal(column)]

    def _day(self, text: str) -> date:
        day = self._dates.read(text)
        self.target.check_day(day, self.today)
        return day

    def _channel(self, text: str) -> str:
        return read_choice(text, self.plan.channels, CHANNELS, "channels")

    def _language(self, text: str) -> str:
        return read_choice(text, self.plan.languages, LANGUAGES, "languages")

    def _weight(self, text: str) -> float | None:
        return read_weight(text, decimal=self.plan.file.decimal)


@dataclass(slots=True)
class _Forms:
    """Puts the lines of a respondent together; they must follow each other, so that nothing piles up in memory."""

    complaints: Complaints
    column: str
    _respondent: str | None = None
    _first: Line | None = None
    # Hashes, not the names themselves: a million respondents take a few dozen megabytes.
    _ended: set[int] = field(default_factory=set)

    def add(self, respondent: str, header: Header, code: str, level: int | None) -> Iterator[Line]:
        """Take one answer; yield the form before it where this is another respondent's."""
        if normal(respondent) != self._respondent:
            yield from self.end()
            self._respondent = normal(respondent)
            self._first = Line(self.complaints.line, header, {})
            if hash(self._respondent) in self._ended:
                self._complain(
                    "đã có ở các dòng trước; hãy sắp xếp tệp theo cột này", "came earlier; sort by this column"
                )
        if self._first is None:
            return
        if header != self._first.header:
            number = self._first.number
            self._complain(
                f"có ngày, cơ quan hoặc thông tin khác với dòng {number}; hãy sửa cho giống",
                f"has another date, agency or detail than line {number}; make them agree",
            )
        elif code in self._first.answers:
            self._complain("trả lời câu này hai lần; hãy bỏ một dòng", "answers this question twice; drop one line")
        elif level is not None:
            self._first.answers[code] = level

    def end(self) -> Iterator[Line]:
        """Yield the last form."""
        if self._first is not None:
            self._ended.add(hash(self._respondent))
            yield self._first
        self._first = None

    def _complain(self, vi: str, en: str) -> None:
        self.complaints.add(self.column, self._respondent or "", vi=vi, en=en)
