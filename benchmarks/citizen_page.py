"""Bytes and requests of the citizen's page: the counter form, as a phone receives it.

Floors: the bare text of the same form, without any mark-up or style, compressed by the same method; and one request.
The budget is 4 KB for the counter form and 14 KB for the largest one.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]  # it has none

from benchmarks._counter import application, lay_out

FORMS: Final = {"citizen_page": "counter", "citizen_page_service": "service"}
FETCHED_BY: Final = ("src", "href", "srcset", "data", "poster")


def figures() -> dict[str, dict[str, Any]]:
    """Fetch the forms and count."""
    measured: dict[str, dict[str, Any]] = {}
    for name, questionnaire in FORMS.items():
        with tempfile.TemporaryDirectory(prefix="hailong-page-") as scratch:
            app = application(Path(scratch))
            code = lay_out(app, questionnaire).code
            sent = app.test_client().get(f"/Q/{code}", headers={"Accept-Encoding": "gzip"}).data
        page: Element = html5lib.parse(gzip.decompress(sent), namespaceHTMLElements=False)
        floor = len(gzip.compress(_text(page).encode(), 9))
        measured[f"{name}_bytes"] = {"value": len(sent), "floor": floor, "ratio": len(sent) / floor, "unit": "bytes"}
        requests = 1 + _further_requests(page)
        measured[f"{name}_requests"] = {"value": requests, "floor": 1, "ratio": float(requests), "unit": "requests"}
    return measured


def _text(page: Element) -> str:
    for style in page.findall("head/style"):
        style.text = ""
    return "\n".join(words for text in page.itertext() if (words := text.strip()))


def _further_requests(page: Element) -> int:
    """Count what a browser would fetch beside the page itself; links that wait for a tap are not fetched."""
    fetched = 0
    for element in page.iter():
        if element.tag == "a":
            continue
        addresses = [element.get(name) for name in FETCHED_BY]
        fetched += sum(1 for address in addresses if address and not address.startswith(("#", "data:")))
    return fetched
