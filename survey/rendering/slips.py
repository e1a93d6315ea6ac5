"""Slips to cut out, and the same codes as a file for the dossier software."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from survey.rendering.numbers import day
from survey.rendering.poster import qr_svg
from survey.rendering.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SLIPS_A_SHEET: Final = 10
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """What all slips of a batch say.  Nothing tells how the case ended: refused and late ones get the same slip."""

    issuer_name: str
    deciding_name: str
    service_name: str
    public_url: str
    issuer_code: str
    expires_on: date
    made_on: date
    is_demo: bool
    is_loopback: bool


def slip_address(public_url: str, issuer_code: str, code: str = "") -> str:
    """Return the address of a slip's form in capitals, which makes a smaller QR code; without a code that of its box.

    Scheme, host and ``/T/`` are read in any case; a path in the public address is not, and stays as it is.
    """
    parts = urlsplit(public_url)
    path = f"{parts.path.rstrip('/')}/T/{issuer_code}" + (f"/{code}" if code else "")
    return f"{parts.scheme}://{parts.netloc}".upper() + path


def slips_pdf(sheet: SlipSheet, codes: Sequence[str]) -> bytes:
    """Draw slips, ten a sheet of A4 with lines to cut along, in the order given."""
    pictures = {
        f"qr-{number}.svg": qr_svg(slip_address(sheet.public_url, sheet.issuer_code, code))
        for number, code in enumerate(codes)
    }
    data = {
        "issuer": sheet.issuer_name,
        "deciding": "" if sheet.deciding_name == sheet.issuer_name else sheet.deciding_name,
        "service": sheet.service_name,
        "address": slip_address(sheet.public_url, sheet.issuer_code).partition("://")[2],
        "until_vi": day(sheet.expires_on, "vi"),
        "until_en": day(sheet.expires_on, "en"),
        "is_demo": sheet.is_demo,
        "is_loopback": sheet.is_loopback,
        "slips": [{"code": _written(code), "qr": f"qr-{number}.svg"} for number, code in enumerate(codes)],
    }
    return typeset("slips", data=data, pictures=pictures, made_on=sheet.made_on)


def slips_csv(sheet: SlipSheet, codes: Sequence[str], *, agency_code: str, service_code: str) -> bytes:
    """Write one line a code, as the dossier software reads it: UTF-8 with a mark that spreadsheets need."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("code", "address", "agency_code", "service_code", "expires_on"))
    for code in codes:
        address = slip_address(sheet.public_url, sheet.issuer_code, code)
        writer.writerow(
            (_written(code), address, _plain(agency_code), _plain(service_code), sheet.expires_on.isoformat())
        )
    return text.getvalue().encode("utf-8-sig")


def _written(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _plain(text: str) -> str:
    """Keep a text from being read as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
