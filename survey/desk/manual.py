"""The manual on the desk: the files of docs/, in the language of the page, drawn from the little Markdown they use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.desk.blueprint import blueprint
from survey.web.access import signed_in
from survey.web.language import current_language

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
FILES: Final = {"vi": "manual.md", "en": "manual.en.md"}
PICTURES: Final = "pictures/manual"
_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\(pictures/manual/([\w.-]+)\)")
_INLINE: Final = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line: plain, "strong" or "code"."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the page: "h1", "h2", "h3", "p", "ul", "ol" or "img"; a list has several lines, a picture its name."""

    kind: str
    lines: tuple[tuple[Piece, ...], ...]
    picture: str = ""
    anchor: str = ""


@blueprint.get("/desk/help")
@signed_in
def manual() -> ResponseReturnValue:
    """Show the manual in the language of the page."""
    return flask.render_template("desk/manual.html", blocks=read_manual(DOCS / FILES[current_language()]))


@blueprint.get("/desk/help/pictures/<name>")
@signed_in
def manual_picture(name: str) -> ResponseReturnValue:
    """Hand out one picture of the manual."""
    if not re.fullmatch(r"[\w-]+\.png", name):
        raise NotFound
    return flask.send_from_directory(DOCS / PICTURES, name, max_age=3600)


@cache
def read_manual(path: Path) -> tuple[Block, ...]:
    """Read a manual: headings, paragraphs, lists and pictures, parted by empty lines."""
    parts = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return tuple(_block(part, number) for number, part in enumerate(parts))


def _block(part: str, number: int) -> Block:
    if picture := _PICTURE.fullmatch(part.strip()):
        return Block("img", (_pieces(picture[1]),), picture=picture[2])
    if heading := re.match(r"(#{1,3}) (.+)", part):
        return Block(f"h{len(heading[1])}", (_pieces(heading[2]),), anchor=f"part-{number}")
    for kind, mark in (("ul", r"- "), ("ol", r"\d+\. ")):
        if re.match(mark, part):
            items = re.split(rf"\n(?={mark})", part)
            return Block(kind, tuple(_pieces(re.sub(rf"^{mark}", "", item)) for item in items))
    return Block("p", (_pieces(part),))


def _pieces(text: str) -> tuple[Piece, ...]:
    found, start = [], 0
    text = " ".join(text.split())
    for mark in _INLINE.finditer(text):
        found.append(Piece(text[start : mark.start()]))
        strong, code, link = mark.groups()
        found.append(Piece(strong or code or link, "strong" if strong else "code" if code else ""))
        start = mark.end()
    return tuple(piece for piece in (*found, Piece(text[start:])) if piece.text)
