"""Satisfaction by demographic group, where a survey is a sample with a design and its answers are read anyway.

Counter answers are never crossed with who gave them: their tallies know no groups.  A survey of households or of
finished cases has its strata, clusters and weights in the answers, and its groups are domains of the whole design.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from survey.findings.design import DesignDomain, DesignSample
from survey.findings.figures import NOTHING
from survey.findings.groups import hidden_of
from survey.findings.names import text_wording
from survey.findings.sample import Sample
from survey.findings.suppression import Extent, union
from survey.findings.values import BreakdownRow, Measures, Wording
from survey.models.editions import RATING_LEVELS, SATISFIED_LEVELS, Question, Text
from survey.queries.responses import list_design_rows

GROUP: Final = "group"

Members = npt.NDArray[np.bool_]


def group_rows(session: Session, *, wave_ids: Sequence[UUID], sample: Sample) -> tuple[BreakdownRow, ...]:
    """Return the whole by each option of each demographic question; none where the survey has no design.

    A group with too few respondents is withheld, and so is the next smallest of its question where it would give the
    first away; who would rather not say counts as if he were in no group.
    """
    asked = [one for one in sample.questionnaire.questions if one.kind == "demographic" and not one.several]
    design = sample.design
    if design is None or not asked:
        return ()
    agency_ids = list(dict.fromkeys(design.agencies))
    answers = [row.answers for row in list_design_rows(session, wave_ids=wave_ids, agency_ids=agency_ids)]
    told = design.domain(unit.agency_id for unit in sample.answered).members
    found: list[BreakdownRow] = []
    for question in asked:
        chosen = np.array([given.get(question.code, 0) for given in answers], dtype=np.int64)
        found += _rows(sample, design, question, chosen, told)
    return tuple(found)


def _rows(
    sample: Sample, design: DesignSample, question: Question, chosen: npt.NDArray[np.int64], told: Members
) -> Iterator[BreakdownRow]:
    ratings = _rated(sample, design)
    who = [told & (chosen == number) for number in range(1, len(question.options) + 1)]
    extents = [_extent(sample, design, members & ratings) for members in who]
    hidden = hidden_of(sample, extents, int(np.count_nonzero(told & ratings)) - union(extents).size)
    for at, (option, members) in enumerate(zip(question.options, who, strict=True)):
        if extents[at].size:
            yield BreakdownRow(
                GROUP,
                f"{question.code}-{at + 1}",
                _name(question, option),
                NOTHING if at in hidden else _measures(sample, design, members),
            )


def _extent(sample: Sample, design: DesignSample, members: Members) -> Extent:
    given = _columns(sample, design)[members]
    satisfied = int(np.count_nonzero(np.isin(given, SATISFIED_LEVELS)))
    return Extent(int(np.count_nonzero(members)), satisfied, int(np.count_nonzero(np.isfinite(given))))


def _columns(sample: Sample, design: DesignSample) -> npt.NDArray[np.float64]:
    return design.ratings[:, [design.items.index(code) for code in _codes(sample)]]


def _name(question: Question, option: Text) -> Wording:
    asked, chosen = text_wording(question.text), text_wording(option)
    return Wording(f"{asked.vi} – {chosen.vi}", f"{asked.en} – {chosen.en}")


def _codes(sample: Sample) -> list[str]:
    return [item.code for element in sample.questionnaire.elements for item in element.items]


def _rated(sample: Sample, design: DesignSample) -> Members:
    return np.asarray(np.isfinite(_columns(sample, design)).any(axis=1), dtype=np.bool_)


def _measures(sample: Sample, design: DesignSample, members: Members) -> Measures:
    codes, level = _codes(sample), sample.method.confidence_level
    domain = DesignDomain(design, members)
    share = domain.estimate(codes, share=True, confidence_level=level)
    if share is None:
        return NOTHING
    columns = _columns(sample, design)[members]
    counts = [int(np.count_nonzero(columns == value)) for value in RATING_LEVELS]
    return Measures(
        n=share.n,
        share_satisfied=share,
        mean_score=domain.estimate(codes, share=False, confidence_level=level),
        levels=(counts[0], counts[1], counts[2], counts[3], counts[4]),
        no_opinion=None,
    )
