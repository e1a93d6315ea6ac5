"""This year's index against the frozen result of the year before: score, rank, and what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_total import Component, IndexTotal
from analysis.merged_baseline import BaselinePart as Part
from analysis.merged_baseline import merged_baseline
from analysis.movement import MovementVerdict, UnitMovement, YearOfResults, movement
from survey.findings.frozen import thaw
from survey.findings.index_result_values import (
    BaselinePart,
    IndexAgency,
    IndexChange,
    IndexComponent,
    IndexCounts,
    IndexFindings,
)
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import RubricContent
from survey.queries.agency_changes import Link, list_origins
from survey.queries.index_results import ResultRow, list_results, read_result

_LEVEL: Final = 0.95
_MOVEMENTS: Final = {
    MovementVerdict.UP: "up",
    MovementVerdict.DOWN: "down",
    MovementVerdict.NO_EVIDENCE: "cannot_tell",
    MovementVerdict.NOT_COMPARABLE: "not_comparable",
    MovementVerdict.UNKNOWN: "cannot_tell",
    MovementVerdict.JOINED: "new",
    MovementVerdict.LEFT: "new",
}


@dataclass(frozen=True, slots=True)
class YearBefore:
    """A result that this year is measured against, and which bodies of it went into those of today.

    ``sha256`` is that of the frozen result, ``leaves`` are those that a survey brings.  ``origins`` are by body of
    today; one of its own, or one that only changed its name or place, is alone and plain.
    """

    result: IndexFindings
    sha256: str
    leaves: frozenset[str]
    breaks: tuple[str, ...]
    origins: Mapping[UUID, tuple[UUID, ...]]
    parted: frozenset[UUID]

    def is_plain(self, unit: UUID) -> bool:
        """Return whether a body is one that stood in the table of the year before."""
        return len(self.origins.get(unit, ())) == 1 and unit not in self.parted

    def has(self, unit: UUID) -> bool:
        """Return whether anything of a body stood in the table of the year before."""
        return bool(self.origins.get(unit)) or unit in self.parted


def read_years_before(
    session: Session,
    round_: IndexRound,
    content: RubricContent,
    units: Sequence[UUID],
    *,
    held: Collection[str] | None = None,
) -> tuple[YearBefore, ...]:
    """Return the frozen results of the year before under the same root, by the same rubric or for the same kind.

    A year may have had several rounds: the one with the most bodies of today comes first.  ``held`` are the checksums
    of the versions that a decided result was measured against, whatever was corrected since.
    """
    rows = list_results(session, year=round_.year - 1, root_ids=[round_.agency_id], with_superseded=held is not None)
    found = [
        (row, thaw(IndexFindings, read_result(session, row.id))) for row in rows if held is None or row.sha256 in held
    ]
    fitting = [(row, one) for row, one in found if row.rubric == content.rubric] or [
        (row, one) for row, one in found if one.applies_to == content.applies_to
    ]
    links: dict[UUID, list[Link]] = {}
    for link in list_origins(session, agency_ids=units) if fitting else ():
        if link.to_id is not None and link.from_id != link.to_id:
            links.setdefault(link.to_id, []).append(link)
    years = [_year_before(session, round_, content, (row, one), (units, links)) for row, one in fitting]
    return tuple(sorted(years, key=lambda year: -sum(year.has(unit) for unit in units)))


def _year_before(
    session: Session,
    round_: IndexRound,
    content: RubricContent,
    found: tuple[ResultRow, IndexFindings],
    bodies: tuple[Sequence[UUID], Mapping[UUID, Sequence[Link]]],
) -> YearBefore:
    row, before = found
    units, links = bodies
    known = {one.agency.id for one in before.agencies}
    origins = {unit: tuple(dict.fromkeys(_origins(unit, links, known))) for unit in units}
    parted = frozenset(unit for unit in units if _is_parted(unit, links, known))
    earlier = RubricContent.from_content(session.get_one(IndexRound, row.round_id).rubric.content)
    breaks = (
        *(("rubric",) if _scale_of(earlier) != _scale_of(content) else ()),
        *(("survey",) if before.survey_is_run != round_.survey_is_run and content.rule.survey_maximum else ()),
        *(("units",) if parted or any(len(one) > 1 for one in origins.values()) else ()),
    )
    leaves = frozenset(leaf.code for leaf in content.rule.counted if leaf.is_survey)
    return YearBefore(before, row.sha256, leaves, breaks, origins, parted)


def breaks_of_all(years: Sequence[YearBefore]) -> tuple[str, ...]:
    """Return what stands in the way of every agency's comparison."""
    return tuple(one for one in years[0].breaks if all(one in year.breaks for year in years)) if years else ()


def changes(
    totals: Mapping[UUID, IndexTotal], ranked: Sequence[UUID], years: Sequence[YearBefore], few: Collection[UUID] = ()
) -> dict[UUID, IndexChange]:
    """Return the change of every agency, each against the result that it stood in.

    Ranks are only compared among those ranked in both years, and with a survey part in both or in neither.  ``few``
    are those about whom too few answered.
    """
    if not years:
        return dict.fromkeys(totals, IndexChange())
    found: dict[UUID, IndexChange] = {}
    for at, before in enumerate(years):
        # Who stood in none is new to the first.
        own = [unit for unit in totals if next((n for n, one in enumerate(years) if one.has(unit)), 0) == at]
        found |= _changes({unit: totals[unit] for unit in own}, ranked, before, few)
    return {unit: found[unit] for unit in totals}


def _changes(
    totals: Mapping[UUID, IndexTotal], ranked: Sequence[UUID], before: YearBefore, few: Collection[UUID]
) -> dict[UUID, IndexChange]:
    held = {row.agency.id: row for row in before.result.agencies}
    rows = {unit: [held[key] for key in before.origins.get(unit, ()) if key in held] for unit in totals}
    apart = {
        unit
        for unit, own in rows.items()
        for row in own
        if (unit in few or _has_no_survey(totals[unit].components.values(), before))
        != (row.too_few_answered or _has_no_survey(row.components, before))
    }
    alike = [unit for unit in ranked if unit in totals and unit not in apart]
    left_out = {key for unit in apart for key in before.origins.get(unit, ())}
    moved = _moved(totals, alike, before, {key: row for key, row in held.items() if key not in left_out})
    both = sum(one.rank_change is not None for one in moved.values())
    common = None if both == len(ranked) == len(before.result.ranked) else both
    found = {}
    for unit, total in totals.items():
        year = before
        if unit in apart and "survey" not in before.breaks:
            year = replace(before, breaks=(*before.breaks, "survey"))
        change = _change(unit, total, rows[unit], year, moved.get(str(unit)))
        found[unit] = replace(change, common=common) if change.rank_change is not None else change
    return found


def _has_no_survey(parts: Iterable[Component | IndexComponent], before: YearBefore) -> bool:
    """Return whether the survey part was left out; a leaf that nobody scored keeps its maximum."""
    return any(part.code in before.leaves and not part.maximum for part in parts)


def counted(found: Mapping[UUID, IndexChange], ranked: Sequence[UUID]) -> IndexCounts:
    """Count who rose and fell, by sign and beyond what the surveys leave open."""
    own = [found[unit] for unit in ranked]
    scores = [one for one in own if one.difference is not None]
    places = [one for one in own if one.rank_change is not None]
    differences = [one.difference or Fraction(0) for one in scores]
    steps = [one.rank_change or 0 for one in places]
    return IndexCounts(
        score_up=sum(one > 0 for one in differences),
        score_down=sum(one < 0 for one in differences),
        score_same=sum(one == 0 for one in differences),
        score_real_up=sum(one.verdict == "rose" for one in scores),
        score_real_down=sum(one.verdict == "fell" for one in scores),
        rank_up=sum(one > 0 for one in steps),
        rank_down=sum(one < 0 for one in steps),
        rank_same=sum(one == 0 for one in steps),
        rank_real_up=sum(one.movement == "up" for one in places),
        rank_real_down=sum(one.movement == "down" for one in places),
        common=len(scores),
    )


def _change(
    unit: UUID, total: IndexTotal, own: Sequence[IndexAgency], before: YearBefore, moved: UnitMovement | None
) -> IndexChange:
    if unit in before.parted and not own:
        return IndexChange(verdict="not_comparable", movement="not_comparable", breaks=("unit",))
    if not own:
        return IndexChange()
    if len(own) > 1 or unit in before.parted:
        return _against_parts(total, own, before, is_parted=unit in before.parted)
    previous = own[0]
    change = IndexChange(
        previous=previous.points,
        previous_rank=previous.rank,
        previous_of=len(before.result.ranked),
        breaks=before.breaks,
    )
    change = _scored(change, total, previous.points, previous.standard_error, before)
    if moved is None or moved.rank_change is None or set(before.breaks):
        return replace(change, movement="not_comparable" if before.breaks else "new")
    verdict = _MOVEMENTS[moved.verdict]
    if moved.rank_change == 0 and verdict == "cannot_tell":
        verdict = "same"
    return replace(change, rank_change=moved.rank_change, movement=verdict)


def _against_parts(
    total: IndexTotal, own: Sequence[IndexAgency], before: YearBefore, *, is_parted: bool
) -> IndexChange:
    """Return the change of a merged body against the weighted mean of its parts, which has no rank."""
    if is_parted:
        return IndexChange(verdict="not_comparable", movement="not_comparable", breaks=("unit",))
    own = sorted(own, key=lambda row: (row.agency.code, row.agency.id))
    sizes = [row.survey.population if row.survey else None for row in own]
    by_size = all(sizes)
    parts = [
        Part(str(row.agency.id), row.points, Fraction(size or 1) if by_size else Fraction(1), row.standard_error)
        for row, size in zip(own, sizes, strict=True)
    ]
    base = merged_baseline(parts)
    weights = dict(base.weights)
    change = IndexChange(
        previous=base.value,
        movement="not_comparable",
        breaks=tuple(dict.fromkeys((*before.breaks, "units"))),
        parts=tuple(
            BaselinePart(row.agency.code, row.agency.name, row.points, weights[str(row.agency.id)]) for row in own
        ),
        weights="population" if by_size else "equal",
    )
    return _scored(change, total, base.value, base.standard_error, before)


def _scored(
    change: IndexChange, total: IndexTotal, previous: Fraction, standard_error: float, before: YearBefore
) -> IndexChange:
    """Add the change of score, unless the years are counted differently; other units do not touch it."""
    if {"rubric", "survey", "unscored"} & set(before.breaks):
        return replace(change, verdict="not_comparable")
    difference = total.points - previous
    arm = NormalDist().inv_cdf(0.5 + _LEVEL / 2) * sqrt(total.standard_error**2 + standard_error**2)
    size = float(difference)
    if arm and abs(size) <= arm:
        verdict = "no_evidence"
    else:
        verdict = "rose" if difference > 0 else "fell" if difference < 0 else "same"
    return replace(change, difference=difference, low=size - arm, high=size + arm, verdict=verdict)


def _moved(
    totals: Mapping[UUID, IndexTotal],
    ranked: Sequence[UUID],
    before: YearBefore,
    held: Mapping[UUID, IndexAgency],
) -> dict[str, UnitMovement]:
    """Return movements among the ranked of both years; earlier bodies under the key of those they are today."""
    today = {before.origins[unit][0]: unit for unit in ranked if before.is_plain(unit)}
    earlier = {str(today.get(key, key)): row for key, row in held.items() if row.rank is not None}
    if not earlier or not ranked:
        return {}
    found = movement(
        YearOfResults(
            {key: float(row.points) for key, row in earlier.items()},
            {key: row.standard_error for key, row in earlier.items()},
        ),
        YearOfResults(
            {str(unit): float(totals[unit].points) for unit in ranked},
            {str(unit): totals[unit].standard_error for unit in ranked},
        ),
    )
    return {one.unit: one for one in found.units}


def _origins(unit: UUID, links: Mapping[UUID, Sequence[Link]], known: set[UUID]) -> list[UUID]:
    """List the bodies of the year before that went into one entirely, itself first."""
    found = [unit] if unit in known else []
    for link in links.get(unit, ()):
        if link.is_whole:
            found += _origins(link.from_id, links, known)
    return found


def _is_parted(unit: UUID, links: Mapping[UUID, Sequence[Link]], known: set[UUID]) -> bool:
    """Return whether only a part of a body of the year before went into one since."""
    return any(
        (not link.is_whole and link.from_id in known) or (link.is_whole and _is_parted(link.from_id, links, known))
        for link in links.get(unit, ())
        if unit not in known or link.from_id in known
    )


def _scale_of(content: RubricContent) -> tuple[Fraction, dict[str, Fraction]]:
    """Return the maximum and what every area weighs: where these differ, points are not of one scale."""
    areas = {area.code: sum((leaf.maximum for leaf in area.leaves), Fraction(0)) for area in content.rule.areas}
    return content.rule.maximum, areas
