"""The manual on the desk: both languages say the same, with the same pictures, and every picture is there and small."""

from __future__ import annotations

import re

import pytest

from desk_fixtures import SignIn
from survey.desk.manual import DOCS, FILES, PICTURES, read_manual

LARGEST_PICTURE = 150_000


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_picture_is_there_small_and_said_in_words(language: str) -> None:
    blocks = [block for block in read_manual(DOCS / FILES[language]) if block.kind == "img"]

    assert len(blocks) >= 9
    for block in blocks:
        assert 0 < (DOCS / PICTURES / block.picture).stat().st_size < LARGEST_PICTURE
        assert block.lines[0]


def test_both_languages_have_the_same_parts() -> None:
    vietnamese, english = (read_manual(DOCS / FILES[language]) for language in ("vi", "en"))

    assert [(block.kind, block.picture) for block in vietnamese] == [(block.kind, block.picture) for block in english]


def test_the_desk_shows_it_in_the_language_of_the_page(sign_in: SignIn) -> None:
    client = sign_in("xem")

    assert "Áp phích treo quá lâu" in client.get("/desk/help").text
    assert "Posters that hang too long" in client.get("/desk/help?lang=en").text
    page = client.get("/desk/help").text
    for address in re.findall(r'src="(/desk/help/pictures/[^"]+)"', page):
        assert client.get(address).mimetype == "image/png"


@pytest.mark.parametrize("name", ["..%2fmanual.md", "nothing.png", "secret.key"])
def test_nothing_else_is_handed_out(sign_in: SignIn, name: str) -> None:
    assert sign_in("xem").get(f"/desk/help/pictures/{name}").status_code == 404


def test_a_stranger_finds_a_way_on_from_a_public_address_that_is_wrong(sign_in: SignIn) -> None:
    page = sign_in("xem").application.test_client().get("/ket-qua/khong-co").text

    assert 'href="/ket-qua"' in page
    assert 'href="/Q"' in page
