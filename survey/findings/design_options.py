"""The questions that are not rated, in a survey with strata, clusters or weights: shares by its whole design.

Counts stay what was counted; the share of an option is that of a domain of the design, as every rating's is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from survey.findings.design import DesignDomain, DesignSample
from survey.findings.names import text_wording
from survey.findings.sample import Sample
from survey.findings.suppression import withheld
from survey.findings.values import OptionFindings, QuestionFindings, Wording
from survey.models.editions import NO_OPINION, RATING_LEVELS, Question
from survey.queries.responses import list_design_rows

Members = npt.NDArray[np.bool_]
Answers = Sequence[Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class _Told:
    """A survey, the respondents whose agencies are told of, and what everybody answered."""

    design: DesignSample
    members: Members
    answers: Answers


def design_distributions(
    session: Session, *, wave_ids: Sequence[UUID], sample: Sample, design: DesignSample
) -> tuple[QuestionFindings, ...]:
    """List the questions of the edition that are not rated, in its order, as they were answered."""
    agency_ids = list(dict.fromkeys(design.agencies))
    answers = [row.answers for row in list_design_rows(session, wave_ids=wave_ids, agency_ids=agency_ids)]
    told = _Told(design, design.domain(unit.agency_id for unit in sample.answered).members, answers)
    return tuple(
        _findings(sample, told, text_wording(section.name), question)
        for section in sample.questionnaire.sections
        for question in section.questions
    )


def _findings(sample: Sample, told: _Told, section: Wording, question: Question) -> QuestionFindings:
    smallest = sample.method.smallest_n_shown
    chosen = _chosen(question, told.answers)
    given = _given(question, told.answers, chosen)
    n = int(np.count_nonzero(told.members & given))
    counts = [int(np.count_nonzero(told.members & column)) for column in chosen.T]
    shown = n >= smallest
    hidden = withheld(counts, smallest=smallest) if question.kind == "demographic" else frozenset()
    silent = told.members & _said(question, told.answers) & ~given
    return QuestionFindings(
        code=question.code,
        kind=question.kind,
        section=section,
        wording=text_wording(question.text),
        several=question.several,
        n=n if shown else None,
        no_opinion=int(np.count_nonzero(silent)) if shown and not question.several else None,
        options=tuple(
            OptionFindings(text_wording(option), None, None)
            if not shown or at in hidden
            else _option(sample, told, text_wording(option), given, chosen[:, at])
            for at, option in enumerate(question.options)
        ),
    )


def _option(sample: Sample, told: _Told, name: Wording, given: Members, chose: Members) -> OptionFindings:
    """Estimate the share of an option as that of the best of two ratings."""
    best, worst = RATING_LEVELS[-1], RATING_LEVELS[0]
    ratings = np.where(given, np.where(chose, best, worst), np.nan)[:, np.newaxis]
    domain = DesignDomain(replace(told.design, ratings=ratings, items=("",)), told.members)
    share = domain.estimate([""], share=True, confidence_level=sample.method.confidence_level)
    return OptionFindings(name, int(np.count_nonzero(told.members & chose)), share)


def _chosen(question: Question, answers: Answers) -> Members:
    """Return who chose which option: a row a respondent, a column an option."""
    found = np.zeros((len(answers), len(question.options)), dtype=np.bool_)
    for at, one in enumerate(answers):
        for option in question.chosen(one[question.code]) if question.code in one else ():
            if option != NO_OPINION:
                found[at, option - 1] = True
    return found


def _given(question: Question, answers: Answers, chosen: Members) -> Members:
    """Return who chose an option; where several could be chosen, who was willing to."""
    return _said(question, answers) if question.several else np.asarray(chosen.any(axis=1), dtype=np.bool_)


def _said(question: Question, answers: Answers) -> Members:
    return np.array([question.code in one for one in answers], dtype=np.bool_)
