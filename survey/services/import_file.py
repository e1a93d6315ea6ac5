"""A CSV file as it comes: its checksum, its encoding, its header, its lines by number."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from survey.services.errors import ImportRefusedError
from survey.services.import_values import normal

DELIMITERS: Final = {",": "dấu phẩy / comma", ";": "dấu chấm phẩy / semicolon", "\t": "tab", "|": "|"}
_CHUNK: Final = 1 << 20
_SPREADSHEET: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that was read through once: it is in its encoding, and ``header`` has every column the map names."""

    path: Path
    encoding: str
    delimiter: str
    sha256: str
    line_count: int
    header: tuple[str, ...]

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
                    if line > 1 and row:
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
    first_line = _first_line(path, encoding, delimiter)
    header = tuple(normal(name) for name in first_line)
    _check_delimiter(path, first_line, delimiter)
    _check_columns(path, header, columns)
    file = CsvFile(path, encoding, delimiter, sha256, line_count, header)
    if next(file.rows(), None) is None:
        raise ImportRefusedError(
            vi=f"Tệp {path} không có dòng dữ liệu nào dưới dòng tiêu đề; hãy kiểm tra tệp.",
            en=f"The file {path} has no line of data below its header; check the file.",
        )
    return file


def guess_delimiter(path: Path, *, encoding: str) -> str:
    """Return the sign that splits the first line most often; a comma where the file cannot be read at all."""
    try:
        with path.open(encoding=encoding, errors="replace") as lines:
            return likeliest_delimiter(lines.readline())
    except OSError:
        return ","


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


def _first_line(path: Path, encoding: str, delimiter: str) -> list[str]:
    with _opened(path, encoding) as lines:
        try:
            return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
        except csv.Error as error:
            raise malformed(path, 1, error) from error


def _check_delimiter(path: Path, first_line: list[str], delimiter: str) -> None:
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
