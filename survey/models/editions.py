"""What the JSON of a questionnaire edition and of a method edition means, as frozen values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self

RATING_LEVELS = (1, 2, 3, 4, 5)
SATISFIED_LEVELS = (4, 5)
NO_OPINION = 0
SECTION_KINDS = ("perception", "expectation", "demographic", "reasons")

Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which item of an older edition an item continues.  ``how``: same, reworded or new (then nothing else is set)."""

    how: str
    edition: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A rated question; ``text`` maps language codes to wording, reviewed wording only."""

    code: str
    text: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is not rated and never pooled; nobody has to answer it.

    Option number k, counted from 1, is ``options[k - 1]``.  An answer is the number of an option, or 0 for "no
    opinion" (of a demographic question "prefer not to say").  Where ``several`` may be chosen (reasons) it is a bit
    mask: option k is the bit 1 << (k - 1).
    """

    code: str
    kind: str
    text: Text
    options: tuple[Text, ...]

    @property
    def several(self) -> bool:
        """Return whether more than one option may be chosen."""
        return self.kind == "reasons"

    def accepts(self, value: object) -> bool:
        """Return whether a value can be an answer."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        if self.several:
            return 0 < value < 1 << len(self.options)
        return NO_OPINION <= value <= len(self.options)

    def chosen(self, value: int) -> tuple[int, ...]:
        """Return the numbers of the options that an answer chose; 0 stands for "no opinion"."""
        if not self.several:
            return (value,)
        return tuple(number for number in range(1, len(self.options) + 1) if value >> (number - 1) & 1)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions of one kind under one heading; ``kind`` is one of ``SECTION_KINDS``."""

    code: str
    kind: str
    name: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """A group of rated questions that are pooled."""

    code: str
    name: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """An edition: ordered elements with their items, and the single overall question, which is never pooled.

    ``scale`` names the levels 1 to 5 in their order.  ``sections`` hold what is asked beside the ratings.
    """

    questionnaire: str
    edition: str
    title: Text
    overall: Item | None
    elements: tuple[Element, ...]
    scale: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Read the JSON of an edition that was checked when it was loaded."""
        read = _Reader(content.get("languages", {}))
        scale = content.get("scale")
        return cls(
            questionnaire=content["questionnaire"],
            edition=content["edition"],
            title=read.text(content["title"]),
            overall=read.item(content["overall"]) if content.get("overall") else None,
            elements=tuple(
                Element(element["code"], read.text(element["name"]), tuple(map(read.item, element["items"])))
                for element in content["elements"]
            ),
            scale=tuple(read.text(scale[str(level)]) for level in RATING_LEVELS) if scale else (),
            sections=tuple(map(read.section, content.get("sections", []))),
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """Return every rated question: the elements' in order, then the overall question."""
        own = tuple(item for element in self.elements for item in element.items)
        return (*own, self.overall) if self.overall else own

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return every question that is not rated, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def unfit_codes(self, answers: dict[str, Any]) -> list[str]:
        """Return the codes of answers that this edition does not ask for, or not so."""
        ratings = {item.code for item in self.items}
        questions = {question.code: question for question in self.questions}
        return [
            code
            for code, value in answers.items()
            if not (questions[code].accepts(value) if code in questions else code in ratings and _is_rating(value))
        ]


class _Reader:
    """Reads wording: of each text the languages that have been reviewed; what is a draft is left out."""

    def __init__(self, languages: dict[str, str]) -> None:
        self._languages = languages

    def text(self, text: dict[str, Any]) -> Text:
        known = {language: wording_status(wording, self._languages.get(language)) for language, wording in text.items()}
        return {language: words for language, (words, status) in known.items() if status == "reviewed"}

    def item(self, item: dict[str, Any]) -> Item:
        origin = Origin(**item["maps_to"]) if "maps_to" in item else None
        return Item(code=item["code"], text=self.text(item["text"]), origin=origin)

    def section(self, section: dict[str, Any]) -> Section:
        kind = section["kind"]
        common = section.get("options")
        return Section(
            code=section["code"],
            kind=kind,
            name=self.text(section["name"]),
            questions=tuple(
                Question(
                    code=question["code"],
                    kind=kind,
                    text=self.text(question["text"]),
                    options=tuple(map(self.text, question.get("options", common))),
                )
                for question in section["questions"]
                if question.get("asked", True)
            ),
        )


def wording_status(wording: str | dict[str, str], language_status: str | None) -> tuple[str, str]:
    """Return a string of an edition's file with its review status: its own, or that of its language."""
    if isinstance(wording, dict):
        return wording["text"], wording["status"]
    return wording, language_status or "reviewed"


def _is_rating(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and NO_OPINION <= value <= RATING_LEVELS[-1]


@dataclass(frozen=True, slots=True)
class PointsRule:
    """How satisfaction becomes index points; ``maximum`` and results are decimal text, to stay exact."""

    source: str
    maximum_per_part: str
    decimals: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method edition.  ``statistic``: share or mean; ``aggregation``: pooled, element_mean or weights."""

    code: str
    statistic: str
    aggregation: str
    confidence_level: float
    smallest_n_shown: int
    smallest_n_index: int
    points: PointsRule

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Read the JSON of a method edition that was checked when it was loaded."""
        return cls(**{**content, "points": PointsRule(**content["points"])})


def content_sha256(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of an edition."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
