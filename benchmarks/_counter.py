"""One counter with an open wave in a fresh database: what the benchmarks of citizens' pages need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import flask
import flask_migrate
from sqlalchemy import select

from config import Config
from survey.db import db
from survey.factory import create_app
from survey.models.identifiers import local_today
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.agencies import add_agency, add_service_point
from survey.services.editions import load_builtin_editions
from survey.services.waves import WavePlan, open_wave, plan_wave


@dataclass(frozen=True)
class BenchmarkCounter:
    """The counter's code, and the ids that a row of an answer names."""

    code: str
    agency_id: UUID
    service_point_id: UUID
    wave_id: UUID
    edition_id: UUID


def application(data_dir: Path, database_url: str = "") -> flask.Flask:
    """Make the product's application on a database of its own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    config = Config(_env_file=None, data_dir=data_dir, database_url=database_url, secret_key="for benchmarks")  # type: ignore[call-arg]  # noqa: S106  pydantic's own argument; nothing secret is measured
    return create_app(config)


def lay_out(app: flask.Flask, questionnaire: str = "counter") -> BenchmarkCounter:
    """Migrate the database and add one agency with one counter."""
    today = local_today()
    with app.app_context():
        flask_migrate.upgrade()
        session = db.session()
        load_builtin_editions(session, today=today)
        agency = add_agency(session, code="B", kind="province", name="Tỉnh Đo Lường", valid_from=today)
        counter = add_service_point(session, agency=agency, name="Quầy 1", today=today)
        asked = QuestionnaireEdition.questionnaire == questionnaire
        newest = select(QuestionnaireEdition).where(asked).order_by(QuestionnaireEdition.edition.desc()).limit(1)
        edition = session.scalars(newest).one()
        plan = WavePlan("B", "Đợt đo", "self_selected", today.year, today, today + timedelta(days=9))
        method = session.scalars(select(MethodEdition)).first()
        assert method is not None
        wave = plan_wave(session, plan, agency=agency, questionnaire_edition=edition, method_edition=method)
        open_wave(session, wave, today=today)
        session.commit()
        laid_out = BenchmarkCounter(counter.codes[0].code, agency.id, counter.id, wave.id, edition.id)
        db.engine.dispose()
    return laid_out


def form_bytes(app: flask.Flask, counter: BenchmarkCounter) -> int:
    """Return how large the form is over the wire, so that the floor hands out as much."""
    page = app.test_client().get(f"/Q/{counter.code}", headers={"Accept-Encoding": "gzip"})
    assert page.status_code == 200
    with app.app_context():
        db.engine.dispose()
    return len(page.data)
