"""A CSV file as it comes: its checksum, its encoding, its header, its lines by number."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from survey.services.errors import ImportRefusedError
from survey.services.import_values import normal
from survey.services.table_values import LINES_SEARCHED

DELIMITERS: Final = {",": "dấu phẩy / comma", ";": "dấu chấm phẩy / semicolon", "\t": "tab", "|": "|"}
_CHUNK: Final = 1 << 20
_SPREADSHEET: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that was read through once: it is in its encoding, and ``header`` has every column the map names.

    ``header_line`` is where the header ends; above it there may be a title.
    """

    path: Path
    encoding: str
    delimiter: str
    sha256: str
    line_count: int
    header: tuple[str, ...]
    header_line: int = 1

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row below the header with the number of the line it begins in; empty lines are left out.

        Raises:
            ImportRefusedError: where quotation marks do not end, naming the line.

        """
        with _opened(self.path, self.encoding) as reader_lines:
            reader = csv.reader(reader_lines, delimiter=self.delimiter, strict=True)
            start = 1
            try:
                for row in reader:
                    line, start = start, reader.line_num + 1
                    if line > self.header_line and row:
                        yield line, row
            except csv.Error as error:
                raise malformed(self.path, start, error) from error


def open_csv(path: Path, *, encoding: str, delimiter: str, columns: Mapping[str, str]) -> CsvFile:
    """Read a file through and check that it is what the map says.

    ``columns`` maps the names of columns the file must have to the keys that named them.

    Raises:
        ImportRefusedError: where the file is missing, empty, a spreadsheet, in another encoding, split by another
            delimiter, or lacks a column.

    """
    sha256, line_count = _read_through(path, encoding)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    written, header_line = _find_header(path, encoding, delimiter, columns)
    header = tuple(map(normal, written))
    _check_delimiter(path, written, delimiter)
    _check_columns(path, header, columns)
    file = CsvFile(path, encoding, delimiter, sha256, line_count, header, header_line)
    if next(file.rows(), None) is None:
        raise ImportRefusedError(
            vi=f"Tệp {path} không có dòng dữ liệu nào dưới dòng tiêu đề; hãy kiểm tra tệp.",
            en=f"The file {path} has no line of data below its header; check the file.",
        )
    return file


def guess_delimiter(path: Path, *, encoding: str, columns: Iterable[str] = ()) -> str:
    """Return the sign that shows all ``columns`` in a line near the top, else that which splits the first most often.

    It is a comma where the file cannot be read at all.
    """
    try:
        with path.open(encoding=encoding, errors="replace") as lines:
            top = list(islice(lines, LINES_SEARCHED))
    except OSError:
        return ","
    wanted = set(columns)
    for sign in DELIMITERS:
        if wanted and any(wanted <= set(map(normal, line.lstrip("\ufeff").split(sign))) for line in top):
            return sign
    return likeliest_delimiter(next(iter(top), ""))


def likeliest_delimiter(first_line: str) -> str:
    """Return the sign that splits a line most often."""
    return max(DELIMITERS, key=first_line.count)


def _read_through(path: Path, encoding: str) -> tuple[str, int]:
    digest, decoder, newlines, last = hashlib.sha256(), codecs.getincrementaldecoder(encoding)(), 0, b""
    try:
        with path.open("rb") as binary:
            while chunk := binary.read(_CHUNK):
                if not newlines and not last:
                    _refuse_spreadsheet(path, chunk)
                digest.update(chunk)
                text = decoder.decode(chunk)
                if "\0" in text:
                    raise _not_text(path, newlines + text[: text.index("\0")].count("\n") + 1)
                newlines += text.count("\n")
                last = chunk
            decoder.decode(b"", final=True)
    except OSError as error:
        raise ImportRefusedError(
            vi=f"Không mở được tệp {path} ({error.strerror}); hãy kiểm tra đường dẫn.",
            en=f"The file {path} cannot be opened ({error.strerror}); check the path.",
        ) from error
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, encoding, newlines + error.object[: error.start].count(b"\n") + 1) from error
    if not last:
        raise ImportRefusedError(
            vi=f"Tệp {path} trống; hãy chọn tệp khác.", en=f"The file {path} is empty; choose another file."
        )
    return digest.hexdigest(), newlines + (not last.endswith(b"\n"))


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    with path.open(encoding=encoding, newline="") as lines:
        yield lines


def _find_header(path: Path, encoding: str, delimiter: str, columns: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Return the first row that has every column, near the top, and the line in which it ends; else the very first."""
    wanted = set(map(normal, columns))
    first: tuple[str, ...] = ()
    with _opened(path, encoding) as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for row in islice(reader, LINES_SEARCHED):
                first = first or tuple(row)
                if wanted <= set(map(normal, row)):
                    return tuple(row), reader.line_num
        except csv.Error as error:
            raise malformed(path, reader.line_num, error) from error
    return first, 1


def _check_delimiter(path: Path, first_line: Sequence[str], delimiter: str) -> None:
    if len(first_line) != 1:
        return
    better = max(DELIMITERS, key=first_line[0].count)
    if better != delimiter and better in first_line[0]:
        raise ImportRefusedError(
            vi=f"Dòng 1 của tệp {path} nằm cả trong một cột; dấu phân cách có lẽ là {DELIMITERS[better]}: "
            f"hãy khai delimiter là {better!r}.",
            en=f"Line 1 of {path} lies in one single column; its delimiter seems to be {DELIMITERS[better]}: "
            f"give {better!r} as delimiter.",
        )


def _check_columns(path: Path, header: tuple[str, ...], columns: Mapping[str, str]) -> None:
    missing = [name for name in columns if normal(name) not in header]
    if missing:
        wanted = ", ".join(f"“{name}” ({columns[name]})" for name in missing)
        present = ", ".join(f"“{name}”" for name in header)
        raise ImportRefusedError(
            vi=f"Dòng 1 của tệp {path} thiếu cột {wanted}; tệp có các cột: {present}. Hãy sửa tên cột.",
            en=f"Line 1 of {path} lacks the column {wanted}; the file has {present}. Correct the name.",
        )
    for name in columns:
        if header.count(normal(name)) > 1:
            raise ImportRefusedError(
                vi=f"Dòng 1 của tệp {path} có hai cột “{name}”; hãy đổi tên một cột.",
                en=f"Line 1 of {path} has two columns “{name}”; rename one of them.",
            )


def _refuse_spreadsheet(path: Path, chunk: bytes) -> None:
    if chunk.startswith(_SPREADSHEET):
        raise ImportRefusedError(
            vi=f"Tệp {path} là bảng tính (XLSX, ODS), không phải CSV; hãy lưu lại dưới dạng CSV UTF-8.",
            en=f"The file {path} is a spreadsheet (XLSX, ODS), not CSV; save it as CSV in UTF-8.",
        )


def _wrong_encoding(path: Path, encoding: str, line: int) -> ImportRefusedError:
    return ImportRefusedError(
        vi=f"Dòng {line} của tệp {path} không phải {encoding}; hãy lưu tệp bằng UTF-8, hoặc "
        f"khai đúng bảng mã của tệp (encoding, ví dụ windows-1258 hay utf-16).",
        en=f"Line {line} of {path} is not {encoding}; save the file in UTF-8, or "
        f"name its real encoding (encoding, for example windows-1258 or utf-16).",
    )


def _not_text(path: Path, line: int) -> ImportRefusedError:
    return ImportRefusedError(
        vi=f"Dòng {line} của tệp {path} có ký tự NUL; tệp có thể là UTF-16: hãy lưu lại bằng UTF-8.",
        en=f"Line {line} of {path} holds a NUL character; it may be UTF-16: save the file in UTF-8.",
    )


def malformed(path: Path | str, line: int, error: csv.Error) -> ImportRefusedError:
    """Return the refusal of a file whose quotation marks do not match."""
    return ImportRefusedError(
        vi=f"Từ dòng {line}, tệp {path} có dấu ngoặc kép không khớp ({error}); hãy sửa dòng đó.",
        en=f"From line {line} on, the quotation marks of {path} do not match ({error}); mend that line.",
    )
