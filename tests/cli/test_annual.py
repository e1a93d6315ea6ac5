"""The verbs that write documents into a folder: whole, or not at all."""

import copy
import errno
import io
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import flask
import pypdfium2
import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from small_world import QUESTIONNAIRE, World, small_world
from survey.cli import Verbs
from survey.models.agencies import ServicePointCode
from survey.models.editions import content_sha256
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.fold import fold

Run = Callable[..., Result]
DAY_2025 = date(2025, 2, 2)


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_wave("W25", year=2025, state="closed")
    for agency, satisfied in (("A", 60), ("B", 45)):
        world.answer(agency, [4, 4, 4, 4], times=satisfied, wave="W25", day=DAY_2025)
        world.answer(agency, [3, 3, 3, 3], times=10, wave="W25", day=DAY_2025)
    fold(session, until=date(2026, 11, 19))
    counter = world.add_counter("Quầy 1", agency="A")
    session.add(ServicePointCode(code="7K4M2Q9XD", service_point_id=counter.id, issued_on=DAY_2025))
    session.commit()
    return world


@pytest.fixture
def run(app: flask.Flask, world: World) -> Run:
    assert world.session.info is not None
    verbs = Verbs(name="hailong")
    return lambda *arguments: CliRunner().invoke(
        verbs, [str(argument) for argument in arguments], obj=ScriptInfo(create_app=lambda: app)
    )


def test_every_document_of_the_year_stands_in_the_folder_and_is_named(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "a" / "summary"

    result = run("annual", 2025, "--out", out)

    names = [
        "hai-long-P-2025" + end for end in (".pdf", ".docx", ".xlsx", ".csv", ".excel.csv", ".json", "-ranking-1.svg")
    ]
    assert result.exit_code == 0, result.output
    assert set(names) <= {path.name for path in out.iterdir()}
    assert all(str(out / name) in result.output for name in names)
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_the_same_year_twice_is_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert run("annual", 2025, "--out", tmp_path / folder).exit_code == 0

    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_form_of_the_year_is_told_of_by_its_name(run: Run, tmp_path: Path) -> None:
    result = run("annual", 2025, "--form", "small/1", "--out", tmp_path / "out")

    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "hai-long-P-2025-small-1.pdf").exists()

    refused = run("annual", 2025, "--form", "small/9", "--out", tmp_path / "other")

    assert refused.exit_code != 0
    assert "choose one of small/1" in refused.output
    assert not (tmp_path / "other").exists()


def test_another_form_of_the_year_is_named_with_how_to_see_it(run: Run, world: World, tmp_path: Path) -> None:
    content = copy.deepcopy(QUESTIONNAIRE) | {"questionnaire": "large"}
    large = QuestionnaireEdition(
        questionnaire="large", edition="1", content=content, sha256=content_sha256(content), published_on=DAY_2025
    )
    world.session.add(large)
    world.session.flush()
    world.add_wave("L25", year=2025, state="closed", questionnaire=large)
    world.session.commit()

    result = run("annual", 2025, "--out", tmp_path / "out")

    assert "The wave L25 asks another form and is not in here; add --form large/1." in result.output


def test_a_year_without_a_wave_is_a_sentence_and_no_folder(run: Run, tmp_path: Path) -> None:
    result = run("annual", 2011, "--out", tmp_path / "out")

    assert result.exit_code != 0
    assert "There is no wave of 2011" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_an_unknown_agency_is_a_sentence(run: Run, tmp_path: Path) -> None:
    for verb in (["annual", 2025, "--root", "NO"], ["posters", "--agency", "NO"]):
        result = run(*verb, "--out", tmp_path / "out")
        assert result.exit_code != 0
        assert "There is no agency NO" in result.output


def test_a_folder_that_cannot_be_written_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    result = run("annual", 2025, "--out", tmp_path / "file" / "below")

    assert result.exit_code != 0
    assert "cannot be written" in result.output


def test_a_full_disk_leaves_no_half_document_and_keeps_the_earlier_ones(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert run("annual", 2025, "--out", out).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    result = run("annual", 2025, "--out", out, "--language", "en")

    assert result.exit_code != 0
    assert "No space left on device" in result.output
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_posters_of_an_agency_are_one_pdf(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"

    result = run("posters", "--agency", "A", "--size", "A5", "--out", out)

    assert result.exit_code == 0, result.output
    assert len(pypdfium2.PdfDocument(io.BytesIO(out.read_bytes()))) == 1


def test_an_agency_without_counters_has_no_poster_and_says_so(run: Run, tmp_path: Path) -> None:
    result = run("posters", "--agency", "B", "--out", tmp_path / "posters.pdf")

    assert result.exit_code != 0
    assert "There is no counter in use" in result.output
    assert not (tmp_path / "posters.pdf").exists()


def test_a_year_whose_waves_are_all_open_is_refused_with_the_way_to_a_preview(
    run: Run, world: World, tmp_path: Path
) -> None:
    world.add_wave("W26", year=2026, state="open")
    world.session.commit()
    out = tmp_path / "summary"

    result = run("annual", 2026, "--out", out)

    assert result.exit_code == 1
    assert "Năm 2026 chưa có đợt nào đóng" in result.output
    assert "--with-open" in result.output
    assert not out.exists()
