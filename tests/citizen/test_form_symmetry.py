"""A 5 and a 1 cost the same and lead to the same; and nothing that was filled in is lost on an error."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, tostring

import flask
import pytest
from html5lib import parse

from citizen_phone import Phone, key_in
from citizen_world import World
from survey.models.editions import Questionnaire
from survey.services.editions import BUILT_IN, read_edition_file

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LEVELS = ["1", "2", "3", "4", "5"]
LARGE = {
    **read_edition_file(BUILT_IN / "counter-2026.toml"),
    "sections": [
        {
            "code": "visits",
            "kind": "perception",
            "name": {"vi": "Trải nghiệm", "en": "Experience"},
            "questions": [
                {
                    "code": "v1",
                    "text": {"vi": "Ông/Bà đi mấy lần?", "en": "How many visits?"},
                    "options": [{"vi": "Một", "en": "One"}, {"vi": "Hai", "en": "Two"}],
                }
            ],
        },
        {
            "code": "why",
            "kind": "reasons",
            "name": {"vi": "Lý do", "en": "Reasons"},
            "questions": [
                {
                    "code": "w1",
                    "text": {"vi": "Điều gì đáng nói?", "en": "What stood out?"},
                    "options": [{"vi": "Thời gian", "en": "Time"}, {"vi": "Thái độ", "en": "Manner"}],
                }
            ],
        },
    ],
}


@pytest.fixture
def code(app: flask.Flask, phone: Phone, world: World) -> str:
    """Give the code of a counter that asks every kind of question and has services."""
    intake = app.extensions["intake"]
    phone.client.get(f"/Q/{world.choice_code}")
    intake._seconds = 60.0
    with app.app_context():
        intake.find(world.choice_code)
        intake.find(world.choice_code).questionnaire = Questionnaire.from_content(LARGE)
    return world.choice_code


def labels_of(text: str) -> dict[str, dict[str, str]]:
    """Return the markup of each choice by item and level, without its value, face and words."""
    page: Element = parse(text, namespaceHTMLElements=False)
    found: dict[str, dict[str, str]] = {}
    for label in page.iter("label"):
        box = label.find("input")
        if box is not None and box.get("type") == "radio" and box.get("value") != "0":
            markup = tostring(label, encoding="unicode", method="html").strip()
            markup = re.sub(r'value="\d"|#F\d|<b>[^<]*</b>', "", markup)
            found.setdefault(box.attrib["name"], {})[box.attrib["value"]] = markup
    return found


def test_the_levels_of_a_question_differ_in_nothing_but_face_and_words(phone: Phone, world: World) -> None:
    for item, levels in labels_of(phone.client.get(f"/Q/{world.code}").text).items():
        assert list(levels) == LEVELS, item
        assert len(set(levels.values())) == 1, item


def test_every_level_leads_to_the_same_page(phone: Phone, code: str) -> None:
    pages = set()
    for level in LEVELS:
        sent = phone.send(code, phone.open(code), a1=level, o=level)
        assert sent.status_code == 303
        receipt = sent.location.partition("?")[0].rpartition("/")[2]
        thanks = phone.client.get(sent.location).text.replace(receipt, "")
        pages.add(re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", "", thanks))
    assert len(pages) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_reasons_may_be_given_at_every_level_and_need_not_be(phone: Phone, code: str, level: str) -> None:
    phone.send(code, phone.open(code), a1=level)
    phone.send(code, phone.open(code), a1=level, **{"w1.2": "1"})
    assert [response.answers for response in phone.stored()] in (
        [{"a1": int(level)}, {"a1": int(level), "w1": 2}],
        [{"a1": int(level), "w1": 2}, {"a1": int(level)}],
    )


def test_every_question_offers_no_answer_and_nothing_is_chosen(phone: Phone, code: str) -> None:
    page = parse(phone.client.get(f"/Q/{code}").text, namespaceHTMLElements=False)
    for question in page.iter("fieldset"):
        boxes = list(question.iter("input"))
        assert "0" in [box.get("value") for box in boxes] or boxes[0].get("type") == "checkbox"
        assert not [box for box in boxes if box.get("checked") is not None]


def test_nothing_is_lost_on_an_error(phone: Phone, code: str) -> None:
    chosen = {"a1": "1", "b1": "5", "c1": "0", "v1": "2", "w1.1": "1", "service": "1.002"}
    comment = "<b>Chờ lâu</b>\n" + "ý" * 1100
    response = phone.send(code, phone.open(code), comment=comment, **chosen)
    assert response.status_code == 400
    page = parse(response.text, namespaceHTMLElements=False)
    boxes = {box.get("name"): box.get("value") for box in page.iter("input") if box.get("checked") is not None}
    assert boxes == {name: value for name, value in chosen.items() if name != "service"}
    assert [option.get("value") for option in page.iter("option") if option.get("selected") is not None] == ["1.002"]
    kept = page.find(".//textarea")
    assert kept is not None
    assert kept.text == comment
    again = phone.send(code, key_in(response), comment="Chờ lâu", **chosen)
    assert again.status_code == 303
    assert phone.stored()[0].answers == {"a1": 1, "b1": 5, "c1": 0, "v1": 2, "w1": 1}


def test_the_page_that_tells_an_error_begins_with_it(phone: Phone, code: str) -> None:
    page = parse(phone.send(code, phone.open(code)).text, namespaceHTMLElements=False)
    assert page.find(".//form").get("action").endswith("#TOP")
    summary = next(box for box in page.iter("div") if box.get("id") == "TOP")
    assert summary.get("tabindex") == "-1"
    assert [link.get("href") for link in summary.iter("a")] == ["#a1"]
    assert next(box for box in page.iter("fieldset") if box.get("id") == "a1").get("tabindex") == "-1"
