"""Fixtures of officials' pages: a database that begins with the province, and clients signed in.

The province is made once of each kind of database and copied for every test: hashing passwords takes long on purpose.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import flask
import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from conftest import TEMPLATE, Database, _create_database, _name
from desk_province import Province, make_province
from survey.models.accounts import Official

SignIn = Callable[[str], FlaskClient]
Administrator = Callable[[str, UUID], FlaskClient]


@pytest.fixture(scope="session")
def sqlite_province(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Province]:
    data_dir = tmp_path_factory.mktemp("province")
    shutil.copy(sqlite_template, data_dir)
    return data_dir / sqlite_template.name, _fill(Database("sqlite", "", data_dir))


@pytest.fixture(scope="session")
def postgresql_province(postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Province]:
    # A name of its own: every folder of tests that takes these fixtures makes its province once.
    url = _create_database(postgresql_template, TEMPLATE)
    return _name(url), _fill(Database("postgresql", url, tmp_path_factory.mktemp("province")))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a copy of the province's database, once of each kind."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    if request.param == "sqlite":
        path, _ = request.getfixturevalue("sqlite_province")
        shutil.copy(path, data_dir)
        yield Database("sqlite", "", data_dir)
    else:
        template, _ = request.getfixturevalue("postgresql_province")
        server = request.getfixturevalue("postgresql_template")
        url = _create_database(server, template)
        yield Database("postgresql", url, data_dir)
        with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")


@pytest.fixture
def province(request: pytest.FixtureRequest, database: Database) -> Province:
    """Give the ids of what is in the database."""
    _, province = request.getfixturevalue(f"{database.kind}_province")
    assert isinstance(province, Province)
    return province


@pytest.fixture
def sign_in(app: flask.Flask, session: Session) -> SignIn:
    """Give a function that returns a client with the session of an official; passwords are tested where they matter."""

    def signed_in(name: str) -> FlaskClient:
        client = app.test_client()
        found = select(Official.fs_uniquifier).where(Official.email == f"{name}@songmay.example")
        with client.session_transaction("/desk") as cookie:
            cookie["_user_id"] = session.scalars(found).one()
            cookie["_fresh"] = True
            cookie["began"] = int(time.time())
            cookie.permanent = True
        session.rollback()
        return client

    return signed_in


def _fill(database: Database) -> Province:
    engine = create_engine(database.config.sqlalchemy_url)
    with Session(engine) as session:
        province = make_province(session)
        session.commit()
    engine.dispose()
    return province


def release_wave_on_desk(sign_in: SignIn, wave: UUID, note: str = "") -> str:
    """Release a wave by three officials, one after the other; return the address of the release's page."""
    page = sign_in("giamdoc").post(f"/desk/waves/{wave}/draft", data={"note": note}).location
    for name, step in (("phogiamdoc", "review"), ("vanphong", "publish")):
        response = sign_in(name).post(f"{page}/{step}")
        assert response.status_code == HTTPStatus.FOUND, response.text
    return page
