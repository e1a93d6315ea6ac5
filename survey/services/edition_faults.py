"""What can be wrong with one value of an edition's file; the checks of whole files are made of these."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

REQUIRED_LANGUAGES: Final = ("vi", "en")
REVIEW_STATES: Final = ("reviewed", "draft")
LONGEST_TEXT: Final = 400
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,15}")
# Khmer and others need these to break or join their letters; nothing else invisible is let in.
_JOINERS: Final = frozenset("\u200b\u200c\u200d")
# Fields of the citizen's form that are not items.
RESERVED_CODES: Final = frozenset({"key", "service", "comment", "lang", "f"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, and what to do, in both languages."""

    place: str
    vi: str
    en: str

    def text(self, language: str) -> str:
        """Return what to do in ``language``; Vietnamese unless that is ``en``."""
        return self.en if language == "en" else self.vi


def faults_of_text(text: object, place: str) -> Iterator[Fault]:
    """Yield what is wrong with a wording: one line in each language, Vietnamese and English at least."""
    if not isinstance(text, dict):
        yield Fault(place, 'hãy ghi { vi = "…", en = "…" }', 'write { vi = "…", en = "…" }')
        return
    for language in REQUIRED_LANGUAGES:
        if not _words(text.get(language, "")).strip():
            yield Fault(f"{place}.{language}", "còn thiếu; hãy ghi vào", "is missing; write it")
    for language, wording in text.items():
        yield from _faults_of_wording(wording, f"{place}.{language}")


def _faults_of_wording(wording: object, place: str) -> Iterator[Fault]:
    if isinstance(wording, dict):
        if set(wording) != {"text", "status"}:
            yield Fault(place, 'hãy ghi { text = "…", status = "draft" }', 'write { text = "…", status = "draft" }')
            return
        yield from not_one_of(wording["status"], REVIEW_STATES, f"{place}.status")
        wording = wording["text"]
    if not isinstance(wording, str) or len(wording) > LONGEST_TEXT:
        yield Fault(
            place,
            f"phải là một dòng chữ, tối đa {LONGEST_TEXT} ký tự; hãy rút ngắn",
            f"must be one line of text of at most {LONGEST_TEXT} characters; shorten it",
        )
    elif hidden := sorted({sign for sign in wording if not sign.isprintable() and sign not in _JOINERS}):
        names = ", ".join(f"U+{ord(sign):04X}" for sign in hidden)
        yield Fault(
            place,
            f"có ký tự ẩn, xuống dòng hoặc đảo chiều chữ ({names}); hãy xoá đi",
            f"holds hidden signs, line ends or signs that turn the direction of writing ({names}); take them out",
        )
    elif not unicodedata.is_normalized("NFC", wording):
        yield Fault(
            place,
            "dùng dấu tổ hợp rời; hãy gõ lại bằng Unicode dựng sẵn (NFC)",
            "is not composed Unicode (NFC); type it again",
        )


def faults_of_code(code: object, place: str, example: str) -> Iterator[Fault]:
    """Yield what is wrong with the code of an element, an item or a question."""
    yield from bad_word(code, _CODE, place, example)
    if isinstance(code, str) and code in RESERVED_CODES:
        yield Fault(place, f"“{code}” đã dành riêng; hãy đặt mã khác", f"“{code}” is reserved; choose another")


def faults_of_entry(entry: object, known: frozenset[str], place: str) -> Iterator[Fault]:
    """Yield what is wrong with something that has a code and a text."""
    if not isinstance(entry, dict):
        yield Fault(place, "phải là một bảng có code và text", "must be a table with code and text")
        return
    yield from unknown_keys(entry, known, f"{place}.")
    yield from faults_of_code(entry.get("code"), f"{place}.code", "a1")
    yield from faults_of_text(entry.get("text"), f"{place}.text")


def unknown_keys(table: dict[str, Any], known: frozenset[str], prefix: str) -> Iterator[Fault]:
    """Yield the keys that a table must not have."""
    for key in sorted(set(table) - known):
        names = ", ".join(sorted(known))
        yield Fault(f"{prefix}{key}", f"không có mục này; chỉ có: {names}", f"is unknown; known are {names}")


def bad_word(word: object, shape: re.Pattern[str], place: str, example: str) -> Iterator[Fault]:
    """Yield a fault where a code is not short and plain."""
    if not isinstance(word, str) or not shape.fullmatch(word):
        yield Fault(place, f"phải ngắn, không dấu, như “{example}”", f"must be short and plain, as “{example}”")


def not_one_of(value: object, allowed: tuple[str, ...], place: str) -> Iterator[Fault]:
    """Yield a fault where a value is not one of a few words."""
    if value not in allowed:
        names = ", ".join(allowed)
        yield Fault(place, f"hãy dùng một trong: {names}", f"use one of {names}")


def tables(value: object) -> list[dict[str, Any]]:
    """Return the tables in a list; nothing where it is no list."""
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []


def _words(wording: object) -> str:
    return str(wording.get("text", "")) if isinstance(wording, dict) else str(wording)
