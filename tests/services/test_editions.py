from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.editions import Method, Questionnaire
from survey.models.questionnaire import FrozenEditionError, MethodEdition, QuestionnaireEdition
from survey.services.edition_checks import faults_of_method, faults_of_questionnaire
from survey.services.editions import (
    BUILT_IN,
    load_builtin_editions,
    load_method_edition,
    load_questionnaire_edition,
    read_edition_file,
)
from survey.services.errors import EditionError

TODAY = date(2026, 11, 21)
FILES = sorted(BUILT_IN.glob("*.toml"))


@pytest.fixture
def counter() -> dict[str, Any]:
    return read_edition_file(BUILT_IN / "counter-2026.toml")


@pytest.fixture
def method() -> dict[str, Any]:
    return read_edition_file(BUILT_IN / "methods" / "par-2026.toml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_built_in_edition_has_no_faults_and_is_named_as_its_file(path: Path) -> None:
    content = read_edition_file(path)
    assert list(faults_of_questionnaire(content)) == []
    assert path.stem == f"{content['questionnaire']}-{content['edition']}"


def test_the_counter_form_asks_one_question_an_element_and_the_overall_one(counter: dict[str, Any]) -> None:
    questionnaire = Questionnaire.from_content(counter)
    assert [len(element.items) for element in questionnaire.elements] == [1] * 5
    assert questionnaire.overall is not None
    assert len(questionnaire.items) == 6


def test_the_service_form_has_twenty_two_criteria_in_five_elements() -> None:
    questionnaire = Questionnaire.from_content(read_edition_file(BUILT_IN / "service-2026.toml"))
    assert len(questionnaire.elements) == 5
    assert sum(len(element.items) for element in questionnaire.elements) == 22


def test_the_built_in_method_is_five_parts_of_two_points_cut_to_two_decimals(method: dict[str, Any]) -> None:
    read = Method.from_content(method)
    assert (read.statistic, read.aggregation, read.confidence_level) == ("share", "pooled", 0.95)
    assert (read.smallest_n_shown, read.smallest_n_index) == (10, 30)
    assert (read.points.maximum_per_part, read.points.decimals, read.points.rounding) == ("2.00", 2, "truncate")


def test_built_in_editions_are_loaded_once_and_published(session: Session) -> None:
    load_builtin_editions(session, today=TODAY)
    load_builtin_editions(session, today=date(2027, 1, 1))
    editions = session.scalars(select(QuestionnaireEdition)).all()
    assert len(editions) == len(FILES)
    assert {edition.published_on for edition in editions} == {TODAY}
    assert session.scalar(select(func.count()).select_from(MethodEdition)) == 1


def test_a_published_edition_cannot_be_loaded_with_other_words(session: Session, counter: dict[str, Any]) -> None:
    load_questionnaire_edition(session, counter, published_on=TODAY)
    other = copy.deepcopy(counter)
    other["title"]["vi"] = "Phiếu khác"
    with pytest.raises(EditionError, match="counter 2026 is published"):
        load_questionnaire_edition(session, other, published_on=TODAY)


def test_a_draft_may_change_until_it_is_published(session: Session, counter: dict[str, Any]) -> None:
    load_questionnaire_edition(session, counter, published_on=None)
    other = copy.deepcopy(counter)
    other["title"]["vi"] = "Phiếu khác"
    edition = load_questionnaire_edition(session, other, published_on=TODAY)
    session.commit()
    assert edition.content["title"]["vi"] == "Phiếu khác"
    assert edition.published_on == TODAY


def test_the_program_itself_cannot_write_over_a_published_edition(session: Session, counter: dict[str, Any]) -> None:
    edition = load_questionnaire_edition(session, counter, published_on=TODAY)
    session.commit()
    edition.content = {**counter, "elements": []}
    with pytest.raises(FrozenEditionError, match="counter 2026"):
        session.flush()


def test_the_program_itself_cannot_write_over_a_method(session: Session, method: dict[str, Any]) -> None:
    edition = load_method_edition(session, method)
    session.commit()
    edition.content = {**method, "statistic": "mean"}
    with pytest.raises(FrozenEditionError, match="par-2026"):
        session.flush()


def test_a_method_cannot_be_loaded_with_another_rule(session: Session, method: dict[str, Any]) -> None:
    load_method_edition(session, method)
    with pytest.raises(EditionError, match="par-2026"):
        load_method_edition(session, {**method, "statistic": "mean"})


def places(content: dict[str, Any]) -> list[str]:
    return [fault.place for fault in faults_of_questionnaire(content)]


def test_a_missing_translation_is_named_with_its_place(counter: dict[str, Any]) -> None:
    del counter["elements"][2]["items"][0]["text"]["en"]
    assert places(counter) == ["elements[3].items[1].text.en"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"questionnaire": "Phiếu"}, "questionnaire"),
        ({"edition": ""}, "edition"),
        ({"title": {"vi": "Phiếu"}}, "title.en"),
        ({"languages": {"vi": "reviewed", "en": "draft"}}, "languages.en"),
        ({"languages": {"vi": "reviewed", "en": "reviewed", "km": "good"}}, "languages.km"),
        ({"scale": {"1": {"vi": "Kém", "en": "Bad"}}}, "scale"),
        ({"elements": []}, "elements"),
        ({"elements": [3]}, "elements[1]"),
        ({"overall": {"code": "key", "text": {"vi": "Nhìn chung", "en": "Overall"}}}, "overall.code"),
        ({"overall": {"code": "a1", "text": {"vi": "Nhìn chung", "en": "Overall"}}}, "items"),
        ({"overall": "o"}, "overall"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_fault_names_its_place(counter: dict[str, Any], change: dict[str, Any], place: str) -> None:
    assert places(counter | change) == [place]


def test_all_faults_are_told_at_once_and_nothing_is_stored(session: Session) -> None:
    with pytest.raises(EditionError, match=r"title: .*scale: .*elements: ") as refused:
        load_questionnaire_edition(session, {"questionnaire": "x", "edition": "1"}, published_on=TODAY)
    assert "hãy" in refused.value.text("vi")
    assert session.scalar(select(func.count()).select_from(QuestionnaireEdition)) == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"statistic": "median"}, "statistic"),
        ({"aggregation": "none"}, "aggregation"),
        ({"confidence_level": 95}, "confidence_level"),
        ({"smallest_n_shown": 0}, "smallest_n_shown"),
        ({"points": 2}, "points"),
        (
            {"points": {"source": "elements", "maximum_per_part": 2.0, "decimals": 2, "rounding": "truncate"}},
            "points.maximum_per_part",
        ),
    ],
)
def test_each_fault_of_a_method_names_its_place(method: dict[str, Any], change: dict[str, Any], place: str) -> None:
    assert [fault.place for fault in faults_of_method(method | change)] == [place]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EditionError, match=r"gone\.toml cannot be opened"):
        read_edition_file(tmp_path / "gone.toml")


@pytest.mark.parametrize("content", [b"questionnaire = ", b'title = "\xff"'])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(EditionError, match=r"bad\.toml is not (TOML|UTF-8) \("):
        read_edition_file(path)
