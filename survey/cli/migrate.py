"""Bring the tables of the database to this version.

Needed on PostgreSQL after an update, before the server is started; ``run`` does it by itself for the embedded
database.  Make a backup first.

Example:
    HAILONG_DATABASE_URL=postgresql://hailong@db/hailong python3 hailong.py migrate
"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from survey.cli._schema import Schema, migrate_schema, read_schema


@click.command
@with_appcontext
def command() -> None:
    """Run every migration that is missing."""
    if read_schema() is Schema.CURRENT:
        click.echo("Cơ sở dữ liệu đã đúng phiên bản. / The database is of this version already.")
        return
    migrate_schema()
    click.echo("Đã cập nhật cơ sở dữ liệu. / The database is of this version now.")
