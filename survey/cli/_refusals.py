"""What goes wrong outside the product, said in one sentence in Vietnamese and in English."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
from collections.abc import Iterator
from typing import Final, NoReturn

import click
from sqlalchemy.exc import DBAPIError

from survey.services.errors import ServiceError

# What SQLite says, by its primary result code.
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: ("Ổ đĩa đã đầy; hãy giải phóng chỗ rồi chạy lại.", "The disk is full; free some space."),
    sqlite3.SQLITE_BUSY: (
        "Cơ sở dữ liệu đang bị chương trình khác giữ; hãy thử lại sau.",
        "The database is held by another program; try again later.",
    ),
    sqlite3.SQLITE_READONLY: (
        "Không ghi được vào cơ sở dữ liệu; hãy kiểm tra quyền của thư mục dữ liệu.",
        "The database cannot be written; check the permissions of the data folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "Không mở được tệp cơ sở dữ liệu; hãy kiểm tra thư mục dữ liệu.",
        "The database file cannot be opened; check the data folder.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "Tệp cơ sở dữ liệu không phải của SQLite hoặc đã hỏng; hãy khôi phục từ bản sao lưu.",
        "The database file is not one of SQLite, or is damaged; restore a backup.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "Tệp cơ sở dữ liệu đã hỏng; hãy khôi phục từ bản sao lưu.",
        "The database file is damaged; restore a backup.",
    ),
}
_UNMADE: Final = (
    "Cơ sở dữ liệu chưa có các bảng của phiên bản này; hãy chạy python3 hailong.py run hoặc migrate trước.",
    "The database lacks the tables of this version; start python3 hailong.py run, or migrate, first.",
)
_UNREACHABLE: Final = (
    "Không kết nối được với cơ sở dữ liệu; hãy kiểm tra HAILONG_DATABASE_URL.",
    "The database cannot be reached; check HAILONG_DATABASE_URL.",
)
SYSTEM_REASONS: Final = {
    errno.ENOSPC: ("ổ đĩa đã đầy", "the disk is full"),
    errno.EDQUOT: ("đã hết hạn mức ổ đĩa", "the disk quota is used up"),
    errno.EACCES: ("không có quyền", "permission is missing"),
    errno.EPERM: ("không có quyền", "permission is missing"),
    errno.EROFS: ("chỉ đọc được", "it can only be read"),
    errno.EISDIR: ("là một thư mục", "it is a folder"),
    errno.ENOTDIR: ("không phải thư mục", "it is not a folder"),
    errno.ENOENT: ("không tồn tại", "it does not exist"),
    errno.EEXIST: ("đã có tệp trùng tên", "a file of that name is in the way"),
}


class RefusedError(ServiceError):
    """A command cannot do what it was asked to; said in one sentence, with the remedy."""


@contextlib.contextmanager
def refusals_in_words() -> Iterator[None]:
    """End the process with a sentence for what an operator can act upon; let everything else through."""
    try:
        yield
    except ServiceError as error:
        _refuse(error.vi, error.en)
    except DBAPIError as error:
        if (words := _words_of_database(error)) is None:
            raise
        _refuse(*words)
    except OSError as error:
        if error.errno not in SYSTEM_REASONS or error.filename is None:
            raise
        vi, en = SYSTEM_REASONS[error.errno]
        name = os.fsdecode(error.filename) if isinstance(error.filename, bytes | str) else error.filename
        _refuse(f"Không dùng được {name}: {vi}.", f"{name} cannot be used: {en}.")


def _words_of_database(error: DBAPIError) -> tuple[str, str] | None:
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        if "no such table" in str(origin) or "no such column" in str(origin):
            return _UNMADE
        # The lowest byte is the primary code, the rest says more precisely what happened.
        return _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & 0xFF)
    if getattr(origin, "sqlstate", None) in {"42P01", "42703"}:
        return _UNMADE
    return _UNREACHABLE if error.connection_invalidated or getattr(origin, "sqlstate", "") is None else None


def _refuse(vi: str, en: str) -> NoReturn:
    click.echo(f"{vi}\n{en}", err=True)
    sys.exit(1)
