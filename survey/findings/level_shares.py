"""How the ratings of everything an agency's report tells of spread over the five levels, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.levels import level_shares
from survey.findings.design import DesignDomain
from survey.findings.figures import Figures
from survey.findings.sample import Sample
from survey.findings.values import BreakdownRow, ElementFindings, Measures
from survey.findings.witness import carry
from survey.models.editions import Item


def with_level_shares(measures: Measures, *, confidence_level: float) -> Measures:
    """Add the share of each level among the ratings as counted; nothing where they are withheld."""
    if measures.levels is None or not measures.n:
        return measures
    shares = level_shares(measures.levels, respondents=measures.n, confidence_level=confidence_level)
    told = replace(measures, level_shares=shares)
    carry(measures, told)
    return told


def rows_with_level_shares(rows: Iterable[BreakdownRow], *, confidence_level: float) -> tuple[BreakdownRow, ...]:
    """Add the shares of the levels to the figures of groups."""
    return tuple(
        replace(row, measures=with_level_shares(row.measures, confidence_level=confidence_level)) for row in rows
    )


def figures_with_level_shares(found: Figures, sample: Sample) -> Figures:
    """Add the shares of the levels to the whole, the overall question, every element and every item."""
    adder = _Adder(found, sample)
    elements = sample.questionnaire.elements
    question, asked = found.overall_question, sample.questionnaire.overall
    return replace(
        found,
        overall=adder.added(found.overall, [item for element in elements for item in element.items]),
        overall_question=replace(question, measures=adder.added(question.measures, [asked]))
        if question and asked
        else question,
        elements=tuple(
            adder.element(one, element.items) for one, element in zip(found.elements, elements, strict=True)
        ),
    )


class _Adder:
    """Adds the shares as the body is estimated: by its survey's design, or as counted."""

    def __init__(self, found: Figures, sample: Sample) -> None:
        """Note the design, and the level of the intervals."""
        self._design: DesignDomain | None = found.parts[0].design if found.parts else None
        self._confidence_level = sample.method.confidence_level

    def added(self, measures: Measures, items: Sequence[Item]) -> Measures:
        """Return measures of some items with the shares of the levels."""
        if self._design is None or measures.levels is None:
            return with_level_shares(measures, confidence_level=self._confidence_level)
        shares = self._design.level_shares([item.code for item in items], confidence_level=self._confidence_level)
        return replace(measures, level_shares=shares)

    def element(self, element: ElementFindings, items: Sequence[Item]) -> ElementFindings:
        """Return an element, with its items, with the shares of the levels."""
        under = (
            replace(one, measures=self.added(one.measures, [item]))
            for one, item in zip(element.items, items[: len(element.items)], strict=True)
        )
        return replace(element, measures=self.added(element.measures, items), items=tuple(under))
