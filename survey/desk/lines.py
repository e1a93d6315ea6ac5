"""The lines of the tables on an agency's page, taken from its findings in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from survey.findings.values import AgencyFindings, Measures, Wording
from survey.rendering.words import DIMENSIONS

ORDER: Final = ("field", "channel", "service_point", "language", "verified")
WHOLE: Final = Wording("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)")
OVERALL_QUESTION: Final = Wording("Câu hỏi “nhìn chung” (không gộp)", "The question “all in all” (not pooled)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it speaks of, its measures, and how it stands out (a class of the style sheet)."""

    name: Wording
    measures: Measures
    look: str = ""


def result_lines(findings: AgencyFindings) -> list[Line]:
    """Return the whole, every element with its questions where it has several, and the overall question."""
    lines = [Line(WHOLE, findings.overall, "strong")]
    for element in findings.elements:
        lines.append(Line(element.name, element.measures))
        if len(element.items) > 1:
            lines += [Line(item.wording, item.measures, "under") for item in element.items]
    if findings.overall_question:
        lines.append(Line(OVERALL_QUESTION, findings.overall_question.measures))
    return lines


@dataclass(frozen=True, slots=True)
class Section:
    """One dimension of the breakdowns: its code, its name and its lines, none where nothing is told of it."""

    code: str
    name: Wording
    lines: tuple[Line, ...]


def breakdown_sections(findings: AgencyFindings) -> list[Section]:
    """Return every dimension in the order in which an agency asks for them, also those of which nothing is told."""
    return [
        Section(
            code,
            DIMENSIONS[code],
            tuple(Line(row.name, row.measures) for row in findings.breakdowns if row.dimension == code),
        )
        for code in ORDER
    ]
