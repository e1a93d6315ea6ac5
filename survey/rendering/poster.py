"""Posters: what hangs at a counter, with the code to scan and the same code to type."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from survey.rendering.numbers import day
from survey.rendering.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

PosterSize = Literal["A4", "A5"]

# The standard asks for four white modules on every side.
_QUIET_ZONE: Final = 4
_GROUP: Final = 3


@dataclass(frozen=True, slots=True)
class Poster:
    """One counter's poster.  ``address`` is what the QR code holds, see ``poster_address``."""

    agency_name: str
    counter_name: str
    code: str
    address: str
    is_demo: bool
    is_loopback: bool
    printed_on: date


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


def posters_pdf(posters: Sequence[Poster], *, size: PosterSize = "A4") -> bytes:
    """Draw posters, a page each in the order given, as one PDF.

    Raises ``ValueError`` where there is no poster to draw.
    """
    if not posters:
        msg = "there is no counter to make a poster of; add a counter first"
        raise ValueError(msg)
    pictures = {f"qr-{number}.svg": qr_svg(poster.address) for number, poster in enumerate(posters)}
    data = {"size": size, "posters": [_poster_data(poster, number) for number, poster in enumerate(posters)]}
    return typeset("poster", data=data, pictures=pictures, made_on=max(poster.printed_on for poster in posters))


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


def _poster_data(poster: Poster, number: int) -> dict[str, Any]:
    return {
        "agency": poster.agency_name,
        "counter": poster.counter_name,
        "code": [poster.code[start : start + _GROUP] for start in range(0, len(poster.code), _GROUP)],
        "address": poster.address,
        "qr": f"qr-{number}.svg",
        "is_demo": poster.is_demo,
        "is_loopback": poster.is_loopback,
        "printed_on": day(poster.printed_on, "vi"),
    }
