"""Write everything a second machine needs into one archive, while the server runs.

The database, the keys, the documents and the uploaded files, with a SHA-256 of each.  Whoever has the archive can read
everything in it and sign as this installation: keep it where only the operator can read it.

Example:
    python3 hailong.py backup /srv/backups/hailong-2026-11-21.tar.gz
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import flask
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from survey.cli._archive import Manifest, write_archive
from survey.cli._data_folder import LOCK_NAME
from survey.cli._database_copy import SQLITE_FILE, copy_database, file_of
from survey.cli._refusals import RefusedError
from survey.cli._schema import Schema, get_revision, read_schema
from survey.cli._signals import leave_in_order
from survey.db import db
from survey.services.audit import record

KEY_FILE: Final = "secret.key"
# The database and the key are copied apart, the queue repeats what the database says, the lock is the server's.
LEFT_OUT: Final = (SQLITE_FILE, KEY_FILE, "jobs.sqlite3", LOCK_NAME)


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def command(file: Path) -> None:
    """Write the archive and say how large it is."""
    leave_in_order()
    kind = db.engine.dialect.name
    config = flask.current_app.config["HAILONG"]
    revision = get_revision()
    if not revision:
        raise RefusedError(
            vi=f"Chưa có dữ liệu trong {config.data_dir}; hãy chỉ đúng thư mục bằng --data.",
            en=f"There are no data in {config.data_dir} yet; name the right folder with --data.",
        )
    # Before the copy is made, so that the copy tells of itself.
    _note(file)
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".hailong-backup-") as scratch:
        copy = Path(scratch) / file_of(kind)
        copy_database(db.engine, copy)
        key = Path(scratch) / KEY_FILE
        key.write_text(config.signing_key(), encoding="ascii")
        files = {copy.name: copy, KEY_FILE: key, **dict(_kept_files(config.data_dir))}
        made_at = datetime.now(tz=UTC).isoformat(timespec="seconds")
        write_archive(file, Manifest(database=kind, revision=revision, made_at=made_at), files)
    megabytes = f"{file.stat().st_size / 1e6:.1f}"
    click.echo(
        f"Đã sao lưu: {file} ({len(files)} tệp, {megabytes.replace('.', ',')} MB)\n"
        f"Backed up: {file} ({len(files)} files, {megabytes} MB)"
    )


def _note(file: Path) -> None:
    """Put the backup into the audit; a busy or newer database is backed up all the same."""
    try:
        if read_schema() is Schema.CURRENT:
            record(db.session(), "backup.made", subject=file.name)
            db.session.commit()
    except (OperationalError, RefusedError):
        db.session.rollback()
        click.echo(
            "Không ghi được lần sao lưu này vào nhật ký. / This backup could not be noted in the audit.", err=True
        )


def _kept_files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_unfinished = any(part.endswith(".part") for part in inside.parts)
        if path.is_file() and not path.is_symlink() and not is_unfinished and not inside.name.startswith(LEFT_OUT):
            yield inside.as_posix(), path
