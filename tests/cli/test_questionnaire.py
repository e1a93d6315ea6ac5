"""The verb ``questionnaire``: editions from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_world import make_world
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.editions import BUILT_IN

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "phieu.toml"
    path.write_bytes((BUILT_IN / "counter-2026.toml").read_bytes())
    return path


def reword(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("Nhìn chung", "Nói chung"), encoding="utf-8")


def test_a_loaded_edition_is_listed(app: flask.Flask, run_verb: Run, file: Path) -> None:
    assert "Chưa có phiếu" in run_verb(app, "questionnaire", "list").output
    assert "published" in run_verb(app, "questionnaire", "load", file).output
    assert "counter/2026" in run_verb(app, "questionnaire", "list").output


def test_a_draft_may_be_loaded_again_and_a_published_edition_not(
    app: flask.Flask, run_verb: Run, session: Session, file: Path
) -> None:
    assert "draft" in run_verb(app, "questionnaire", "load", file, "--draft").output
    assert "nháp/draft" in run_verb(app, "questionnaire", "list").output
    reword(file)
    assert run_verb(app, "questionnaire", "load", file).exit_code == 0
    assert "Nói chung" in str(session.scalars(select(QuestionnaireEdition.content)).one())
    reword_again = file.read_text(encoding="utf-8").replace("Nói chung", "Nhìn chung")
    file.write_text(reword_again, encoding="utf-8")
    refused = run_verb(app, "questionnaire", "load", file)
    assert refused.exit_code == 1
    assert "cannot change" in refused.output


def test_a_file_is_checked_without_being_stored(app: flask.Flask, run_verb: Run, session: Session, file: Path) -> None:
    assert "can be loaded" in run_verb(app, "questionnaire", "check", file).output
    file.write_text('questionnaire = "counter"\n', encoding="utf-8")
    refused = run_verb(app, "questionnaire", "check", file)
    assert refused.exit_code == 1
    for place in ("edition:", "title:", "languages:", "scale:", "elements:"):
        assert place in refused.output
    assert session.scalars(select(QuestionnaireEdition)).all() == []


def test_an_exported_edition_is_a_template_for_the_next(app: flask.Flask, run_verb: Run, file: Path) -> None:
    run_verb(app, "questionnaire", "load", file)
    mine = file.with_name("mine.toml")
    assert run_verb(app, "questionnaire", "export", "counter/2026", mine).exit_code == 0
    assert "File exists" in run_verb(app, "questionnaire", "export", "counter/2026", mine).output
    written = mine.read_text(encoding="utf-8").replace('edition = "2026"', 'edition = "2027"')
    mine.write_text(written, encoding="utf-8")
    refused = run_verb(app, "questionnaire", "load", mine)
    assert refused.exit_code == 1
    assert "dòng/line 17, elements[1].items[1].maps_to" in refused.output
    mapped = []
    for line in written.splitlines():
        mapped += [line] + (['maps_to = { how = "new" }'] if line.startswith("text =") else [])
    mine.write_text("\n".join(mapped), encoding="utf-8")
    assert "draft" in run_verb(app, "questionnaire", "load", mine, "--draft").output
    assert "published" in run_verb(app, "questionnaire", "publish", "counter/2027").output
    assert run_verb(app, "questionnaire", "publish", "counter/2027").exit_code == 1


def test_an_edition_is_shown_with_its_codes(app: flask.Flask, run_verb: Run, file: Path) -> None:
    run_verb(app, "questionnaire", "load", file)
    shown = run_verb(app, "questionnaire", "show", "counter/2026", "--language", "en").output
    assert "Access to the service" in shown
    assert "a1     Access: signs, seats, equipment" in shown
    assert run_verb(app, "questionnaire", "show", "counter/1999").exit_code == 1


def test_a_counter_chooses_another_edition(app: flask.Flask, run_verb: Run, session: Session) -> None:
    world = make_world(session, today=local_today())
    session.commit()
    chosen = run_verb(app, "questionnaire", "choose", "service/2026", "--counter", world.code)
    assert "1 quầy đã chuyển sang đợt DOT-1-service-2026." in chosen.output
    again = run_verb(app, "questionnaire", "choose", "service/2026", "--agency", "X1")
    assert "1 counters moved to the wave DOT-1-service-2026." in again.output
    session.rollback()
    waves = session.scalars(select(Wave.code).order_by(Wave.code)).all()
    assert waves == ["DOT-1", "DOT-1-service-2026"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["service/2026"], "Give either --agency or --counter."),
        (["service/2026", "--counter", "ABC"], "No counter in use has the code “ABC”"),
        (["service/2026", "--agency", "NO"], "NO"),
        (["service/1999", "--agency", "X1"], "service"),
    ],
)
def test_what_cannot_be_chosen_is_a_sentence(
    app: flask.Flask, run_verb: Run, session: Session, options: list[str], sentence: str
) -> None:
    make_world(session, today=local_today())
    session.commit()
    refused = run_verb(app, "questionnaire", "choose", *options)
    assert refused.exit_code != 0
    assert sentence in refused.output
    assert "Traceback" not in refused.output
    session.rollback()
    assert session.scalars(select(Wave.code)).all() == ["DOT-1"]


def test_a_name_that_is_taken_is_a_fault_of_the_file_already_when_it_is_checked(
    app: flask.Flask, run_verb: Run, file: Path
) -> None:
    run_verb(app, "questionnaire", "load", file)
    reword(file)
    refused = run_verb(app, "questionnaire", "check", file)
    assert refused.exit_code == 1
    assert "give the file a new edition name" in refused.output
