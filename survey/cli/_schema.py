"""Where the tables of the database stand, compared with the migrations that this version knows."""

from __future__ import annotations

from enum import Enum

import flask
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from survey.cli._refusals import RefusedError
from survey.db import db


class Schema(Enum):
    """What a database's tables are to this version."""

    EMPTY = "no tables"
    OLDER = "of an older version"
    CURRENT = "of this version"


def read_schema() -> Schema:
    """Return where the tables stand.

    Raises:
        RefusedError: where a newer version made them.

    """
    scripts = ScriptDirectory(flask.current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return Schema.EMPTY
    if current not in {script.revision for script in scripts.walk_revisions()}:
        raise RefusedError(
            vi=f"Cơ sở dữ liệu thuộc phiên bản mới hơn ({current}); hãy cập nhật chương trình rồi chạy lại.",
            en=f"The database belongs to a newer version ({current}); update the program and start again.",
        )
    return Schema.CURRENT if current == scripts.get_current_head() else Schema.OLDER


def migrate_schema() -> None:
    """Bring the tables to this version, one transaction a migration; what was interrupted is taken up again."""
    flask_migrate.upgrade()
    db.engine.dispose()
