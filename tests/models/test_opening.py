from __future__ import annotations

import sqlite3

from survey.db import open_sqlite


def test_what_is_erased_from_sqlite_is_overwritten() -> None:
    # Debian's SQLite does so by itself, that of other Python builds does not.
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA secure_delete = OFF")
    open_sqlite(connection, None)
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
    connection.close()
