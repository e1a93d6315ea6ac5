"""This year's index against the frozen result of the year before: score, rank, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_total import IndexTotal
from analysis.merged_baseline import BaselinePart as Part
from analysis.merged_baseline import merged_baseline
from analysis.movement import MovementVerdict, UnitMovement, YearOfResults, movement
from survey.findings.frozen import thaw
from survey.findings.index_result_values import BaselinePart, IndexAgency, IndexChange, IndexCounts, IndexFindings
from survey.models.index_rounds import IndexRound
from survey.models.rubric_content import RubricContent
from survey.queries.agency_changes import Link, list_origins
from survey.queries.index_results import list_results, read_result

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
    """The result that this year is measured against, and which bodies of it went into those of today.

    ``origins`` are by body of today; one of its own, or one that only changed its name or place, is alone and plain.
    """

    result: IndexFindings
    breaks: tuple[str, ...]
    origins: Mapping[UUID, tuple[UUID, ...]]
    parted: frozenset[UUID]

    def is_plain(self, unit: UUID) -> bool:
        """Return whether a body is one that stood in the table of the year before."""
        return len(self.origins.get(unit, ())) == 1 and unit not in self.parted


def read_year_before(
    session: Session, round_: IndexRound, content: RubricContent, units: Sequence[UUID]
) -> YearBefore | None:
    """Return the frozen result of the year before under the same root, by the same rubric or for the same kind."""
    rows = list_results(session, year=round_.year - 1, root_ids=[round_.agency_id])
    found = [(row, thaw(IndexFindings, read_result(session, row.id))) for row in rows]
    fitting = [one for row, one in found if row.rubric == content.rubric] or [
        one for _, one in found if one.applies_to == content.applies_to
    ]
    if not fitting:
        return None
    before = fitting[0]
    known = {row.agency.id for row in before.agencies}
    links: dict[UUID, list[Link]] = {}
    for link in list_origins(session, agency_ids=units):
        if link.to_id is not None and link.from_id != link.to_id:
            links.setdefault(link.to_id, []).append(link)
    origins = {unit: tuple(dict.fromkeys(_origins(unit, links, known))) for unit in units}
    parted = frozenset(unit for unit in units if _is_parted(unit, links, known))
    breaks = [
        *(("rubric",) if _is_other_rubric(before, content, round_) else ()),
        *(("survey",) if before.survey_is_run != round_.survey_is_run and content.rule.survey_maximum else ()),
        *(("units",) if parted or any(len(one) > 1 for one in origins.values()) else ()),
    ]
    return YearBefore(before, tuple(breaks), origins, parted)


def changes(
    totals: Mapping[UUID, IndexTotal], ranked: Sequence[UUID], before: YearBefore | None
) -> dict[UUID, IndexChange]:
    """Return the change of every agency; ranks are only compared among those ranked in both years."""
    if before is None:
        return dict.fromkeys(totals, IndexChange())
    held = {row.agency.id: row for row in before.result.agencies}
    moved = _moved(totals, ranked, before, held)
    found = {}
    for unit, total in totals.items():
        own = [held[key] for key in before.origins.get(unit, ()) if key in held]
        found[unit] = _change(unit, total, own, before, moved.get(str(unit)))
    return found


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


def _is_other_rubric(before: IndexFindings, content: RubricContent, round_: IndexRound) -> bool:
    """Return whether the areas are others, or weigh otherwise, so that points are not of one scale."""
    if before.maximum != content.rule.maximum:
        return True
    own = {
        area.code: sum(leaf.maximum for leaf in area.leaves if round_.survey_is_run or not leaf.is_survey)
        for area in content.rule.areas
    }
    earlier = {one.code: one.maximum for one in before.components if one.level == "area"}
    if before.survey_is_run != round_.survey_is_run:
        return not earlier.keys() <= own.keys()
    return not earlier.items() <= own.items()
