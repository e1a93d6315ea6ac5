"""A test client that audits every page it fetches: structure, labels, languages, and nothing from other hosts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

OWN_HOSTS = {"", "localhost", "127.0.0.1"}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


class AuditingClient(FlaskClient):
    """Fetches pages and fails on any that is not fit to be shown."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400 and response.text:
            faults = list(faults_of_page(response.text, policy=response.headers.get("Content-Security-Policy", "")))
            assert not faults, f"{response.request.path}:\n" + "\n".join(faults)
        return response


def faults_of_page(text: str, *, policy: str = "") -> Iterator[str]:
    """Yield what is wrong with a page, one sentence each; ``policy`` is its content security policy."""
    try:
        page: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    except html5lib.html5parser.ParseError as error:
        yield f"does not parse: {error}"
        return
    yield from _faults_of_frame(page)
    yield from _faults_of_references(page)
    yield from _faults_of_fields(page)
    yield from _faults_of_scripts(page, policy)
    yield from _foreign_hosts(page)


def _faults_of_frame(page: Element) -> Iterator[str]:
    if page.find("head/meta[@charset]") is None:
        yield "has no <meta charset>"
    if not page.get("lang"):
        yield "has no language"
    if not _words(page.find("head/title")):
        yield "has no title"
    if (headings := len(page.findall(".//h1"))) != 1:
        yield f"has {headings} h1"
    for image in page.iter("img"):
        if image.get("alt") is None:
            yield f"img {image.get('src')} has no alt"
    for control in (*page.iter("button"), *page.iter("a")):
        named = _words(control) or control.get("aria-label") or any(i.get("alt") for i in control.iter("img"))
        if not named:
            yield f"{control.tag} {dict(control.attrib)} has no words"


def _faults_of_references(page: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in page.iter() if element.get("id") is not None)
    for name, times in ids.items():
        if times > 1:
            yield f"id {name!r} stands {times} times"
    for element in page.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} points nowhere"
        if element.tag == "a" and (element.get("href") or "").startswith("#"):
            name = element.attrib["href"][1:]
            if name and name not in ids:
                yield f"href='#{name}' points nowhere"


def _faults_of_fields(page: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in page.iter("label") if _words(label)}
    wrapped = {field for label in page.iter("label") if _words(label) for field in label.iter()}
    for field in (*page.iter("input"), *page.iter("select"), *page.iter("textarea")):
        if field.get("type") in UNLABELLED:
            continue
        if field.get("aria-label") or field.get("aria-labelledby") or field in wrapped or field.get("id") in labelled:
            continue
        yield f"{field.tag} {field.get('name')!r} has no label"


def _faults_of_scripts(page: Element, policy: str) -> Iterator[str]:
    for element in (*page.iter("script"), *page.iter("style"), *page.iter("{http://www.w3.org/2000/svg}style")):
        is_data = element.tag == "script" and (element.get("type") or "").endswith("json")
        if element.get("src") or is_data:
            continue
        digest = base64.b64encode(hashlib.sha256((element.text or "").encode()).digest()).decode()
        if f"'sha256-{digest}'" not in policy:
            yield f"has an inline {element.tag} that its policy does not name: {(element.text or '')[:60]!r}"
    for element in page.iter():
        for attribute, value in element.attrib.items():
            if re.match(r"on[a-z]+$", str(attribute)):
                yield f"{element.tag} has {attribute}="
            if attribute == "style" and "'unsafe-inline'" not in policy:
                yield f"{element.tag} has style="
            if attribute in {"href", "action"} and value.strip().lower().startswith("javascript:"):
                yield f"{element.tag} runs a script from {attribute}="


def _foreign_hosts(page: Element) -> Iterator[str]:
    for element in page.iter():
        attributes = {"src", "srcset", "data", "poster", "action", "formaction"}
        if element.tag in {"link", "use"} and element.get("rel") not in {"canonical", "alternate"}:
            attributes.add("href")
        for attribute in attributes & set(element.attrib):
            if urlsplit(element.attrib[attribute]).hostname not in {None, *OWN_HOSTS}:
                yield f"{element.tag} loads {element.attrib[attribute]}"
    for style in page.iter("style"):
        if re.search(r"@import|url\(\s*['\"]?(?:https?:)?//", style.text or ""):
            yield "a style loads from another host"


def _words(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()
