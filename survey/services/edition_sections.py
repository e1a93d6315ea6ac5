"""What the sections of an edition must fulfil: questions that are not rated, under headings of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from survey.models.editions import SECTION_KINDS
from survey.services.edition_faults import (
    Fault,
    faults_of_code,
    faults_of_entry,
    faults_of_text,
    not_one_of,
    tables,
    unknown_keys,
)

MOST_SECTIONS: Final = 10
MOST_QUESTIONS: Final = 60
# Reasons are stored as a bit mask and shown as chips: more than these nobody reads.
MOST_OPTIONS: Final = 12
FEWEST_OPTIONS: Final = 2
# Every reason is a field of the form, which takes no more than two hundred.
MOST_REASONS: Final = 3
EXPECTATION_OPTIONS: Final = 4
_SECTION_KEYS: Final = frozenset({"code", "kind", "name", "options", "questions"})
_QUESTION_KEYS: Final = frozenset({"code", "text", "options", "asked", "maps_to"})


def faults_of_sections(content: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the sections of an edition; an edition need not have any."""
    sections = content.get("sections", [])
    if not isinstance(sections, list):
        yield Fault("sections", "phải là các bảng [[sections]]", "must be tables [[sections]]")
        return
    for number, section in enumerate(sections, start=1):
        place = f"sections[{number}]"
        if isinstance(section, dict):
            yield from _faults_of_section(section, place)
        else:
            yield Fault(place, "phải là một bảng [[sections]]", "must be a table [[sections]]")
    kinds = [section.get("kind") for section in tables(sections) for _ in tables(section.get("questions"))]
    counts = (
        ("sections", len(sections), MOST_SECTIONS),
        ("questions", len(kinds), MOST_QUESTIONS),
        ("reasons", kinds.count("reasons"), MOST_REASONS),
    )
    for place, count, most in counts:
        if count > most:
            yield Fault(place, f"tối đa {most}, đang có {count}; hãy bớt đi", f"{most} at most, not {count}; take out")


def _faults_of_section(section: dict[str, Any], place: str) -> Iterator[Fault]:
    yield from unknown_keys(section, _SECTION_KEYS, f"{place}.")
    yield from faults_of_code(section.get("code"), f"{place}.code", "experience")
    yield from not_one_of(section.get("kind"), SECTION_KINDS, f"{place}.kind")
    yield from faults_of_text(section.get("name"), f"{place}.name")
    if "options" in section:
        yield from _faults_of_options(section["options"], section.get("kind"), f"{place}.options")
    questions = section.get("questions")
    if not isinstance(questions, list) or not questions:
        yield Fault(f"{place}.questions", "cần ít nhất một câu hỏi", "needs at least one [[sections.questions]]")
        return
    for number, question in enumerate(questions, start=1):
        yield from _faults_of_question(section, question, f"{place}.questions[{number}]")


def _faults_of_question(section: dict[str, Any], question: object, place: str) -> Iterator[Fault]:
    yield from faults_of_entry(question, _QUESTION_KEYS, place)
    if not isinstance(question, dict):
        return
    if not isinstance(question.get("asked", True), bool):
        yield Fault(f"{place}.asked", "hãy ghi true hoặc false", "write true or false")
    if "options" in question and "options" in section:
        yield Fault(
            f"{place}.options",
            "nhóm này đã có lựa chọn chung; hãy giữ một chỗ",
            "the section has options for all its questions; keep one of the two",
        )
    elif "options" in question:
        yield from _faults_of_options(question["options"], section.get("kind"), f"{place}.options")
    elif "options" not in section:
        yield Fault(f"{place}.options", "thiếu các lựa chọn; hãy thêm vào", "the options are missing; add them")


def _faults_of_options(options: object, kind: object, place: str) -> Iterator[Fault]:
    fewest, most = FEWEST_OPTIONS, MOST_OPTIONS
    if kind == "expectation":
        fewest = most = EXPECTATION_OPTIONS
    if not isinstance(options, list) or not fewest <= len(options) <= most:
        count = f"{most}" if fewest == most else f"{fewest}–{most}"
        yield Fault(
            place,
            f"cần {count} lựa chọn, không kể “không có ý kiến”",
            f"needs {count} options, “no opinion” not counted",
        )
        return
    for number, option in enumerate(options, start=1):
        yield from faults_of_text(option, f"{place}[{number}]")
