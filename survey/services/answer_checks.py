"""The checks that every answer passes, whoever sends it: against its edition and its counter, and clean of tricks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from survey.models.editions import NO_OPINION, RATING_LEVELS, Question
from survey.services.readable import readable

LONGEST_COMMENT: Final = 1000
_LEVELS: Final = {str(level): level for level in (NO_OPINION, *RATING_LEVELS)}
_BLANK: Final = -1
_OTHER_FIELDS: Final = frozenset({"key", "service", "comment"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: at which field ("" for the form as a whole), and the key of the sentence that says it."""

    place: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a citizen chose and wrote, as far as it can be shown to him again."""

    answers: dict[str, int] = field(default_factory=dict)
    comment: str = ""
    service: str = ""
    key: str = ""
    problems: tuple[Problem, ...] = ()


def check_fields(
    fields: dict[str, str], *, items: Sequence[str], services: Sequence[str], questions: Sequence[Question] = ()
) -> Filled:
    """Check what was sent against the items and questions of the edition and the services of the counter."""
    answers = {item: _LEVELS[fields[item]] for item in items if fields.get(item) in _LEVELS}
    comment = clean_text(fields.get("comment", ""))
    service = fields.get("service", "")
    problems = [Problem(item, "bad_rating") for item in items if item in fields and item not in answers]
    # Most people rate and send: then there is nothing to look at question by question.
    others = fields.keys() - _OTHER_FIELDS - set(items)
    chosen = {question.code: _chosen(question, fields) for question in questions} if others else {}
    problems += [Problem(code, "bad_rating") for code, value in chosen.items() if value is None]
    if others and not others <= {name for question in questions for name in field_names(question)}:
        problems.append(Problem("", "unknown_item"))
    if service and service not in services:
        problems.append(Problem("service", "unknown_service"))
        service = ""
    if len(comment) > LONGEST_COMMENT:
        problems.append(Problem("comment", "long_comment"))
    if not problems and not any(level in RATING_LEVELS for level in answers.values()):
        problems.append(Problem(items[0], "no_rating"))
    answers |= {code: value for code, value in chosen.items() if value is not None and value != _BLANK}
    return Filled(answers, comment, service, fields.get("key", ""), tuple(problems))


def field_names(question: Question) -> Iterator[str]:
    """Yield the fields of a question in a form: its code, or one for each option where several may be chosen."""
    if question.several:
        yield from (f"{question.code}.{number}" for number in range(1, len(question.options) + 1))
    else:
        yield question.code


def _chosen(question: Question, fields: dict[str, str]) -> int | None:
    """Return the answer to a question that is not rated; ``_BLANK`` where there is none, None where it is unfit."""
    sent = {name: fields[name] for name in field_names(question) if name in fields}
    if not sent:
        return _BLANK
    if question.several:
        bits = [1 << (number - 1) for number, name in enumerate(field_names(question), start=1) if name in sent]
        return sum(bits) if set(sent.values()) == {"1"} else None
    numbers = {str(number): number for number in range(len(question.options) + 1)}
    return numbers.get(sent[question.code])


def clean_text(text: str) -> str:
    """Return a text in composed form without control characters but line ends, and without what nobody sees."""
    if not text:
        return ""
    lines = readable(re.sub(r"\r\n?|[\u2028\u2029]", "\n", text))
    shown = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) != "Cc")
    return unicodedata.normalize("NFC", shown).strip()
