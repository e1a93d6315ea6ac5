"""A rubric written as the spreadsheet that ``rubric_sheet`` reads; every cell is text: codes keep their zeros."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from survey.services import rubric_words as words
from survey.services.rubric_sheet import CLASS_COLUMNS, CLASSES, COLUMNS, GENERAL, LINES
from survey.services.rubric_tree import lines_of

_WIDTHS: Final = {"name": 60, "name_en": 40, "guide": 50, "guide_en": 40, "numbers": 30, "source": 24}
_WIDTH: Final = 14
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A fixed date, so that the same rubric gives the same bytes.
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 -- the library writes it as it stands


def rubric_xlsx(content: Mapping[str, Any], *, language: str = "vi") -> bytes:
    """Return the content of a rubric as XLSX; reading it gives the same content again."""
    # Loaded here, because starting must not wait for it.
    import xlsxwriter  # noqa: PLC0415

    at = 1 if language == "en" else 0
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "num_format": "@", "valign": "top"})
        sheets: list[tuple[str, Sequence[str], Iterator[Sequence[str]], Sequence[int]]] = [
            (GENERAL[at], (), _general(content, at), (36, 70)),
            (
                LINES[at],
                [(column.vi, column.en)[at] for column in COLUMNS],
                _lines(content, at),
                [_WIDTHS.get(column.name, _WIDTH) for column in COLUMNS],
            ),
            (
                CLASSES[at],
                [(column.vi, column.en)[at] for column in CLASS_COLUMNS],
                _classes(content),
                (_WIDTH, 40, 40, 24),
            ),
        ]
        for title, headings, rows, widths in sheets:
            sheet = book.add_worksheet(title)
            for position, width in enumerate(widths):
                sheet.set_column(position, position, width, text)
            for position, heading in enumerate(headings):
                sheet.write_string(0, position, heading, bold)
            for number, row in enumerate(rows, start=1 if headings else 0):
                for position, cell in enumerate(row):
                    sheet.write_string(number, position, cell, text)
            sheet.freeze_panes(1 if headings else 0, 0)
    return buffer.getvalue()


def _general(content: Mapping[str, Any], at: int) -> Iterator[Sequence[str]]:
    for key, names in words.RULES.items():
        if key.removesuffix("_en") in {"title", "origin"}:
            value = content.get(key.removesuffix("_en"), {}).get("en" if key.endswith("_en") else "vi")
        else:
            value = content.get(key)
        if value is not None:
            said = str(value).lower() if isinstance(value, bool) else str(value)
            yield names[at], words.CODED[key][said][at] if key in words.CODED else said


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
