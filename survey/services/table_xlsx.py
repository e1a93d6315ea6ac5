"""A sheet of an XLSX file as rows of text; formulae, merged cells and numbers are told apart."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from survey.services.errors import ImportRefusedError
from survey.services.import_values import normal
from survey.services.table_values import Fault, Row

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, RuntimeError, EOFError, LookupError
)  # fmt: skip
_LARGEST_UNPACKED: Final = 24 * 1024 * 1024
_LONGEST_SHOWN: Final = 40


@dataclass(slots=True)
class Sheet:
    """What stands in one sheet; ``sheets`` are all of the file that hold anything."""

    sheet: str
    sheets: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    numbers: frozenset[tuple[int, int]] = frozenset()


def is_zip(content: bytes) -> bool:
    """Return whether the file is packed as spreadsheets of today are."""
    return content.startswith(_ZIP)


def refuse_old_spreadsheet(content: bytes, name: str) -> None:
    """Refuse XLS, and XLSX behind a password, which is packed like it."""
    if content.startswith(_OLE):
        raise ImportRefusedError(
            vi=f"Tệp {name} là XLS đời cũ hoặc có mật khẩu; hãy lưu lại thành XLSX không mật khẩu.",
            en=f"The file {name} is an old XLS, or has a password; save it as XLSX without a password.",
        )


def read_xlsx(content: bytes, *, name: str, sheet: str = "") -> Sheet:
    """Read the sheet of that name, or the first one that holds anything.

    Raises:
        ImportRefusedError: where the file is damaged, no XLSX, unpacks too large, or has no such sheet.

    """
    _check_package(content, name)
    _check_size(content, name)
    # Loaded here, because starting must not wait for it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.worksheet.worksheet import Worksheet  # noqa: PLC0415

    try:
        book = load_workbook(io.BytesIO(content), rich_text=False)
    # The library raises whatever its parts happen to raise; a damaged file is one sentence.
    except Exception as error:
        raise _damaged(name) from error
    written = {
        each.title: each
        for each in book.worksheets
        if isinstance(each, Worksheet) and each.sheet_state == "visible" and _is_written(each)
    }
    if not written:
        return Sheet("", ())
    if sheet and sheet not in written:
        there = ", ".join(f"“{title}”" for title in written)
        raise ImportRefusedError(
            vi=f"Tệp {name} không có trang tính “{sheet}”; có: {there}.",
            en=f"The file {name} has no sheet “{sheet}”; it has {there}.",
        )
    title = sheet or next(iter(written))
    return _read(written[title], title, tuple(written))


def _check_package(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            unpacked = sum(each.file_size for each in package.infolist())
    # Damaged lists of contents name versions and parts that no program has.
    except _UNREADABLE as error:
        raise _damaged(name) from error
    if "xl/workbook.xml" not in names:
        raise ImportRefusedError(
            vi=f"Tệp {name} không phải XLSX (có thể là ODS hoặc DOCX); hãy lưu lại thành XLSX hoặc CSV UTF-8.",
            en=f"The file {name} is no XLSX (it may be ODS or DOCX); save it as XLSX or as CSV UTF-8.",
        )
    if unpacked > _LARGEST_UNPACKED:
        raise ImportRefusedError(
            vi=f"Tệp {name} giải nén ra lớn hơn {_LARGEST_UNPACKED >> 20} MB; hãy chia thành nhiều tệp.",
            en=f"The file {name} unpacks to more than {_LARGEST_UNPACKED >> 20} MB; split it into several files.",
        )


def _check_size(content: bytes, name: str) -> None:
    """Refuse what is too large before the library makes an object of every cell and of every place that is merged."""
    # It needs the library too.
    from survey.services.table_package import find_too_large  # noqa: PLC0415

    try:
        found = find_too_large(content)
    # Packed in a way unknown, behind a password, cut short, or with places that are none.
    except _UNREADABLE as error:
        raise _damaged(name) from error
    if found:
        title, extent = found
        raise ImportRefusedError(
            vi=f"Trang tính “{title}” của tệp {name} trải tới dòng {extent.row}, cột {extent.column}; "
            "hãy xoá các dòng, cột trống ngoài bảng rồi lưu lại, hoặc chia tệp.",
            en=f"The sheet “{title}” of {name} reaches to row {extent.row}, column {extent.column}; delete "
            "the empty rows and columns outside the table and save it again, or split the file.",
        )


def _is_written(sheet: Worksheet) -> bool:
    return sheet.max_row > 1 or sheet.max_column > 1 or sheet["A1"].value is not None


def _read(sheet: Worksheet, title: str, titles: tuple[str, ...]) -> Sheet:
    faults = _merged(sheet)
    numbers, rows = set(), []
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = []
        for position, cell in enumerate(cells):
            text = _text(cell)
            texts.append(text)
            if cell.data_type == "f":
                faults[line, position] = _formula(text)
            elif cell.data_type == "e":
                faults[line, position] = Fault(
                    vi="là ô báo lỗi của bảng tính; hãy ghi lại giá trị",
                    en="is an error of the spreadsheet; write it anew",
                )
            elif isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                numbers.add((line, position))
        if any(texts):
            rows.append(Row(line, tuple(texts)))
    return Sheet(title, titles, tuple(rows), faults, frozenset(numbers))


def _merged(sheet: Worksheet) -> dict[tuple[int, int], Fault]:
    """Return every cell that lies in a merged range: which lines its one text is meant for is anybody's guess."""
    found = {}
    for area in sheet.merged_cells.ranges:
        fault = Fault(
            vi=f"nằm trong ô gộp {area.coord}; hãy bỏ gộp ô và ghi đủ từng ô",
            en=f"lies in the merged cells {area.coord}; unmerge them and fill in every cell",
        )
        for line, position in area.cells:
            found[line, position - 1] = fault
    return found


def _formula(text: str) -> Fault:
    shown = text[:_LONGEST_SHOWN]
    return Fault(
        vi=f"là công thức “{shown}”; hãy chép rồi dán lại dạng giá trị",
        en=f"is the formula “{shown}”; copy it and paste it as a value",
    )


def _text(cell: Any) -> str:  # noqa: ANN401 -- the library has a class for each kind of cell
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and set(cell.number_format) == {"0"}:
        # A format of zeros shows them and means them.
        return str(value).zfill(len(cell.number_format))
    # A formula of several cells is an object that holds its text.
    return normal(str(getattr(value, "text", value) or ""))


def _damaged(name: str) -> ImportRefusedError:
    return ImportRefusedError(
        vi=f"Không đọc được tệp XLSX {name}, tệp có thể bị hỏng; hãy mở bằng bảng tính rồi lưu lại.",
        en=f"The XLSX file {name} cannot be read and may be damaged; open it and save it anew.",
    )
