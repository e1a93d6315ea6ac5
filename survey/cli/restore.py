"""Put a backup in place of the data, all or nothing.

The archive is unpacked beside the data folder and every checksum compared before anything is touched.  A data folder
that holds something is replaced only with --force, and is kept beside under another name.

Example:
    python3 hailong.py restore /srv/backups/hailong-2026-11-21.tar.gz --data /srv/hailong
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
import flask
from flask.cli import ScriptInfo

from survey.cli._archive import Manifest, read_archive
from survey.cli._data_folder import LOCK_NAME, held, keep_private
from survey.cli._database_copy import SQLITE_FILE, check_sqlite, file_of, fill_postgresql
from survey.cli._refusals import RefusedError
from survey.cli._schema import Schema, read_schema, require_known
from survey.cli._signals import leave_in_order
from survey.db import db
from survey.services.audit import record


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; the old data folder is kept beside.")
@click.pass_context
def command(ctx: click.Context, file: Path, *, force: bool) -> None:
    """Check the archive, then put it in place."""
    keep_private()
    leave_in_order()
    app = ctx.ensure_object(ScriptInfo).load_app()
    folder: Path = app.config["HAILONG"].data_dir.absolute()
    with held(folder), tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-restore-") as scratch:
        _require_room(app, folder, force=force)
        unpacked = Path(scratch) / folder.name
        unpacked.mkdir(mode=0o700)
        manifest = read_archive(file, unpacked)
        with app.app_context():
            _check(manifest, unpacked, file)
            if manifest.database != "sqlite":
                dump = unpacked / file_of(manifest.database)
                fill_postgresql(db.engine, dump, force=force)
                dump.unlink()
            db.engine.dispose()
        kept = _swap(unpacked, folder)
        with app.app_context():
            if read_schema() is Schema.CURRENT:
                record(db.session(), "backup.restored", subject=file.name, details={"made_at": manifest.made_at})
                db.session.commit()
            db.session.remove()
            db.engine.dispose()
    click.echo(f"Đã khôi phục từ / Restored from: {file} ({manifest.made_at})")
    if kept:
        click.echo(f"Dữ liệu cũ còn ở / The old data are kept in: {kept}")


def _require_room(app: flask.Flask, folder: Path, *, force: bool) -> None:
    # The signing key is made when the application is made: alone it is nothing that could be lost.
    held_back = {path.name for path in folder.iterdir()} - {LOCK_NAME}
    if app.config["HAILONG"].is_embedded and SQLITE_FILE not in held_back:
        held_back.discard("secret.key")
    if held_back and not force:
        raise RefusedError(
            vi=f"Thư mục {folder} đã có dữ liệu; dùng --force để thay thế, hoặc chọn thư mục khác bằng --data.",
            en=f"{folder} holds data already; --force replaces them, or choose another folder with --data.",
        )


def _check(manifest: Manifest, unpacked: Path, file: Path) -> None:
    if manifest.database != db.engine.dialect.name:
        raise RefusedError(
            vi=f"{file} là bản sao của {manifest.database}, còn cấu hình ở đây là {db.engine.dialect.name}.",
            en=f"{file} is of {manifest.database}, but the settings here name {db.engine.dialect.name}.",
        )
    require_known(manifest.revision)
    copy = unpacked / file_of(manifest.database)
    if not copy.exists() or (manifest.database == "sqlite" and not check_sqlite(copy)):
        raise RefusedError(
            vi=f"Cơ sở dữ liệu trong {file} đã hỏng; không có gì bị thay đổi.",
            en=f"The database in {file} is damaged; nothing was changed.",
        )


def _swap(unpacked: Path, folder: Path) -> Path | None:
    """Put the new folder in place of the old one; return where the old one is kept, if it held anything."""
    aside = folder.with_name(f"{folder.name}-before-{datetime.now(tz=UTC):%Y%m%dT%H%M%S}")
    folder.rename(aside)
    try:
        unpacked.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    if (aside / SQLITE_FILE).exists() or len(list(aside.iterdir())) > len({LOCK_NAME, "secret.key"}):
        return aside
    shutil.rmtree(aside)
    return None
