"""A table that somebody sends: CSV in any of the encodings met here, or a sheet of an XLSX file, as rows of text."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from survey.services.errors import ImportRefusedError
from survey.services.table_csv import read_csv
from survey.services.table_values import Fault, Row
from survey.services.table_xlsx import is_zip, read_xlsx, refuse_old_spreadsheet

LARGEST_FILE: Final = 4 * 1024 * 1024
MOST_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file, the line of its headings among the ``rows``; lines without any text are left out.

    ``faults`` are cells, by line and position, that cannot be taken as they are: formulae, parts of merged cells.
    ``numbers`` are cells that hold a number, not text: zeros before it are lost.
    """

    name: str
    rows: tuple[Row, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    sha256: str = ""
    faults: Mapping[tuple[int, int], Fault] = field(default_factory=dict)
    numbers: frozenset[tuple[int, int]] = frozenset()


def read_table(content: bytes, *, name: str, sheet: str = "", known: Collection[str] = ()) -> Table:
    """Read a file, of a spreadsheet the sheet of that name, or the first that holds anything.

    ``known`` are headings that it may have, as headings are compared: they tell by which sign a CSV file is split.

    Raises:
        ImportRefusedError: where the file is empty, too large, of another kind, or in no encoding that fits.

    """
    if not content:
        raise ImportRefusedError(
            vi=f"Tệp {name} trống; hãy chọn tệp khác.", en=f"The file {name} is empty; choose another file."
        )
    if len(content) > LARGEST_FILE:
        raise ImportRefusedError(
            vi=f"Tệp {name} lớn hơn {LARGEST_FILE >> 20} MB; hãy chia thành nhiều tệp.",
            en=f"The file {name} is larger than {LARGEST_FILE >> 20} MB; split it into several files.",
        )
    refuse_old_spreadsheet(content, name)
    if is_zip(content):
        book = read_xlsx(content, name=name, sheet=sheet)
        table = Table(name, book.rows, sheet=book.sheet, sheets=book.sheets, faults=book.faults, numbers=book.numbers)
    else:
        text = read_csv(content, name=name, known=known)
        table = Table(name, text.rows, encoding=text.encoding, delimiter=text.delimiter)
    if len(table.rows) > MOST_ROWS:
        raise ImportRefusedError(
            vi=f"Tệp {name} có {len(table.rows)} dòng, tối đa {MOST_ROWS}; hãy chia thành nhiều tệp.",
            en=f"The file {name} has {len(table.rows)} lines, {MOST_ROWS} at most; split it into several files.",
        )
    if not table.rows:
        raise ImportRefusedError(
            vi=f"Tệp {name} không có ô nào được ghi; hãy chọn tệp khác.",
            en=f"Nothing is written in the file {name}; choose another file.",
        )
    return replace(table, sha256=hashlib.sha256(content).hexdigest())
