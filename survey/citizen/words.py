"""What citizens' pages say in one language; what it lacks is said in Vietnamese, and is marked so that it shows.

Every string knows its own language, so that a screen reader pronounces it and a browser shapes it rightly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from markupsafe import Markup, escape

from survey.services.wording import DRAFT, ORIGINAL, REVIEWED, Catalogue, own_folder, read_catalogues

__all__ = ["ORIGINAL", "Phrase", "Words", "day_in", "read_words", "words_of"]

ALWAYS_OFFERED: Final = (ORIGINAL, "en")
# A draft says so in the language of whoever is to check it.
_DRAFT_MARK: Final = Markup(' <mark lang="vi">nháp</mark>')
# English of Vietnam writes the day before the month; of the other languages CLDR knows the customs, or nothing.
_LOCALES: Final = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words on a page.  ``mark``: "" the reader's own language, "f" fallen back to Vietnamese, "d" a draft."""

    text: str
    tag: str
    mark: str = ""

    def __html__(self) -> Markup:
        """Return the words for HTML, with their language where it is not the page's."""
        if self.mark == "f":
            return Markup('<span lang="{}" class="f">{}</span>').format(self.tag, self.text)
        return escape(self.text) + (_DRAFT_MARK if self.mark == "d" else "")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, completed from Vietnamese; ``tag`` is what ``lang`` says in HTML.

    ``name`` is what the language calls itself, in the language ``name_tag`` where its own word is not known to us.
    """

    tag: str
    name: str
    name_tag: str
    is_offered: bool
    phrases: dict[str, Phrase]

    def say(self, key: str, **values: str | date) -> Markup:
        """Return a sentence for HTML with its placeholders filled; days are written as its language writes them."""
        phrase = self.phrases[key]
        filled = {
            name: day_in(value, phrase.tag) if isinstance(value, date) else value for name, value in values.items()
        }
        return replace(phrase, text=phrase.text.format(**filled)).__html__()

    def choose(self, text: dict[str, str]) -> Phrase:
        """Return wording of an edition in this language, else in Vietnamese."""
        if self.tag in text:
            return Phrase(text[self.tag], self.tag)
        return Phrase(text[ORIGINAL], ORIGINAL, "f")

    def lang_of(self, tag: str) -> Markup:
        """Return the attribute for words that stand where no mark can: nothing where the page's language is theirs."""
        return Markup() if tag == self.tag else Markup(' lang="{}"').format(tag)


def words_of(catalogues: dict[str, Catalogue], *, switched_on: frozenset[str] = frozenset()) -> dict[str, Words]:
    """Return the words of every language, Vietnamese first.

    Drafts are shown, and marked, only in the languages that the operator has switched on.
    """
    original = {key: wording.text for key, wording in catalogues[ORIGINAL].strings.items()}
    return {
        tag: Words(
            tag=tag,
            name=catalogue.name,
            name_tag=catalogue.name_tag,
            is_offered=tag in ALWAYS_OFFERED or tag in switched_on or catalogue.is_reviewed_in_part,
            phrases={
                key: _phrase(catalogue, key, text, shows_drafts=tag in switched_on) for key, text in original.items()
            },
        )
        for tag, catalogue in catalogues.items()
    }


def day_in(day: date, tag: str) -> str:
    """Return a day as a language writes it; as Vietnamese does where its customs are not known."""
    if tag == ORIGINAL:
        return f"{day:%d/%m/%Y}"
    try:
        locale = Locale.parse(_LOCALES.get(tag, tag.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return day_in(day, ORIGINAL)
    return format_date(day, "long", locale=locale)


def _phrase(catalogue: Catalogue, key: str, original: str, *, shows_drafts: bool) -> Phrase:
    wording = catalogue.strings.get(key)
    if wording is not None and wording.status == REVIEWED:
        return Phrase(wording.text, catalogue.tag)
    if wording is not None and wording.status == DRAFT and shows_drafts:
        return Phrase(wording.text, catalogue.tag, "d")
    return Phrase(original, ORIGINAL, "f")


def read_words(data_dir: Path, *, switched_on: str) -> dict[str, Words]:
    """Read the languages of an installation: ours, its own, and which of them it has switched on ("km, zh")."""
    catalogues = read_catalogues(own_folder(data_dir))
    return words_of(catalogues, switched_on=frozenset(switched_on.replace(",", " ").split()))
