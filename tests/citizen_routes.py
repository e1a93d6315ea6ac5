"""What anybody may send to any citizens' route: found in the application, so that a new route is tried at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import flask
from hypothesis import strategies as st
from werkzeug.routing import Rule

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")
FORM_TYPE = "application/x-www-form-urlencoded"
# Script, formula, a text turned around, signs that nobody sees, a broken half of a sign, a control character.
TRICKS = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "\u202eđêl",
    "a\u200bb\u2066c",
    "+1",
    "@x",
    "\x00\x07\x1b[31m",
    "x" * 1200,
    "\U0001f469\u200d\U0001f467",
)
ODD_BODIES = (b"\xff\xfe", b"key=%ff%fe&o=5", b"o=%ED%A0%80", b"&" * 300, b"o=5&o=4", b"{}", b"o", b"=" * 50)


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def citizen_rules(app: flask.Flask) -> list[Rule]:
    """Return every rule of citizens' pages."""
    return sorted(app.extensions["citizens"].url_map.iter_rules(), key=lambda rule: rule.rule)


def requests(app: flask.Flask, known: dict[str, list[str]], items: list[str]) -> st.SearchStrategy[Request]:
    """Make requests to every route, with its own method and with others.

    ``known`` holds, by the name of an argument or field, values that exist; ``items`` are codes of an edition.
    """
    return st.sampled_from(citizen_rules(app)).flatmap(lambda rule: _request(rule, known, items))


def describe(app: flask.Flask, known: dict[str, list[str]], items: list[str]) -> dict[str, Any]:
    """Describe every route in OpenAPI, as far as the routes themselves tell."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in citizen_rules(app):
        path = rule.rule.replace("<", "{").replace(">", "}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, method, known, items)
    return {"openapi": "3.1.0", "info": {"title": "citizens' pages", "version": "1"}, "paths": paths}


def _request(rule: Rule, known: dict[str, list[str]], items: list[str]) -> st.SearchStrategy[Request]:
    own = sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    parts = {name: _argument(known.get(name, [])) for name in rule.arguments}
    return st.builds(
        lambda method, values, query, body, headers: Request(method, _fill(rule, values), query, body, headers),
        st.one_of(st.sampled_from(own), st.sampled_from(own), st.sampled_from(METHODS)),
        st.fixed_dictionaries(parts),
        st.dictionaries(
            st.sampled_from(["lang", "code", "receipt", "again", "x"]), _argument(known["code"]), max_size=3
        ),
        _body(known, items),
        _headers(),
    )


def _argument(values: list[str]) -> st.SearchStrategy[str]:
    anything = st.text(max_size=40)
    if not values:
        return anything
    one = st.sampled_from(values)
    return st.one_of(one, one, one, one.map(str.lower), one.map(lambda value: value[:-1]), anything)


def _body(known: dict[str, list[str]], items: list[str]) -> st.SearchStrategy[bytes]:
    levels = st.sampled_from(["0", "1", "2", "3", "4", "5"])
    odd = st.one_of(st.sampled_from(["6", "-1", "5.0", "٥", ""]), st.text(max_size=5))
    text = st.one_of(st.sampled_from(TRICKS), st.text(max_size=60))
    answers = st.dictionaries(st.sampled_from(items), levels, min_size=1)
    good = st.fixed_dictionaries({"key": st.sampled_from(known["key"])}, optional={"comment": text})
    rest = st.fixed_dictionaries(
        {}, optional={"service": _argument(known["service"]), "key": _argument(known["key"]), "nested[a]": text}
    )
    wrong = st.dictionaries(st.one_of(st.sampled_from(items), st.text(max_size=8)), odd, max_size=3)
    fields = st.one_of(
        st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, answers, good),
        st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, answers, good, rest, wrong),
    )
    encoded = fields.map(lambda one: urlencode(one, errors="surrogatepass").encode("ascii"))
    return st.one_of(encoded, encoded, encoded, st.sampled_from(ODD_BODIES), st.binary(max_size=200))


def _headers() -> st.SearchStrategy[dict[str, str]]:
    types = st.sampled_from([FORM_TYPE] * 6 + ["", "text/plain", "multipart/form-data", "application/json; charset=x"])
    latin = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
    return st.fixed_dictionaries(
        {"Content-Type": types},
        optional={
            "Accept-Encoding": st.sampled_from(["gzip", "br", "", "*;q=0"]),
            "Accept-Language": latin,
            "User-Agent": latin,
            "X-Forwarded-For": st.one_of(st.sampled_from(["203.0.113.9", "::1, 2001:db8::1", "unknown"]), latin),
            "Cookie": latin,
            "Content-Length": st.sampled_from(["-1", "x", "99999999999"]),
        },
    )


def _fill(rule: Rule, values: dict[str, str]) -> str:
    path = rule.rule
    for name, value in values.items():
        path = path.replace(f"<{name}>", quote(value, safe="", errors="surrogatepass"))
    return path


def _operation(rule: Rule, method: str, known: dict[str, list[str]], items: list[str]) -> dict[str, Any]:
    arguments = [
        {"name": name, "in": "path", "required": True, "schema": _schema(known.get(name, []))}
        for name in sorted(rule.arguments)
    ]
    query = [{"name": "lang", "in": "query", "schema": _schema(["vi", "en"])}]
    operation: dict[str, Any] = {"parameters": arguments + query, "responses": {"200": {"description": "a page"}}}
    if method == "POST":
        levels = {"type": "string", "enum": ["0", "1", "5", "9"]}
        fields = {name: _schema(known[name]) for name in ("key", "service")} | dict.fromkeys(items, levels)
        body = {"type": "object", "properties": {**fields, "comment": {"type": "string"}}}
        operation["requestBody"] = {"required": False, "content": {FORM_TYPE: {"schema": body}}}
    return operation


def _schema(values: list[str]) -> dict[str, Any]:
    return (
        {"anyOf": [{"type": "string", "enum": values}, {"type": "string", "maxLength": 40}]}
        if values
        else {"type": "string"}
    )
