"""The lines of the tables on an agency's page, taken from its findings in their order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from survey.findings.values import AgencyFindings, Measures, Wording
from survey.rendering.words import DIMENSIONS

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


def breakdown_lines(findings: AgencyFindings) -> list[tuple[Wording, list[Line]]]:
    """Return the breakdowns, each under the name of its dimension."""
    return [
        (DIMENSIONS[dimension], [Line(row.name, row.measures) for row in rows])
        for dimension, rows in groupby(findings.breakdowns, key=lambda row: row.dimension)
    ]
