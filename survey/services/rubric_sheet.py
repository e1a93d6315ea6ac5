"""A rubric in a spreadsheet: a sheet of general rules, one of the lines of the tree, one of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from survey.services import rubric_words as words
from survey.services.edition_faults import Fault
from survey.services.errors import ImportRefusedError
from survey.services.rubric_faults import not_among
from survey.services.rubric_sheet_places import CLASSES, GENERAL, LINES, SheetCells, column_cells
from survey.services.rubric_tree import EXTRAS, Node, tree_of
from survey.services.table_file import Table, read_table
from survey.services.table_headings import Column, HeadedTable, headed
from survey.services.table_values import Row, plain_heading

COLUMNS: Final = (
    Column("kind", "Loại", "Kind"),
    Column("code", "Mã", "Code", is_needed=True),
    Column("parent", "Mã cấp trên", "Parent code", is_needed=True),
    Column("name", "Tên", "Name", ("Nội dung", "Tiêu chí"), is_needed=True),
    Column("name_en", "Tên tiếng Anh", "English name"),
    Column("maximum", "Điểm tối đa", "Maximum", ("Điểm chuẩn",), is_needed=True),
    Column("source", "Nguồn điểm", "Source", is_needed=True),
    Column("taken_from", "Lấy từ", "Taken from"),
    Column("formula", "Cách tính", "Formula"),
    Column("numbers", "Tham số", "Parameters"),
    Column("decimals", "Số thập phân", "Decimals"),
    Column("rounding", "Làm tròn", "Rounding"),
    Column("requires", "Điều kiện", "Requires"),
    Column("guide", "Hướng dẫn", "Guide"),
    Column("guide_en", "Hướng dẫn tiếng Anh", "English guide"),
)
CLASS_COLUMNS: Final = (
    Column("code", "Mã", "Code", is_needed=True),
    Column("name", "Tên", "Name", is_needed=True),
    Column("name_en", "Tên tiếng Anh", "English name"),
    Column("at_least", "Từ (% điểm tối đa)", "From (% of the maximum)", is_needed=True),
)
_WHOLE: Final = frozenset({"year", "decimals"})
_NUMBERS: Final = frozenset({"maximum", "bonus_maximum", "penalty_maximum"})
_TAKEN_FROM: Final = {"satisfaction": "element", "indicator": "indicator", "survey": "survey"}


@dataclass(slots=True)
class SheetRubric:
    """What the sheets hold; ``lines`` are of the sheet of criteria, by place; ``cells`` say where a value stands."""

    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    cells: SheetCells = field(default_factory=SheetCells)


def read_rubric_sheets(content: bytes, *, name: str) -> SheetRubric:
    """Read a spreadsheet, unchecked but for what is no tree.

    Raises:
        ImportRefusedError: where a sheet or a column is missing, or the file cannot be read.

    """
    book = read_table(content, name=name)
    found = SheetRubric()
    _read_general(found, _sheet(book, content, GENERAL))
    lines = headed(_sheet(book, content, LINES), COLUMNS)
    tree = tree_of([node for row in lines.rows if (node := _node(found, lines, row)) is not None])
    found.cells.criteria = column_cells(lines)
    found.content |= tree.content
    found.lines |= tree.lines
    found.faults += tree.faults
    if any(title in book.sheets for title in CLASSES):
        classes = headed(_sheet(book, content, CLASSES), CLASS_COLUMNS)
        found.content["bands"] = [_class(classes, row) for row in classes.rows]
        found.cells.classes = column_cells(classes)
        found.cells.class_lines = tuple(row.line for row in classes.rows)
    return found


def _sheet(book: Table, content: bytes, titles: words.Words) -> Table:
    title = next((one for one in titles if one in book.sheets), None)
    if title is None:
        raise ImportRefusedError(
            vi=f"Tệp {book.name} không có trang tính “{titles[0]}”; hãy bắt đầu từ tệp tải xuống của phần mềm.",
            en=f"The file {book.name} has no sheet “{titles[1]}”; begin with a file downloaded from here.",
        )
    return read_table(content, name=book.name, sheet=title)


def _read_general(found: SheetRubric, table: Table) -> None:
    keys = {plain_heading(called): key for key, names in words.RULES.items() for called in (key, *names)}
    said: dict[str, str] = {}
    for row in table.rows:
        key, value = keys.get(plain_heading(row.cell(0))), row.cell(1)
        if key and value:
            said[key] = value
            found.cells.rules[key] = row.line
    for key, value in said.items():
        if key.removesuffix("_en") in {"title", "origin"}:
            text = found.content.setdefault(key.removesuffix("_en"), {})
            text["en" if key.endswith("_en") else "vi"] = value
        elif key in _WHOLE:
            found.content[key] = words.whole_of(value)
        elif key in _NUMBERS:
            found.content[key] = words.number_of(value)
        else:
            code = words.code_of(value, words.CODED[key]) if key in words.CODED else value
            found.content[key] = code == "true" if key == "may_exceed" and code in words.YES_NO else code


def _node(found: SheetRubric, lines: HeadedTable, row: Row) -> Node | None:
    """Read a line; None for one that names nothing, and cells that cannot be taken are told."""
    cells = {column.name: lines.cell(row, column.name) for column in COLUMNS}
    for name, position in lines.positions.items():
        if fault := lines.table.faults.get((row.line, position)):
            found.faults.append(Fault(f"line[{row.line}].{name}", fault.vi, fault.en))
    if not cells["code"] and not cells["name"]:
        return None
    kind = words.code_of(cells["kind"], words.KINDS)
    if kind and kind not in words.KINDS:
        found.faults.append(not_among(kind, words.KINDS, tuple(words.KINDS), f"line[{row.line}].kind"))
    table: dict[str, Any] = {"code": cells["code"], "name": _text(cells, "name")}
    for key in ("maximum", "decimals"):
        if cells[key]:
            table[key] = words.number_of(cells[key])
    if "decimals" in table:
        table["decimals"] = words.whole_of(table["decimals"])
    if cells["source"]:
        _read_leaf(table, cells)
    if cells["guide"]:
        table["guide"] = _text(cells, "guide")
    return Node(row.line, cells["code"], "" if kind in EXTRAS else cells["parent"], kind, table)


def _read_leaf(table: dict[str, Any], cells: Mapping[str, str]) -> None:
    source = words.code_of(cells["source"], words.SOURCES)
    table["source"] = source
    if cells["taken_from"]:
        table[_TAKEN_FROM.get(source, "element")] = cells["taken_from"]
    if cells["formula"]:
        table["formula"] = words.formula_from(words.code_of(cells["formula"], words.FORMULAS), cells["numbers"])
    if cells["rounding"]:
        table["rounding"] = words.code_of(cells["rounding"], words.ROUNDINGS)
    if cells["requires"]:
        table["requires"] = [code.strip() for code in cells["requires"].split(",") if code.strip()]


def _class(classes: HeadedTable, row: Row) -> dict[str, Any]:
    cells = {column.name: classes.cell(row, column.name) for column in CLASS_COLUMNS}
    return {"code": cells["code"], "name": _text(cells, "name"), "at_least": words.number_of(cells["at_least"])}


def _text(cells: Mapping[str, str], key: str) -> dict[str, str]:
    own = {"vi": cells[key]} if cells[key] else {}
    return own | ({"en": cells[f"{key}_en"]} if cells.get(f"{key}_en") else {})
