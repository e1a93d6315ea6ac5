"""A form in a language that is translated, in part or wholly: every string with its own ``lang``, and marked."""

from __future__ import annotations

from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from html5lib import parse

from citizen_world import World
from survey.citizen.words import read_words
from survey.services.wording import read_catalogues

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def translate(app: flask.Flask, folder: Path, tag: str, text: str, *, switched_on: str = "") -> None:
    (folder / "wording").mkdir(exist_ok=True)
    (folder / "wording" / f"{tag}.toml").write_text(text, encoding="utf-8")
    app.extensions["citizens"].extensions["words"] = read_words(folder, switched_on=switched_on)


def whole(tag: str) -> str:
    """Return a synthetic translation of every string, which only shows where it came from."""
    strings = read_catalogues()["vi"].strings
    lines = [f"{key} = '''[{tag}] {wording.text}'''" for key, wording in strings.items()]
    return '[language]\nstatus = "reviewed"\n[text]\n' + "\n".join(lines)


def test_today_only_vietnamese_and_english_are_offered(client: FlaskClient, world: World) -> None:
    text = client.get(f"/Q/{world.code}").text
    assert "?lang=en" in text
    assert text.count("?lang=") == 2  # English, and where the form goes to


def test_a_language_without_anything_reviewed_is_all_vietnamese_and_says_so(client: FlaskClient, world: World) -> None:
    page = parse(client.get(f"/Q/{world.code}?lang=cjm").text, namespaceHTMLElements=False)
    assert page.get("lang") == "cjm"
    legend = page.find(".//legend/span")
    assert legend is not None
    assert (legend.get("lang"), legend.get("class")) == ("vi", "f")
    assert page.find("head/title").get("lang") == "vi"


def test_a_translated_page_has_its_language_and_only_the_edition_falls_back(
    app: flask.Flask, client: FlaskClient, world: World, tmp_path: Path
) -> None:
    translate(app, tmp_path, "km", whole("km"))
    text = client.get(f"/Q/{world.choice_code}?lang=km").text
    page = parse(text, namespaceHTMLElements=False)
    assert page.get("lang") == "km"
    assert page.find("head/title").get("lang") is None
    assert "[km] Ông/Bà hài lòng" in page.find(".//h1").text
    fallen_back = {"".join(span.itertext()) for span in page.iter("span") if span.get("class") == "f"}
    assert "Nhìn chung về sự phục vụ" in fallen_back
    assert not [words for words in fallen_back if words.startswith("[km]")]
    assert [option.get("lang") for option in page.iter("option")] == [None, "vi", "vi", "vi"]
    assert {group.get("lang") for group in page.iter("optgroup")} == {"vi"}


def test_every_page_of_a_citizen_can_be_shown_in_a_language_of_which_one_string_is_known(
    app: flask.Flask, client: FlaskClient, world: World, tmp_path: Path
) -> None:
    translate(app, tmp_path, "km", '[text]\nsend = { text = "ផ្ញើ", status = "reviewed" }\n')
    # The client audits each of them: an attribute with markup in it would not parse.
    for path in (
        "/Q",
        "/R",
        "/Q/outbox",
        "/Q/XYZ",
        f"/Q/{world.code}",
        f"/Q/{world.choice_code}",
        f"/R/{world.code}/1234",
    ):
        assert '<html lang="km">' in client.get(f"{path}?lang=km").text
    assert '<html lang="km">' in client.post(f"/Q/{world.choice_code}?lang=km", data={"a1": "9"}).text


def test_several_languages_open_as_a_list_without_a_script(
    app: flask.Flask, client: FlaskClient, world: World, tmp_path: Path
) -> None:
    translate(app, tmp_path, "km", '[text]\nsend = { text = "ផ្ញើ", status = "reviewed" }\n', switched_on="cjm")
    page = parse(client.get(f"/Q/{world.code}").text, namespaceHTMLElements=False)
    links = [(link.get("href"), link.get("lang"), link.text) for link in page.findall(".//details/ul/li/a")]
    assert links == [("?lang=cjm", None, "Chăm"), ("?lang=en", "en", "English"), ("?lang=km", "km", "ខ្មែរ")]


def test_a_draft_is_marked_on_the_page(app: flask.Flask, client: FlaskClient, world: World, tmp_path: Path) -> None:
    translate(app, tmp_path, "km", '[text]\nsend = "ផ្ញើ"\n', switched_on="km")
    assert 'ផ្ញើ <mark lang="vi">nháp</mark>' in client.get(f"/Q/{world.code}?lang=km").text
