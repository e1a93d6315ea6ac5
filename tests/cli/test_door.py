from __future__ import annotations

from pathlib import Path

import flask
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy.orm import Session

from small_world import small_world
from survey.cli._door import SIGN_IN, open_door, prepare_counter, qr_in_terminal
from survey.models.agencies import ServicePointCode
from survey.models.identifiers import local_today

HALVES = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1), "\xa0": (0, 0)}


def picture(drawn: str, *, light_ink: bool) -> Image.Image:
    rows = []
    for line in drawn.splitlines():
        rows.append([HALVES[character][0] for character in line])
        rows.append([HALVES[character][1] for character in line])
    width = max(map(len, rows))
    image = Image.new("L", (width + 8, len(rows) + 8), 0 if light_ink else 255)
    for y, row in enumerate(rows):
        for x, ink in enumerate(row):
            image.putpixel((x + 4, y + 4), 255 * (ink if light_ink else 1 - ink))
    return image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)


@pytest.mark.parametrize(("colours", "light_ink"), [("", True), ("15;0", True), ("0;15", False)])
def test_the_code_in_the_terminal_can_be_read(colours: str, light_ink: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", colours)
    drawn = qr_in_terminal("HTTP://127.0.0.1:8000/Q/R70Z58VRN")
    found = zxingcpp.read_barcodes(picture(drawn, light_ink=light_ink))
    assert [code.text for code in found] == ["HTTP://127.0.0.1:8000/Q/R70Z58VRN"]


def test_the_counter_shown_has_its_poster_in_the_folder(session: Session, tmp_path: Path) -> None:
    world = small_world(session)
    counter = world.add_counter("Quầy 1", agency="A")
    session.add(ServicePointCode(code="7K4M2Q9XD", service_point_id=counter.id, issued_on=local_today()))
    session.flush()
    shown = prepare_counter(session, public_url="https://hailong.example.vn", folder=tmp_path / "posters")
    assert shown is not None
    assert shown.address == "https://hailong.example.vn/Q/7K4M2Q9XD"
    assert shown.poster.read_bytes().startswith(b"%PDF")
    assert [path.name for path in (tmp_path / "posters").iterdir()] == ["poster-7K4M2Q9XD.pdf"]


def test_without_a_counter_there_is_no_poster(session: Session, tmp_path: Path) -> None:
    assert prepare_counter(session, public_url="https://hailong.example.vn", folder=tmp_path) is None


def test_the_password_is_printed_only_when_it_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    open_door(public_url="https://hailong.example.vn", counter=None, email="a@b.vn", password="AAAAA-BBBBB")
    assert "AAAAA-BBBBB" in capsys.readouterr().out
    open_door(public_url="https://hailong.example.vn", counter=None, email="a@b.vn", password=None)
    printed = capsys.readouterr().out
    assert "reset-password" in printed
    assert f"https://hailong.example.vn{SIGN_IN}" in printed


def test_the_page_where_officials_sign_in_is_there(app: flask.Flask) -> None:
    assert SIGN_IN in {rule.rule for rule in app.url_map.iter_rules()}
