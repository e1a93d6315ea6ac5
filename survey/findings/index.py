"""The one value of a round of the index, from the scores as they stand or as it was frozen when it was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_standing import Spread, Standing, standings, summary, weaknesses
from analysis.index_total import IndexTotal, SurveyMissingError, classified
from analysis.results import exact_end
from analysis.rubric import NOTHING, WHOLE
from survey.findings.errors import FindingsError
from survey.findings.frozen import frozen_json, thaw
from survey.findings.index_change import breaks_of_all, changes, counted, read_years_before
from survey.findings.index_outside import outside_indexes
from survey.findings.index_result_values import (
    ComponentSpread,
    IndexAgency,
    IndexChange,
    IndexClass,
    IndexComponent,
    IndexFindings,
    IndexSurvey,
    LeafWeakness,
)
from survey.findings.index_survey_basis import SurveyBasis, costs_of_all, survey_basis
from survey.findings.index_totals import round_totals, too_few_answered
from survey.findings.letterhead import letterhead
from survey.findings.names import agency_name, text_wording, wording
from survey.findings.values import Wording
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.rubric_content import RubricContent
from survey.queries.agencies import AgencyRow, list_agencies_by_id
from survey.queries.index_results import list_results, read_result
from survey.queries.index_scores import ScoreRow, list_participants, list_scored

CONFIDENCE_LEVEL: Final = 0.95

Basis = Mapping[tuple[UUID, str], ScoreRow]


def index_findings(
    session: Session, round_: IndexRound, *, today: date, against: Collection[str] | None = None
) -> IndexFindings:
    """Return what is known of a round now, a draft; of a decided one ``decided_findings`` returns what was frozen.

    ``against`` are checksums of the results of the year before to be measured by; without it, those that hold.

    Raises:
        FindingsError: Nobody takes part, or no agency is ranked.

    """
    content = RubricContent.from_content(round_.rubric.content)
    participants = {one.agency_id: one for one in list_participants(session, round_.id)}
    totals = _totals(session, round_)
    ranked = [unit for unit in totals if participants[unit].counts]
    if not ranked:
        raise FindingsError(
            vi=f"Kỳ {round_.code} chưa có cơ quan nào được xếp hạng; hãy thêm cơ quan hoặc sửa cách tính.",
            en=f"No agency of {round_.code} is ranked; add agencies, or change how they are counted.",
        )
    rows = {row.id: row for row in list_agencies_by_id(session, agency_ids=[*totals, round_.agency_id])}
    scores = list_scored(session, round_.id, list(totals))
    basis = survey_basis(session, round_, content, scores, rows)
    years = read_years_before(session, round_, content, list(totals), held=against)
    if _is_unfinished(round_, [totals[unit] for unit in ranked]):
        # What is not scored yet would pass for a fall.
        years = tuple(replace(year, breaks=(*year.breaks, "unscored")) for year in years)
    scored = {(row.agency_id, row.criterion) for row in scores}
    few = {unit for unit in totals if too_few_answered(content, round_, unit, scored)}
    moved = changes(totals, ranked, years, few)
    counting = {str(unit): totals[unit] for unit in ranked}
    placed = {UUID(one.unit): one for one in standings(counting)}
    maker = _Maker(content, rows, {(row.agency_id, row.criterion): row for row in scores}, basis, moved, participants)
    order = [*placed, *(unit for unit in totals if unit not in placed)]
    agencies = tuple(
        replace(maker.agency(unit, totals[unit], placed.get(unit)), too_few_answered=unit in few) for unit in order
    )
    summed = summary(counting)
    root = agency_name(rows[round_.agency_id])
    return IndexFindings(
        root=root,
        round_code=round_.code,
        name=wording(round_.name, round_.name_en),
        year=round_.year,
        version=0,
        note="",
        decided_on=None,
        made_on=today,
        rubric=round_.rubric.name,
        rubric_sha256=round_.rubric.sha256,
        rubric_title=text_wording(content.title),
        applies_to=content.applies_to,
        maximum=content.rule.maximum,
        decimals=content.rule.cut.decimals,
        classes=_classes(content),
        survey_is_run=round_.survey_is_run,
        release=round_.release.code if round_.release else "",
        survey_source=basis.source,
        questionnaire=basis.questionnaire,
        method_edition=basis.method_edition,
        confidence_level=CONFIDENCE_LEVEL,
        agencies=agencies,
        mean=summed.mean,
        above_mean=_ids(summed.above_mean),
        components=_spreads(content, counting),
        weaknesses=_weaknesses(content, counting),
        element_costs=costs_of_all([row.survey for row in agencies if row.survey and row.rank is not None]),
        before_year=years[0].result.year if years else None,
        before_version=years[0].result.version if years else None,
        before_sha256=tuple(year.sha256 for year in years),
        breaks=breaks_of_all(years),
        counts=counted(moved, ranked),
        outside=outside_indexes(session, root, [row.agency for row in agencies], until=round_.year),
        letterhead=letterhead(session, agency_id=round_.agency_id),
    )


def decided_findings(session: Session, round_: IndexRound, *, version: int | None = None) -> IndexFindings | None:
    """Return the frozen result of a round, the latest or a version of it; None where nothing is frozen."""
    rows = list_results(session, round_id=round_.id, with_superseded=version is not None)
    found = next((row for row in rows if version in {None, row.version}), None)
    return None if found is None else thaw(IndexFindings, read_result(session, found.id))


def findings_of_round(session: Session, round_: IndexRound, *, today: date) -> IndexFindings:
    """Return the frozen result where there is one, else what is known now.

    Raises:
        FindingsError: As ``index_findings``.

    """
    return decided_findings(session, round_) or index_findings(session, round_, today=today)


def frozen_result(
    findings: IndexFindings, *, version: int, note: str, decided_on: date, unscored_reason: str = ""
) -> bytes:
    """Return a round's findings as they are frozen with its decision."""
    reason = unscored_reason if any(row.unscored for row in findings.agencies) else ""
    agencies = tuple(map(_decided, findings.agencies))
    frozen = replace(findings, version=version, note=note, decided_on=decided_on, made_on=decided_on, agencies=agencies)
    return frozen_json(replace(frozen, unscored_reason=reason))


def _decided(row: IndexAgency) -> IndexAgency:
    """Let what nobody scored count 0, as it does in the total; what is left out with the survey stays out."""
    components = tuple(
        replace(one, points=NOTHING, is_unscored=one.code in row.unscored)
        if one.points is None and one.maximum
        else one
        for one in row.components
    )
    return replace(row, components=components)


def _is_unfinished(round_: IndexRound, totals: Sequence[IndexTotal]) -> bool:
    """Return whether all lack points of the same leaf, or in a round that is not decided any of them lacks some."""
    lacking = [set(total.unscored) for total in totals]
    return bool(set.intersection(*lacking)) or (round_.state != "decided" and any(lacking))


def _totals(session: Session, round_: IndexRound) -> dict[UUID, IndexTotal]:
    try:
        return round_totals(session, round_)
    except SurveyMissingError as error:
        raise FindingsError(
            vi=f"Bộ tiêu chí {round_.rubric.name} không có quy tắc khi không khảo sát; hãy đổi bộ tiêu chí của kỳ.",
            en=f"The rubric {round_.rubric.name} has no rule for going without a survey; change the round's rubric.",
        ) from error


class _Maker:
    """Makes the lines of the agencies."""

    def __init__(
        self,
        content: RubricContent,
        rows: Mapping[UUID, AgencyRow],
        scores: Basis,
        basis: SurveyBasis,
        moved: Mapping[UUID, IndexChange],
        participants: Mapping[UUID, IndexParticipant],
    ) -> None:
        self.content, self.rows, self.scores, self.basis = content, rows, scores, basis
        self.moved, self.participants = moved, participants
        self.levels = _levels(content)

    def agency(self, unit: UUID, total: IndexTotal, place: Standing | None) -> IndexAgency:
        """Return the line of an agency."""
        found, part = classified(self.content.rule.bands, total), self.participants[unit]
        survey: IndexSurvey | None = self.basis.agencies.get(unit)
        return IndexAgency(
            agency=agency_name(self.rows[unit]),
            points=total.points,
            low=total.low,
            high=total.high,
            maximum=total.maximum,
            unrounded=total.unrounded,
            standard_error=total.standard_error,
            rank=place.rank if place else None,
            rank_low=place.low_rank if place else None,
            rank_high=place.high_rank if place else None,
            tied=place.tied if place else 0,
            class_code=found.code or "",
            possible_classes=tuple(code or "" for code in found.possible),
            components=tuple(self._component(unit, total, code) for code in self.levels),
            bonus=total.bonus,
            penalty=total.penalty,
            unscored=total.unscored,
            is_rescaled=total.is_rescaled,
            survey=survey,
            change=self.moved[unit],
            joined_on=part.joined_on,
            left_on=part.left_on,
            note=part.note,
        )

    def _component(self, unit: UUID, total: IndexTotal, code: str) -> IndexComponent:
        own = total.components[code]
        low, high = self._ends(unit, code, own.points)
        name = _name(self.content, code)
        return IndexComponent(code, name, self.levels[code], own.points, own.maximum, low, high)

    def _ends(self, unit: UUID, code: str, own: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
        """Return the points of a survey's leaf at the ends of its own interval; none where its condition is not met."""
        row = self.scores.get((unit, code))
        if row is None or not row.basis or "low" not in row.basis or "high" not in row.basis:
            return None, None
        rule = self.content.leaves[code].rule
        if not rule.is_survey or own != rule.points(row.value):
            return None, None
        exact = [exact_end(row.basis[end], float(row.value), row.value) for end in ("low", "high")]
        ends = (min(max(end, NOTHING), WHOLE) for end in exact)
        points = [rule.points(end) for end in ends]
        return min(points), max(points)


def _levels(content: RubricContent) -> dict[str, str]:
    """Return every component with its level, as the rubric has them: each area with all below it."""
    order: dict[str, str] = {}
    for leaf in content.leaves.values():
        for depth, code in enumerate(leaf.path):
            order.setdefault(code, "criterion" if depth else "area")
        order[leaf.code] = "leaf" if leaf.kind == "area" else leaf.kind
    return order


def _name(content: RubricContent, code: str) -> Wording:
    return text_wording(content.names[code] if code in content.names else content.leaves[code].name)


def _classes(content: RubricContent) -> tuple[IndexClass, ...]:
    bands = sorted(content.rule.bands, key=lambda band: -band.at_least)
    return tuple(IndexClass(one.code, text_wording(content.class_names[one.code]), one.at_least) for one in bands)


def _spreads(content: RubricContent, totals: Mapping[str, IndexTotal]) -> tuple[ComponentSpread, ...]:
    found = summary(totals).components
    return tuple(
        _spread_of(found[code], _name(content, code), level)
        for code, level in _levels(content).items()
        if code in found
    )


def _spread_of(found: Spread, name: Wording, level: str) -> ComponentSpread:
    ends = [(found.highest, _ids(found.best)), (found.lowest, _ids(found.last))]
    (highest, best), (lowest, last) = reversed(ends) if level == "penalty" else ends
    return ComponentSpread(found.code, name, level, found.maximum, found.mean, highest, best, lowest, last, found.asked)


def _weaknesses(content: RubricContent, totals: Mapping[str, IndexTotal]) -> tuple[LeafWeakness, ...]:
    found = weaknesses(totals, [leaf.code for leaf in content.rule.counted])
    return tuple(
        LeafWeakness(
            one.code, _name(content, one.code), one.units, _ids(one.nothing), _ids(one.low),
            one.mean_index,
        )
        for one in found
    )  # fmt: skip


def _ids(units: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(UUID(unit) for unit in units)
