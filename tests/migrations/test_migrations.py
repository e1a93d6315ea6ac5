"""Every migration goes up and down, with rows in the tables, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from survey.db import db
from survey.factory import create_app
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import response_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Exclusion, Response

DAY = date(2026, 11, 21)


@pytest.fixture(params=["empty_sqlite_database", "empty_postgresql_database"])
def empty_database(request: pytest.FixtureRequest) -> Any:
    make: Callable[[], Any] = request.getfixturevalue(request.param)
    return make()


def test_up_down_and_up_again_with_rows_in_the_tables(empty_database: Any) -> None:
    app = create_app(empty_database.config)
    with app.app_context():
        flask_migrate.upgrade()
        _store_a_response()
        for revision in _revisions_downwards():
            flask_migrate.downgrade(revision=revision)
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        flask_migrate.upgrade()
        _store_a_response()
        db.session.remove()
        db.engine.dispose()


def test_the_keys_come_and_go_without_losing_a_row(empty_database: Any) -> None:
    app = create_app(empty_database.config)
    with app.app_context():
        flask_migrate.upgrade()
        _store_a_response()
        flask_migrate.downgrade(revision="0004")
        flask_migrate.upgrade()
        assert db.session.scalar(text("SELECT count(*) FROM responses")) == 1
        assert db.session.scalar(text("SELECT count(*) FROM exclusions")) == 1
        db.session.remove()
        db.engine.dispose()


def test_models_and_migrations_agree(empty_database: Any) -> None:
    app = create_app(empty_database.config)
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
        db.engine.dispose()
    assert differences == []


def _revisions_downwards() -> list[str]:
    scripts = ScriptDirectory("migrations")
    return [revision.down_revision or "base" for revision in scripts.walk_revisions()]


def _store_a_response() -> None:
    agency = Agency(code="X", kind="province", name="Tỉnh thử", sort_key="", path="/", valid_from=DAY)
    questionnaire = QuestionnaireEdition(questionnaire="q", edition="1", content={}, sha256="")
    method = MethodEdition(code="m", content={}, sha256="")
    db.session.add_all([agency, questionnaire, method])
    db.session.flush()
    wave = Wave(
        code="w",
        name="Đợt thử",
        agency_id=agency.id,
        questionnaire_edition_id=questionnaire.id,
        method_edition_id=method.id,
        sample_kind="self_selected",
        index_year=2026,
        opens_on=DAY,
        closes_on=DAY,
    )
    db.session.add(wave)
    db.session.flush()
    response = Response(
        agency_id=agency.id,
        id=response_id(DAY),
        wave_id=wave.id,
        questionnaire_edition_id=questionnaire.id,
        received_by_agency_id=agency.id,
        answered_on=DAY,
        channel="qr",
        language="vi",
        answers={"q1": 5},
        key_hash="1",
    )
    db.session.add(response)
    db.session.flush()
    db.session.add(Exclusion(agency_id=agency.id, response_id=response.id, rule="test", reason="thử", excluded_on=DAY))
    db.session.commit()
