"""Findings as JSON: every field under its own name, unrounded, in both languages."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from analysis.exact import exact_text
from survey.rendering.annual_tables import weakest_sample
from survey.rendering.comparison_report import comparison_marks
from survey.rendering.composition import agency_marks, annual_marks
from survey.rendering.index_words import index_label, index_marks
from survey.rendering.words import NOT_OFFICIAL, interval_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.chosen_values import ChosenComparison
    from survey.findings.index_result_values import IndexFindings
    from survey.findings.values import AgencyFindings, AnnualFindings

# Raised whenever a key is renamed, removed or changes its meaning; new keys do not raise it.
FORMAT_VERSION: Final = 1


def agency_json(findings: AgencyFindings, language: str = "vi") -> bytes:
    """Write an agency's findings; ``language`` is that of the notes, names come in both."""
    marks = agency_marks(findings, language)
    label = interval_label(findings.wave.sample_kind, findings.confidence_level, language)
    return _document("agency", findings, marks, label, language)


def annual_json(findings: AnnualFindings, language: str = "vi") -> bytes:
    """Write the findings of a year; ``language`` is that of the notes, names come in both."""
    marks = annual_marks(findings, language)
    label = interval_label(weakest_sample(findings), findings.confidence_level, language)
    return _document("annual", findings, marks, label, language)


def comparison_json(findings: ChosenComparison, language: str = "vi") -> bytes:
    """Write a comparison of agencies; ``language`` is that of the notes, names come in both."""
    label = interval_label(findings.wave.sample_kind, findings.confidence_level, language)
    return _document("comparison", findings, comparison_marks(findings, language), label, language)


def index_json(findings: IndexFindings, language: str = "vi") -> bytes:
    """Write the findings of a round of the index; points are their exact text, names come in both languages."""
    return _document("index", findings, index_marks(findings, language), index_label(findings, language), language)


def _document(
    kind: str,
    findings: AgencyFindings | AnnualFindings | ChosenComparison | IndexFindings,
    marks: tuple[str, ...],
    label: str,
    language: str,
) -> bytes:
    document = {
        "format": f"hai-long/{kind}",
        "version": FORMAT_VERSION,
        "language": language,
        "marks": list(marks),
        "notes": [NOT_OFFICIAL.text(language), label],
    }
    written = BytesIO()
    written.write(f'{_dumped(document)[:-1]}, "findings": '.encode())
    for piece in _pieces(findings):
        written.write(piece.encode())
    written.write(b"}\n")
    return written.getvalue()


def _pieces(findings: AgencyFindings | AnnualFindings | ChosenComparison | IndexFindings) -> Iterator[str]:
    """Yield a findings value line by line of its lists: thousands of agencies at once would take 200 MB."""
    kind: Any = findings.__class__
    start = "{"
    for name in _field_names(kind):
        yield f'{start}"{name}": '
        value = getattr(findings, name)
        if isinstance(value, tuple) and value:
            yield from (f"{', ' if at else '['}{_dumped(_plain(each))}" for at, each in enumerate(value))
            yield "]"
        else:
            yield _dumped(_plain(value))
        start = ", "
    yield "}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any field of any findings value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Fraction):
        return exact_text(value)
    return {name: _plain(getattr(value, name)) for name in _field_names(value.__class__)}


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
