"""The totals of a round: scores as they stand, counted by its rubric, with the interval of what surveys brought."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from math import isclose
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_total import IndexTotal, SurveyPart, index_total
from analysis.results import Estimate, Interval
from analysis.rubric import NOTHING
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import RubricContent
from survey.queries.index_scores import ScoreRow, list_participant_ids, list_scored


def round_totals(session: Session, round_: IndexRound, *, only_counted: bool = False) -> dict[UUID, IndexTotal]:
    """Return the total of every agency of a round, or of those that are ranked, as agencies sort.

    What nobody scored is named in the total and counts nothing; scores of leaves that the rubric no longer has, or
    takes otherwise, are left out.
    """
    content = RubricContent.from_content(round_.rubric.content)
    agencies = list_participant_ids(session, round_.id, only_counted=only_counted)
    rows: dict[UUID, list[ScoreRow]] = {agency_id: [] for agency_id in agencies}
    for row in list_scored(session, round_.id, agencies):
        if _is_taken(content, row):
            rows[row.agency_id].append(row)
    return {agency_id: _total(content, agency_id, own, round_) for agency_id, own in rows.items()}


def too_few_answered(
    content: RubricContent, round_: IndexRound, agency_id: UUID, scored: Collection[tuple[UUID, str]]
) -> frozenset[str]:
    """Return the leaves of satisfaction of an agency that has none of them scored although a survey flowed in.

    Fewer people answered than an index figure takes.  ``scored`` are agencies and leaves.
    """
    if round_.release_id is None or not round_.survey_is_run:
        return frozenset()
    own = frozenset(leaf.code for leaf in content.leaves.values() if leaf.source == "satisfaction")
    return frozenset() if any((agency_id, code) in scored for code in own) else own


def _total(content: RubricContent, agency_id: UUID, rows: list[ScoreRow], round_: IndexRound) -> IndexTotal:
    missing = too_few_answered(content, round_, agency_id, {(agency_id, row.criterion) for row in rows})
    return index_total(
        content.rule,
        {row.criterion: row.value for row in rows},
        surveys=_parts(content, rows),
        survey_is_run=round_.survey_is_run or not content.rule.survey_maximum,
        # A rubric that refuses to go without has no rule for it: the leaves stay unscored, and are named.
        without=() if content.rule.without_survey == "refuse" else missing,
    )


def _is_taken(content: RubricContent, row: ScoreRow) -> bool:
    """Return whether the present rubric has the leaf of a score and takes its value."""
    leaf = content.leaves.get(row.criterion)
    if leaf is None:
        return False
    try:
        leaf.rule.points(row.value)
    except ValueError:
        return False
    return True


def _parts(content: RubricContent, rows: Sequence[ScoreRow]) -> list[SurveyPart]:
    """Return each survey's part once, though every leaf of it tells of it.

    A part stands only for scores that rest on it now, counted as the present rubric counts them: of one that names
    other leaves besides, or was made by other maxima, only the intervals of its single leaves are taken.
    """
    found: dict[str, list[ScoreRow]] = {}
    for row in rows:
        if row.basis and (part := row.basis.get("part") or row.basis.get("other")):
            found.setdefault(json.dumps(part, sort_keys=True), []).append(row)
    parts = (_part(content, json.loads(told), own) for told, own in found.items())
    return [part for part in parts if part is not None]


def _part(content: RubricContent, told: dict[str, Any], rows: Sequence[ScoreRow]) -> SurveyPart | None:
    own = [row for row in rows if row.criterion in told["leaves"] and content.leaves[row.criterion].rule.is_survey]
    bases = {row.criterion: row.basis or {} for row in own}
    estimate = Estimate(
        value=told["points"],
        ci=Interval(told["low"], told["high"]),
        standard_error=told["se"],
        n=max((basis.get("n", 0) for basis in bases.values()), default=0),
        confidence_level=told["level"],
    )
    ends = {code: (basis["low"], basis["high"]) for code, basis in bases.items() if "low" in basis and "high" in basis}
    part, values = SurveyPart(tuple(told["leaves"]), estimate, ends), {row.criterion: row.value for row in own}
    leaves = [content.leaves[code].rule for code in told["leaves"] if code in values]
    earned = sum((leaf.formula.earned(values[leaf.code], leaf.maximum) for leaf in leaves), NOTHING)
    is_whole = len(leaves) == len(part.leaves) and isclose(earned, estimate.value, abs_tol=1e-6)
    return part if is_whole else part.of(leaves, values)
