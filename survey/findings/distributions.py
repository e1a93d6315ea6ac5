"""How people answered the questions that are not rated: counts and shares of each option, never pooled with ratings.

Perception, expectation, reasons and who answered are told question by question and never crossed with one another or
with a rating.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.proportions import wilson
from survey.findings.design_options import design_distributions
from survey.findings.names import text_wording
from survey.findings.sample import Sample
from survey.findings.suppression import withheld
from survey.findings.values import OptionFindings, QuestionFindings, Wording
from survey.models.editions import NO_OPINION, Question
from survey.queries.options import sum_options
from survey.queries.waves import WaveRow

Answers = Counter[int]  # how many chose each option


@dataclass(frozen=True, slots=True)
class _Table:
    """The answers to one question: of each agency that gave any, and of those together that may be pooled."""

    question: Question
    by_agency: Mapping[UUID, Answers]

    def pooled(self, smallest: int) -> Answers:
        """Add up the agencies; one that withholds the question is left out, or subtracting would give it away."""
        every = self.by_agency.values()
        kept = [one for one in every if len(every) == 1 or _size(self.question, one) >= smallest]
        total: Answers = Counter()
        for one in kept:
            total.update(one)
        return total

    def left_over(self, option: int, smallest: int) -> int:
        """Count who chose an option at agencies whose own table hides it: what subtracting their sisters tells."""
        if len(self.by_agency) == 1:
            return 0
        return sum(one[option] for one in self.by_agency.values() if 0 < one[option] < smallest)


def distributions(session: Session, *, waves: Sequence[WaveRow], sample: Sample) -> tuple[QuestionFindings, ...]:
    """List the questions of an edition that are not rated, in its order, as they were answered.

    Where fewer answered than the smallest n shown, nothing but the wording is told.  Agencies are pooled by response.
    Those of a survey with a design are read with the design, since tallies know no weights.
    """
    questionnaire = sample.questionnaire
    if not questionnaire.questions or not sample.answered:
        return ()
    if sample.design is not None:
        ids = [wave.id for wave in waves]
        return design_distributions(session, wave_ids=ids, sample=sample, design=sample.design)
    agency_ids = [unit.agency_id for unit in sample.answered]
    counts: dict[str, dict[UUID, Answers]] = {}
    for row in sum_options(session, wave_ids=[wave.id for wave in waves], agency_ids=agency_ids):
        counts.setdefault(row.question, {}).setdefault(row.agency_id, Counter())[row.option] += row.count
    return tuple(
        _findings(sample, text_wording(section.name), _Table(question, counts.get(question.code, {})))
        for section in questionnaire.sections
        for question in section.questions
    )


def _findings(sample: Sample, section: Wording, table: _Table) -> QuestionFindings:
    question, smallest = table.question, sample.method.smallest_n_shown
    answers = table.pooled(smallest)
    n = _size(question, answers)
    shown = n >= smallest
    hidden = _hidden(table, answers, smallest) if question.kind == "demographic" else frozenset()
    return QuestionFindings(
        code=question.code,
        kind=question.kind,
        section=section,
        wording=text_wording(question.text),
        several=question.several,
        n=n if shown else None,
        no_opinion=answers[NO_OPINION] if shown and not question.several else None,
        options=tuple(
            OptionFindings(text_wording(option), None, None)
            if not shown or number in hidden
            else OptionFindings(
                text_wording(option),
                answers[number],
                wilson(successes=answers[number], n=n, confidence_level=sample.method.confidence_level),
            )
            for number, option in enumerate(question.options, start=1)
        ),
    )


def _hidden(table: _Table, answers: Answers, smallest: int) -> frozenset[int]:
    """Return the options that describe so few people that they are not told, nor to be found by subtracting."""
    numbers = range(1, len(table.question.options) + 1)
    left_over = {number: table.left_over(number, smallest) for number in numbers}
    # So many could be found by subtracting the sister agencies that show the option.
    sizes = [left_over[number] if 0 < left_over[number] < smallest else answers[number] for number in numbers]
    return frozenset(position + 1 for position in withheld(sizes, smallest=smallest))


def _size(question: Question, answers: Answers) -> int:
    """Count who chose an option of a question."""
    if question.several:
        return answers[NO_OPINION]
    return sum(count for option, count in answers.items() if option != NO_OPINION)
