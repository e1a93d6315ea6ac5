"""Posters: what hangs at a counter, with the code to scan and the same code to type."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from survey.rendering.numbers import day
from survey.rendering.typesetting import displayable, typeset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

PosterSize = Literal["A4", "A5", "sticker"]
POSTER_SIZES: Final[tuple[PosterSize, ...]] = ("A4", "A5", "sticker")
STICKERS_A_SHEET: Final = 8
# What a poster says, in the order in which it is read; a second language needs every one of these.
POSTER_SENTENCES: Final = ("question", "code", "scan", "choose", "send", "promise", "test", "demo")

# The standard asks for four white modules on every side.
_QUIET_ZONE: Final = 4
_GROUP: Final = 3


@dataclass(frozen=True, slots=True)
class PosterWords:
    """What every poster of a file says in one language; ``sentences`` has all of ``POSTER_SENTENCES``."""

    tag: str
    name: str
    sentences: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Poster:
    """One counter's poster.  ``address`` is what the QR code holds, see ``poster_address``.

    The English names stand under the others where English is the second language; empty where there is none.
    """

    agency_name: str
    counter_name: str
    code: str
    address: str
    is_demo: bool
    is_loopback: bool
    printed_on: date
    agency_name_en: str = ""
    counter_name_en: str = ""


def poster_address(public_url: str, code: str) -> str:
    """Return the address of a counter's page in capitals, which makes a smaller QR code.

    Scheme, host and ``/Q/`` are read in any case; a path in the public address is not, and stays as it is.
    """
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}".upper() + f"{parts.path.rstrip('/')}/Q/{code.upper()}"


def is_loopback(public_url: str) -> bool:
    """Return whether the address opens on the machine itself only, so that no telephone can reach it."""
    host = (urlsplit(public_url).hostname or "").lower()
    if not host or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def posters_pdf(
    posters: Sequence[Poster],
    *,
    size: PosterSize = "A4",
    words: PosterWords,
    second: PosterWords | None = None,
    drawn: Callable[[int], None] | None = None,
) -> bytes:
    """Draw posters in the order given as one PDF: a page each, or as stickers to cut out, eight a sheet of A4.

    ``second`` is a language beside that of ``words``; ``drawn`` is told how many codes are drawn so far.
    Raises ``ValueError`` where there is no poster to draw.
    """
    if not posters:
        msg = "there is no counter to make a poster of; add a counter first"
        raise ValueError(msg)
    pictures = {}
    for number, poster in enumerate(posters):
        pictures[f"qr-{number}.svg"] = qr_svg(poster.address)
        if drawn is not None:
            drawn(number + 1)
    data = {
        "size": size,
        "words": _words_data(words),
        "second": _words_data(second) if second else None,
        "posters": [_poster_data(poster, number, second) for number, poster in enumerate(posters)],
    }
    template = "stickers" if size == "sticker" else "poster"
    return typeset(template, data=data, pictures=pictures, made_on=max(poster.printed_on for poster in posters))


def can_be_printed(words: PosterWords) -> bool:
    """Return whether the fonts that come with the product hold every sign of a language's sentences."""
    return all(displayable(text) == text for text in (words.name, *words.sentences.values()))


def qr_svg(text: str) -> bytes:
    """Draw a QR code with its quiet zone as one SVG path, a unit a module.

    Level H survives the loss of 30 % of the symbol: a dirty, torn or badly copied sheet.  It costs one or two
    versions over level M, and on a sheet of this size the modules stay larger than 1.5 mm.
    """
    matrix = _qr_matrix(text)
    side = len(matrix)
    runs = "".join(_row_path(row, top) for top, row in enumerate(matrix))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{runs}" fill="#000"/></svg>'
    ).encode()


def _qr_matrix(text: str) -> list[list[bool]]:
    import qrcode  # noqa: PLC0415 -- loads slowly, and most commands draw no code
    from qrcode.constants import ERROR_CORRECT_H  # noqa: PLC0415

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_H, border=_QUIET_ZONE)
    code.add_data(text)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _row_path(row: list[bool], top: int) -> str:
    # Neighbouring dark modules are one run: separate squares show hairlines between them in some viewers.
    path, start = "", None
    for left, dark in enumerate([*row, False]):
        if dark and start is None:
            start = left
        elif not dark and start is not None:
            path += f"M{start} {top}h{left - start}v1H{start}z"
            start = None
    return path


def _words_data(words: PosterWords) -> dict[str, str]:
    return {"tag": words.tag.partition("-")[0], **words.sentences}


def _poster_data(poster: Poster, number: int, second: PosterWords | None) -> dict[str, Any]:
    is_english = second is not None and second.tag == "en"
    return {
        "agency": poster.agency_name,
        "counter": poster.counter_name,
        "agency_second": poster.agency_name_en if is_english else "",
        "counter_second": poster.counter_name_en if is_english else "",
        "code": [poster.code[start : start + _GROUP] for start in range(0, len(poster.code), _GROUP)],
        "address": poster.address,
        "qr": f"qr-{number}.svg",
        "is_demo": poster.is_demo,
        "is_loopback": poster.is_loopback,
        "printed_on": day(poster.printed_on, "vi"),
    }
