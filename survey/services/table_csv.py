"""CSV as Vietnamese offices have it: UTF-8, UTF-16 or Windows-1258; commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from survey.services.errors import ImportRefusedError
from survey.services.import_file import DELIMITERS, likeliest_delimiter, malformed
from survey.services.import_values import normal
from survey.services.table_values import LINES_SEARCHED, Row, plain_heading

# Windows-1258 writes a tone as a mark of its own behind its vowel.  A mark that joins nothing, or a sign amid
# letters, says that the bytes were meant for another table: TCVN3, VNI, or no text at all.
_LOOSE_MARK: Final = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SIGN_IN_WORD: Final = re.compile(
    "[A-Za-z][\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7]"
)
_CONTROL: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class CsvText:
    """The rows of a CSV file, and how it turned out to be written."""

    rows: tuple[Row, ...]
    encoding: str
    delimiter: str


def read_csv(content: bytes, *, name: str, known: Collection[str] = ()) -> CsvText:
    """Read a file whose encoding and delimiter nobody has said; ``known`` are headings that it may have.

    Raises:
        ImportRefusedError: where no encoding fits, or quotation marks do not match, naming the line.

    """
    text, encoding = _decoded(content, name)
    delimiter = _delimiter(text, known)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, start = [], 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            written = tuple(map(normal, cells))
            if any(written):
                rows.append(Row(line, written))
    except csv.Error as error:
        raise malformed(name, start, error) from error
    return CsvText(tuple(rows), encoding, delimiter)


def _delimiter(text: str, known: Collection[str]) -> str:
    """Return the sign that shows most known headings in one line, else that which splits a line most often.

    Above the headings there may be a title, and a title has commas of its own.
    """
    lines = [line for line in text.splitlines() if line.strip()][:LINES_SEARCHED]
    shown = {sign: _known_headings(lines, sign, known) for sign in (DELIMITERS if lines and known else ())}
    best = max(shown, key=shown.__getitem__, default="")
    if best and shown[best] > 1:
        return best
    return likeliest_delimiter(max(lines, key=lambda line: max(map(line.count, DELIMITERS)), default=""))


def _known_headings(lines: list[str], sign: str, known: Collection[str]) -> int:
    try:
        return max(sum(plain_heading(cell) in known for cell in cells) for cells in csv.reader(lines, delimiter=sign))
    except csv.Error:
        # A cell beyond all measure; the reading itself says so with its line.
        return 0


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    try:
        encoding = _encoding_by_bytes(content)
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(name, content[: error.start].count(b"\n") + 1) from error
    text = unicodedata.normalize("NFC", text)
    wrong = _CONTROL.search(text)
    if encoding == "windows-1258":
        wrong = wrong or _LOOSE_MARK.search(text) or _SIGN_IN_WORD.search(text)
    if wrong:
        raise _unreadable(name, text.count("\n", 0, wrong.start()) + 1)
    return text, encoding.removesuffix("-sig")


def _encoding_by_bytes(content: bytes) -> str:
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in content:
        return "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1258"
    return "utf-8"


def _unreadable(name: str, line: int) -> ImportRefusedError:
    return ImportRefusedError(
        vi=f"Dòng {line} của tệp {name} không phải UTF-8, UTF-16 hay Windows-1258 (có thể là TCVN3, VNI, hoặc "
        "không phải tệp CSV); hãy mở tệp bằng bảng tính rồi lưu lại dạng XLSX hoặc CSV UTF-8.",
        en=f"Line {line} of {name} is not UTF-8, UTF-16 or Windows-1258 (it may be TCVN3 or VNI, or no CSV at all); "
        "open the file in a spreadsheet program and save it as XLSX or as CSV UTF-8.",
    )
