"""Files of editions: written out and read again, mapped to older ones, and every bad one named with its place."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from survey.models.editions import Questionnaire
from survey.services.edition_checks import faults_of_questionnaire
from survey.services.edition_mapping import faults_of_mapping
from survey.services.edition_places import Places
from survey.services.edition_writing import edition_toml
from survey.services.editions import (
    BUILT_IN,
    faults_of_edition,
    load_builtin_editions,
    load_questionnaire_edition,
    parse_edition,
    publish_edition,
    read_edition_file,
)
from survey.services.errors import EditionError

TODAY = date(2026, 11, 21)
FULL = BUILT_IN / "policy-and-service-2026.2.toml"


@pytest.fixture
def full() -> dict[str, Any]:
    return read_edition_file(FULL)


@pytest.fixture
def counter() -> dict[str, Any]:
    return read_edition_file(BUILT_IN / "counter-2026.toml")


def places(content: dict[str, Any]) -> list[str]:
    return [fault.place for fault in faults_of_questionnaire(content)]


def next_edition(content: dict[str, Any], **how: str) -> dict[str, Any]:
    """The same edition a year later; ``how`` changes the mapping of single items."""
    new = copy.deepcopy(content) | {"edition": "2027"}
    old = f"{content['questionnaire']}/{content['edition']}"
    for item in [item for element in new["elements"] for item in element["items"]] + [new["overall"]]:
        said = how.get(item["code"], "same")
        item["maps_to"] = {"how": said} if said == "new" else {"how": said, "edition": old, "item": item["code"]}
    return new


def mapping_places(new: dict[str, Any], *known: dict[str, Any]) -> list[str]:
    names = {f"{one['questionnaire']}/{one['edition']}": one for one in known}
    return [fault.place for fault in faults_of_mapping(new, names)]


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.toml")), ids=lambda path: path.stem)
def test_an_edition_that_is_written_out_is_read_as_the_same(path: Path) -> None:
    content = read_edition_file(path)
    assert parse_edition(edition_toml(content).encode(), name="x") == content


def test_the_full_form_has_thirty_nine_rated_items_perception_ten_wishes_and_optional_demographics(
    full: dict[str, Any],
) -> None:
    read = Questionnaire.from_content(full)
    assert sum(len(element.items) for element in read.elements) == 39
    kinds = {section.kind: section for section in read.sections}
    assert set(kinds) == {"perception", "expectation", "reasons", "demographic"}
    assert len(kinds["expectation"].questions) == 10
    assert {len(question.options) for question in kinds["expectation"].questions} == {4}
    demographic = {question.code for question in kinds["demographic"].questions}
    assert demographic == {"sex", "age", "school", "work", "home"}


def test_ethnicity_is_written_but_not_asked_until_a_file_says_so(full: dict[str, Any]) -> None:
    about = full["sections"][-1]
    assert about["questions"][-1]["code"] == "people"
    assert "people" not in {question.code for question in Questionnaire.from_content(full).questions}
    about["questions"][-1]["asked"] = True
    assert "people" in {question.code for question in Questionnaire.from_content(full).questions}


def test_answers_that_an_edition_does_not_ask_for_are_named(full: dict[str, Any]) -> None:
    read = Questionnaire.from_content(full)
    assert read.unfit_codes({"p1": 5, "x1": 4, "why": 255, "sex": 0}) == []
    assert read.unfit_codes({"p1": 6, "x1": 5, "why": 256, "people": 1, "sex": True}) == [
        "p1",
        "x1",
        "why",
        "people",
        "sex",
    ]


def test_a_string_that_is_a_draft_falls_back_to_vietnamese(counter: dict[str, Any]) -> None:
    counter["languages"] |= {"km": "draft"}
    text = counter["elements"][0]["items"][0]["text"]
    text["km"] = "ក"
    counter["overall"]["text"]["km"] = {"text": "ខ", "status": "reviewed"}
    assert places(counter) == []
    read = Questionnaire.from_content(counter)
    assert set(read.elements[0].items[0].text) == {"vi", "en"}
    assert read.overall is not None
    assert read.overall.text["km"] == "ខ"


LONG = {"vi": "a" * 401, "en": "a"}
BOTH = {"vi": "a", "en": "a"}
SECTION = {"code": "s", "kind": "perception", "name": BOTH}
TWO = [BOTH, BOTH]


@pytest.mark.parametrize(
    ("section", "place"),
    [
        (SECTION, "sections[1].questions"),
        (SECTION | {"kind": "opinion", "questions": [{"code": "q", "text": BOTH, "options": TWO}]}, "sections[1].kind"),
        (SECTION | {"questions": [{"code": "q", "text": BOTH}]}, "sections[1].questions[1].options"),
        (SECTION | {"questions": [{"code": "q", "text": BOTH, "options": [BOTH]}]}, "sections[1].questions[1].options"),
        (
            SECTION | {"questions": [{"code": "q", "text": BOTH, "options": [BOTH] * 13}]},
            "sections[1].questions[1].options",
        ),
        (
            SECTION | {"kind": "expectation", "options": [BOTH] * 5, "questions": [{"code": "q", "text": BOTH}]},
            "sections[1].options",
        ),
        (
            SECTION | {"options": TWO, "questions": [{"code": "q", "text": BOTH, "options": TWO}]},
            "sections[1].questions[1].options",
        ),
        (SECTION | {"questions": [{"code": "q", "text": LONG, "options": TWO}]}, "sections[1].questions[1].text.vi"),
        (
            SECTION | {"questions": [{"code": "q", "text": BOTH, "options": [BOTH, {"vi": "a"}]}]},
            "sections[1].questions[1].options[2].en",
        ),
        (SECTION | {"questions": [{"code": "key", "text": BOTH, "options": TWO}]}, "sections[1].questions[1].code"),
        (SECTION | {"questions": [{"code": "a1", "text": BOTH, "options": TWO}]}, "items"),
        (SECTION | {"code": "access", "questions": [{"code": "q", "text": BOTH, "options": TWO}]}, "elements"),
        (
            SECTION | {"questions": [{"code": "q", "text": BOTH, "options": TWO, "asked": "no"}]},
            "sections[1].questions[1].asked",
        ),
        ("x", "sections[1]"),
    ],
)
def test_a_bad_section_is_named_with_its_place(counter: dict[str, Any], section: object, place: str) -> None:
    assert places(counter | {"sections": [section]}) == [place]


@pytest.mark.parametrize(
    "words", ["a\u202eb", "a\nb", "a\u0000b", "e\u0302\u0301", "a\ufeffb"], ids=["rtl", "line", "null", "loose", "bom"]
)
def test_hidden_and_turning_signs_are_named(counter: dict[str, Any], words: str) -> None:
    counter["overall"]["text"]["vi"] = words
    assert places(counter) == ["overall.text.vi"]


def test_a_language_that_is_not_declared_is_named(counter: dict[str, Any]) -> None:
    counter["overall"]["text"]["km"] = "ក"
    assert places(counter) == ["languages"]


def test_a_new_edition_that_is_the_same_has_no_faults(counter: dict[str, Any]) -> None:
    assert mapping_places(next_edition(counter), counter) == []
    assert mapping_places(next_edition(counter, a1="new", b1="reworded"), counter) == []


def test_a_new_edition_must_map_every_rated_item(counter: dict[str, Any]) -> None:
    new = next_edition(counter)
    del new["elements"][1]["items"][0]["maps_to"]
    assert mapping_places(new, counter) == ["elements[2].items[1].maps_to"]
    assert len(mapping_places(copy.deepcopy(counter) | {"edition": "2027"}, counter)) == 6


def test_the_first_edition_of_a_questionnaire_maps_nothing(counter: dict[str, Any]) -> None:
    assert mapping_places(counter, read_edition_file(BUILT_IN / "service-2026.toml")) == []


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("a1", "maps_to"),
        ({"how": "alike"}, "maps_to.how"),
        ({"how": "same"}, "maps_to"),
        ({"how": "same", "edition": ["counter/2026"], "item": "a1"}, "maps_to"),
        ({"how": "new", "item": "a1"}, "maps_to"),
        ({"how": "same", "edition": "counter/1999", "item": "a1"}, "maps_to.edition"),
        ({"how": "same", "edition": "counter/2026", "item": "z9"}, "maps_to.item"),
        ({"how": "same", "edition": "counter/2026", "item": "b1"}, "text"),
    ],
)
def test_a_bad_mapping_is_named(counter: dict[str, Any], target: object, place: str) -> None:
    new = next_edition(counter, b1="new")
    new["elements"][0]["items"][0]["maps_to"] = target
    assert f"elements[1].items[1].{place}" in mapping_places(new, counter)


def test_same_words_with_another_scale_are_not_the_same(counter: dict[str, Any]) -> None:
    new = next_edition(counter)
    new["scale"]["3"] = {"vi": "Tạm được", "en": "Fair"}
    assert len(mapping_places(new, counter)) == 6


def test_two_items_cannot_both_be_the_same_as_one(counter: dict[str, Any]) -> None:
    new = next_edition(counter)
    new["elements"][1]["items"][0] |= {
        "text": counter["elements"][0]["items"][0]["text"],
        "maps_to": new["elements"][0]["items"][0]["maps_to"],
    }
    assert mapping_places(new, counter) == ["elements[1].items[1].maps_to", "elements[2].items[1].maps_to"]


def test_the_mapping_is_checked_against_what_is_stored(session: Session, counter: dict[str, Any]) -> None:
    load_builtin_editions(session, today=TODAY)
    assert faults_of_edition(session, next_edition(counter)) == []
    assert faults_of_edition(session, counter) == []
    lost = next_edition(counter)
    lost["overall"]["maps_to"]["edition"] = "counter/1999"
    with pytest.raises(EditionError, match="no “counter/1999”"):
        load_questionnaire_edition(session, lost, published_on=None)


def test_a_draft_is_published_once(session: Session, counter: dict[str, Any]) -> None:
    draft = load_questionnaire_edition(session, counter, published_on=None)
    publish_edition(session, draft, today=TODAY)
    assert draft.published_on == TODAY
    with pytest.raises(EditionError, match="published since 21/11/2026"):
        publish_edition(session, draft, today=TODAY)


def test_a_place_is_found_in_the_file() -> None:
    source = FULL.read_text(encoding="utf-8")
    lines, places = source.splitlines(), Places(source)
    for place, start in [
        ("edition", "edition ="),
        ("scale.3.vi", "3 ="),
        ("elements[2].items[1].text.en", 'text = { vi = "Các cách để người dân góp ý khi'),
        ("sections[2].options[1].vi", "options = ["),
        ("sections[2].questions[10].code", 'code = "x10"'),
        ("overall.text", 'text = { vi = "Nhìn chung'),
        ("sections[4].questions[1].maps_to", "[[sections.questions]]"),
    ]:
        number = places.line_of(place)
        assert number is not None
        assert lines[number - 1].startswith(start), place
    assert places.line_of("items") is None


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"\xff\xfe", r"is not UTF-8 \(line 1\)"),
        ("tên = 'Đ'".encode("cp1258", "replace") + b"\xd0", r"is not"),
        (b'title = "\n', r"is not TOML .*line 1"),
        (b"x = " + b"[" * 5000, r"nests brackets too deeply|is not TOML"),
        (b"#" * (512 * 1024 + 1), "too large"),
        (b"year = " + b"9" * 5000, "a number or a date that cannot be read"),
        (b"year = 0x" + b"f" * 5000, "“year” a number that is too large"),
        (b"a = 1\na" + b".a" * 30_000 + b" = 1", "Line 2 .* characters, 20000 at most"),
        (b"a = 1\n" + b'"a b" . a.' * 30 + b"a = 1", "Line 2 .* more dots"),
        (b"a = { b = " + b"{ a = " * 25 + b"1" + b" }" * 26, "nests “a” too deeply"),
        (b'"' + b"a" * 200 + b'" = 1', "a key “a+…” that is too long"),
        (b"a = [{ day = 2026-11-22 }]", "“day” a date or time without quotes"),
    ],
)
def test_bytes_that_are_no_file_of_an_edition_are_named(source: bytes, sentence: str) -> None:
    with pytest.raises(EditionError, match=sentence):
        parse_edition(source, name="phieu.toml")


def test_a_file_from_windows_with_a_mark_and_its_line_ends_is_read(counter: dict[str, Any]) -> None:
    source = edition_toml(counter).replace("\n", "\r\n")
    assert parse_edition(b"\xef\xbb\xbf" + source.encode(), name="x") == counter
