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
from survey.db import db
from survey.models.identifiers import local_today
from survey.services.editions import load_builtin_editions
from survey.services.rubrics import load_builtin_rubrics


@click.command
@with_appcontext
def command() -> None:
    """Run every migration that is missing, and load the editions that come with the program."""
    is_current = read_schema() is Schema.CURRENT
    if not is_current:
        migrate_schema()
    load_builtin_editions(db.session(), today=local_today())
    load_builtin_rubrics(db.session(), today=local_today())
    db.session.commit()
    if is_current:
        click.echo("Cơ sở dữ liệu đã đúng phiên bản. / The database is of this version already.")
        return
    click.echo("Đã cập nhật cơ sở dữ liệu. / The database is of this version now.")
