"""What stands behind the survey points of a round: n of N, verified answers, and which element costs most points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.rubric import NOTHING
from analysis.survey_points import lost_points, shared_loss
from survey.findings.figures import Figures, figures, index_estimate
from survey.findings.index_release import released_survey
from survey.findings.index_result_values import ElementCost, IndexSurvey, SurveySource
from survey.findings.names import text_wording, wording
from survey.findings.participation import participation
from survey.findings.sample import Sample
from survey.findings.values import Wording
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import LeafContent, RubricContent
from survey.models.survey_source import survey_in
from survey.queries.agencies import AgencyRow, list_agencies
from survey.queries.index_scores import ScoreRow


@dataclass(frozen=True, slots=True)
class SurveyBasis:
    """The survey of a round: its editions, and for every agency what it brought."""

    questionnaire: str
    method_edition: str
    agencies: Mapping[UUID, IndexSurvey]
    source: SurveySource | None = None


NO_SURVEY: Final = SurveyBasis("", "", {})


def survey_basis(
    session: Session,
    round_: IndexRound,
    content: RubricContent,
    rows: Sequence[ScoreRow],
    agencies: Mapping[UUID, AgencyRow],
) -> SurveyBasis:
    """Return what the scores of surveys rest on; of those that came by file only what the file said."""
    told: dict[UUID, list[ScoreRow]] = {}
    surveyed = {leaf.code for leaf in content.leaves.values() if leaf.source == "satisfaction"}
    for row in rows:
        if row.basis and "part" in row.basis and row.criterion in surveyed:
            told.setdefault(row.agency_id, []).append(row)
    if not told or not round_.survey_is_run:
        return NO_SURVEY
    survey = released_survey(session, round_.release) if round_.release else None
    # Counts that moved since the release are not those that the points rest on.
    if survey is None:
        return SurveyBasis("", "", {key: _survey(content, own, None) for key, own in told.items()}, _source(rows))
    below = list_agencies(session, paths=[agencies[key].path for key in told])
    whole = survey.sample(session, [row.id for row in below])
    groups = [[row.id for row in below if row.path.startswith(agencies[key].path)] for key in told]
    samples = dict(zip(told, whole.parts(groups), strict=True))
    return SurveyBasis(
        survey.form,
        survey.waves[0].method_edition,
        {key: _survey(content, own, samples[key]) for key, own in told.items()},
        _source(rows),
    )


def _source(rows: Sequence[ScoreRow]) -> SurveySource | None:
    """Return the survey that the points name."""
    named = next((one for row in rows if (one := survey_in(row.basis))), None)
    return SurveySource(wording(named.name, named.name_en), named.year, named.reason) if named else None


def _survey(content: RubricContent, rows: Sequence[ScoreRow], sample: Sample | None) -> IndexSurvey:
    first = rows[0].basis or {}
    part: Mapping[str, Any] = first["part"]
    own = {row.criterion for row in rows}
    leaves = [content.leaves[code] for code in part["leaves"] if code in own]
    found = figures(sample, with_items=False) if sample is not None else None
    taking = participation(sample, found.overall) if sample is not None and found else None
    respondents = sum(unit.respondents for unit in sample.units) if sample else 0
    verified = sum(unit.verified for unit in sample.units) if sample else 0
    costs = [one for leaf in leaves for one in _costs(leaf, rows, found, sample)]
    return IndexSurvey(
        release=str(first.get("release", "")),
        n=int(first.get("n", 0)),
        population=taking.population_size if taking else None,
        rate=taking.rate if taking else None,
        verified_share=verified / respondents if respondents else None,
        share=found.overall.share_satisfied if found else None,
        points=part["points"],
        low=part["low"],
        high=part["high"],
        maximum=sum((leaf.rule.maximum for leaf in leaves), NOTHING),
        elements=_dearest_first(costs),
    )


def _costs(
    leaf: LeafContent, rows: Sequence[ScoreRow], found: Figures | None, sample: Sample | None
) -> list[ElementCost]:
    """Return what the elements behind a leaf cost: its own, or those of a pooled leaf together what it lost."""
    row = next((one for one in rows if one.criterion == leaf.code), None)
    if row is None or row.basis is None:
        return []
    if leaf.element or found is None or sample is None:
        ends = [lost_points(leaf.rule, row.basis[end]) for end in ("high", "low")]
        lost, n = lost_points(leaf.rule, row.value), int(row.basis["n"])
        return [ElementCost(leaf.code, text_wording(leaf.name), lost, min(*ends, lost), max(*ends, lost), n)]
    shown = [
        (each, sum(each.measures.levels), estimate)
        for each in found.elements
        if each.measures.levels and (estimate := index_estimate(each.measures, sample.method)) is not None
    ]
    losses = shared_loss(leaf.rule, row.value, [(ratings, estimate) for _, ratings, estimate in shown])
    return [
        ElementCost(f"{leaf.code}/{each.code}", each.name, one.lost, one.low, one.high, estimate.n, one.in_points)
        for (each, _, estimate), one in zip(shown, losses, strict=True)
    ]


def costs_of_all(surveys: Sequence[IndexSurvey]) -> tuple[ElementCost, ...]:
    """Return what every element costs on average, the dearest first; agencies are independent of each other."""
    own: dict[str, list[ElementCost]] = {}
    names: dict[str, Wording] = {}
    for survey in surveys:
        for one in survey.elements:
            own.setdefault(one.code, []).append(one)
            names[one.code] = one.name
    found = []
    for code, costs in own.items():
        mean = sum(one.lost for one in costs) / len(costs)
        below = sum((one.lost - one.low) ** 2 for one in costs) ** 0.5 / len(costs)
        above = sum((one.high - one.lost) ** 2 for one in costs) ** 0.5 / len(costs)
        n = sum(one.n for one in costs)
        found.append(ElementCost(code, names[code], mean, mean - below, mean + above, n, costs[0].in_points))
    return _dearest_first(found)


def _dearest_first(costs: Sequence[ElementCost]) -> tuple[ElementCost, ...]:
    return tuple(sorted(costs, key=lambda one: (not one.in_points, -one.lost)))
