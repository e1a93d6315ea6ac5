"""Where the tables of the database stand, compared with the migrations that this version knows."""

from __future__ import annotations

from enum import Enum

import flask
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.services.audit import record


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
    revision = get_revision()
    if not revision:
        return Schema.EMPTY
    require_known(revision)
    return Schema.CURRENT if revision == _scripts().get_current_head() else Schema.OLDER


def get_revision() -> str:
    """Return the revision of the database's tables, empty where there are none."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_known(revision: str) -> None:
    """Check that this version has the migration.

    Raises:
        RefusedError: where only a newer version has it.

    """
    if revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise RefusedError(
            vi=f"Cơ sở dữ liệu thuộc phiên bản mới hơn ({revision}); hãy cập nhật chương trình rồi chạy lại.",
            en=f"The database belongs to a newer version ({revision}); update the program and start again.",
        )


def require_current() -> None:
    """Check that the tables are of this version, before a verb reads or writes them.

    Raises:
        RefusedError: where they are missing, older or newer.

    """
    if read_schema() is not Schema.CURRENT:
        raise RefusedError(
            vi="Cơ sở dữ liệu chưa có các bảng của phiên bản này; hãy chạy python3 hailong.py run hoặc migrate trước.",
            en="The database lacks the tables of this version; start python3 hailong.py run, or migrate, first.",
        )


def migrate_schema() -> None:
    """Bring the tables to this version, one transaction a migration; what was interrupted is taken up again."""
    before = get_revision()
    flask_migrate.upgrade()
    db.engine.dispose()
    if before:
        _record_migration(before)


def _record_migration(before: str) -> None:
    """Tell the audit from which tables to which; nobody else would remember when."""
    session = db.session()
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    after = _scripts().get_current_head() or ""
    record(session, "schema.migrated", details={"revision": [before, after]})
    session.commit()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(flask.current_app.extensions["migrate"].directory)
