"""A rubric written as the spreadsheet that ``rubric_sheet`` reads; every cell is text: codes keep their zeros."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from survey.services import rubric_words as words
from survey.services.rubric_sheet import CLASS_COLUMNS, COLUMNS
from survey.services.rubric_sheet_guide import CHOICES, GUIDE, guide_rows
from survey.services.rubric_sheet_places import CLASSES, GENERAL, LINES
from survey.services.rubric_tree import lines_of

_WIDTHS: Final = {
    "kind": 18, "name": 48, "name_en": 36, "maximum": 9, "source": 20, "taken_from": 16, "formula": 13, "numbers": 24,
    "decimals": 9, "requires": 12, "guide": 40, "guide_en": 36, "parent": 9, "code": 9,
}  # fmt: skip
_WIDTH: Final = 14
# How far the lists to choose from reach below the last line, for lines that are added.
_ROWS_TO_CHOOSE: Final = 600
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A fixed date, so that the same rubric gives the same bytes.
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 -- the library writes it as it stands
_TINT: Final = "#E8EFF4"
_A4: Final = 9
_HEADING_HEIGHT: Final = 34


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What one sheet holds: rows below headings, which of the rows are sums and stand out, widths of columns."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    strong: frozenset[int] = frozenset()


def rubric_xlsx(content: Mapping[str, Any], *, language: str = "vi") -> bytes:
    """Return the content of a rubric as XLSX; reading it gives the same content again."""
    # Loaded here, because starting must not wait for it.
    import xlsxwriter  # noqa: PLC0415

    at = 1 if language == "en" else 0
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        plain = {"num_format": "@", "text_wrap": True, "valign": "top"}
        looks = {
            "text": book.add_format(plain),
            "strong": book.add_format({**plain, "bold": True, "bg_color": _TINT}),
            "heading": book.add_format({**plain, "bold": True, "bottom": 1, "bg_color": _TINT, "valign": "vcenter"}),
        }
        for sheet in _sheets(content, at):
            _write(book.add_worksheet(sheet.title), sheet, looks)
        _offer_choices(book, content, at)
    return buffer.getvalue()


def _sheets(content: Mapping[str, Any], at: int) -> Iterator[_Sheet]:
    yield _Sheet(GENERAL[at], (), list(_general(content, at)), (36, 70))
    lines = list(_lines(content, at))
    yield _Sheet(
        LINES[at],
        [(column.vi, column.en)[at] for column in COLUMNS],
        lines,
        [_WIDTHS.get(column.name, _WIDTH) for column in COLUMNS],
        frozenset(k for k, (_, _, table) in enumerate(lines_of(content)) if "source" not in table),
    )
    headings = [(column.vi, column.en)[at] for column in CLASS_COLUMNS]
    yield _Sheet(CLASSES[at], headings, list(_classes(content)), (_WIDTH, 40, 40, 24))
    yield _Sheet(GUIDE[at], (), list(guide_rows(at)), (34, 90))


def _write(sheet: Any, held: _Sheet, looks: Mapping[str, Any]) -> None:  # noqa: ANN401 -- the library has no types
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    for position, width in enumerate(held.widths):
        sheet.set_column(position, position, width, looks["text"])
    for position, heading in enumerate(held.headings):
        sheet.write_string(0, position, heading, looks["heading"])
    if held.headings:
        sheet.set_row(0, _HEADING_HEIGHT)
    first = 1 if held.headings else 0
    for number, row in enumerate(held.rows):
        look = looks["strong" if number in held.strong else "text"]
        for position, cell in enumerate(row):
            sheet.write_string(number + first, position, cell, look)
    if held.headings:
        # The headings and the codes stay in sight, also on paper.
        sheet.freeze_panes(1, 2 if len(held.headings) == len(COLUMNS) else 0)
        sheet.repeat_rows(0)


def _offer_choices(book: Any, content: Mapping[str, Any], at: int) -> None:  # noqa: ANN401 -- likewise
    """Give cells that hold one of a few words a list to choose from; other words are warned of, not forbidden."""
    lines, general = book.get_worksheet_by_name(LINES[at]), book.get_worksheet_by_name(GENERAL[at])
    names = [column.name for column in COLUMNS]
    last = sum(1 for _ in lines_of(content)) + _ROWS_TO_CHOOSE
    keys = [key for key, *_ in _general_keys(content)]
    for key, (first, end) in CHOICES.items():
        source = f"='{GUIDE[at]}'!$A${first}:$A${end}"
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        if key in names:
            lines.data_validation(1, names.index(key), last, names.index(key), rule)
        if key in keys:
            general.data_validation(keys.index(key), 1, keys.index(key), 1, rule)


def _general(content: Mapping[str, Any], at: int) -> Iterator[Sequence[str]]:
    for key, names, value in _general_keys(content):
        said = str(value).lower() if isinstance(value, bool) else str(value)
        yield names[at], words.CODED[key][said][at] if key in words.CODED else said


def _general_keys(content: Mapping[str, Any]) -> Iterator[tuple[str, words.Words, object]]:
    for key, names in words.RULES.items():
        if key.removesuffix("_en") in {"title", "origin"}:
            value = content.get(key.removesuffix("_en"), {}).get("en" if key.endswith("_en") else "vi")
        else:
            value = content.get(key)
        if value is not None:
            yield key, names, value


def _lines(content: Mapping[str, Any], at: int) -> Iterator[Sequence[str]]:
    for kind, parent, table in lines_of(content):
        formula = table.get("formula", {})
        cells = {
            "kind": words.KINDS[kind][at],
            "code": table["code"],
            "parent": parent,
            "maximum": str(table["maximum"]),
            "source": words.SOURCES[table["source"]][at] if "source" in table else "",
            "taken_from": str(table.get("element", table.get("indicator", table.get("survey", "")))),
            "formula": words.FORMULAS[formula["kind"]][at] if formula else "",
            "numbers": words.formula_text(formula),
            "decimals": str(table.get("decimals", "")),
            "rounding": words.ROUNDINGS[table["rounding"]][at] if "rounding" in table else "",
            "requires": ", ".join(table.get("requires", ())),
        }
        for key in ("name", "guide"):
            text = table.get(key, {})
            cells |= {key: text.get("vi", ""), f"{key}_en": text.get("en", "")}
        yield [cells[column.name] for column in COLUMNS]


def _classes(content: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for band in content.get("bands", []):
        yield band["code"], band["name"]["vi"], band["name"].get("en", ""), str(band["at_least"])
