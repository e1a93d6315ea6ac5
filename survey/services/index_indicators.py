"""Indicators and figures of other surveys kept as they were told, and taken into a round as points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_sources import IndexIndicator
from survey.models.rubric_content import LeafContent
from survey.services.audit import Detail, record
from survey.services.errors import RoundError
from survey.services.index_figures import IndicatorPlan, PlannedIndicator, known_figures
from survey.services.index_ledger import Entry, Place, content_of, decided_places, points_of, write_score
from survey.services.index_rounds import hold_round, list_participants, refuse_decided

# Both ends of the interval that others give lie this many standard errors apart; they give it at 95 %.
_LEVEL: Final = 0.95
_TAKEN_IN: Final = ("planned", "self_assessment", "appraisal")
_WIDTH: Final = 2 * 1.959963984540054


def store_indicators(session: Session, plan: IndicatorPlan, *, root: Agency, by: UUID | None, today: date) -> int:
    """Keep what was planned; return how many were new or changed.

    Raises:
        RoundError: A line is bad.

    """
    if plan.bad:
        raise RoundError(
            vi=f"Còn {len(plan.bad)} ô lỗi trong tệp; hãy sửa hết rồi gửi lại, chưa số nào được ghi.",
            en=f"{len(plan.bad)} cells of the file are wrong; mend all and send it again, nothing was kept.",
        )
    changed = _store(session, plan.year, [one for one in plan.values if one.is_new], by=by, today=today)
    details: dict[str, Detail] = {"changed": changed, "lines": len(plan.values)}
    record(session, "index.indicators_imported", subject=f"{root.code}/{plan.year}", agency_id=root.id, details=details)
    return changed


def set_indicator(session: Session, one: PlannedIndicator, *, year: int, today: date) -> None:
    """Keep one figure that another system told; the same again changes nothing."""
    if one.is_new:
        _store(session, year, [one], by=None, today=today)
    record(
        session,
        "index.indicator_set",
        subject=f"{one.agency.code}/{year} {one.indicator}",
        agency_id=one.agency.id,
        details={
            "before": exact_text(one.before.figure.value) if one.before else "",
            "to": exact_text(one.told.figure.value),
            "source": one.told.source,
        },
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """How many scores were written, and whose stayed as the decision of an objection left them: agency and leaf."""

    written: int
    kept: tuple[tuple[Agency, str], ...]


def take_indicators(session: Session, round_: IndexRound, *, by: UUID | None, today: date) -> Taken:
    """Let the year's figures flow into a round, up to the appraisal; what an objection decided stays.

    Raises:
        RoundError: The appraisal is over, or a figure does not fit its formula; the sentence names both.

    """
    hold_round(session, round_, alone=False)
    refuse_decided(round_)
    _refuse_late(round_)
    known = known_figures(content_of(round_))
    participants = list_participants(session, round_)
    parts = {participant.agency_id: participant for participant in participants}
    wanted = select(IndexIndicator).where(
        IndexIndicator.agency_id.in_(parts), IndexIndicator.year == round_.year, IndexIndicator.indicator.in_(known)
    )
    decided, taken, kept = decided_places(session, round_), 0, []
    for row in session.scalars(wanted.order_by(IndexIndicator.agency_id, IndexIndicator.indicator)).all():
        for leaf in known[row.indicator]:
            if (row.agency_id, leaf.code) in decided:
                kept.append((parts[row.agency_id].agency, leaf.code))
                continue
            _refuse_misfit(parts[row.agency_id], leaf, row)
            stage = "survey" if leaf.source == "survey" else "indicator"
            entry = Entry(row.value, stage, row.source, by, today, basis=_basis(leaf, row))
            write_score(session, Place(round_, row.agency_id, leaf), entry)
            taken += 1
    details = {"count": taken, "kept": len(kept)}
    record(session, "index.indicators_taken", subject=round_.code, agency_id=round_.agency_id, details=details)
    return Taken(taken, tuple(kept))


def interval_in_points(leaf: LeafContent, value: Fraction, low: Fraction, high: Fraction) -> dict[str, Any]:
    """Return the interval of another survey's figure in points, as ``findings.index_totals`` reads it."""
    earned, maximum = leaf.rule.formula.earned, leaf.rule.maximum
    ends = [float(earned(end, maximum)) for end in (low, high)]
    return {
        "leaves": [leaf.code],
        "points": float(earned(value, maximum)),
        "low": min(ends),
        "high": max(ends),
        "se": (max(ends) - min(ends)) / _WIDTH,
        "level": _LEVEL,
    }


def _refuse_late(round_: IndexRound) -> None:
    if round_.state not in _TAKEN_IN:
        raise RoundError(
            vi=f"Kỳ {round_.code} đã qua bước thẩm định nên không đưa chỉ tiêu vào nữa; hãy sửa điểm qua kiến nghị, "
            "hoặc lùi về bước thẩm định.",
            en=f"The appraisal of {round_.code} is over, and no indicators are taken in any more; change points by "
            "objections, or go back to the appraisal.",
        )


def _store(session: Session, year: int, values: Sequence[PlannedIndicator], *, by: UUID | None, today: date) -> int:
    agencies, names = {one.agency.id for one in values}, {one.indicator for one in values}
    wanted = select(IndexIndicator).where(
        IndexIndicator.agency_id.in_(agencies), IndexIndicator.year == year, IndexIndicator.indicator.in_(names)
    )
    rows = {(row.agency_id, row.indicator): row for row in session.scalars(wanted)}
    for one in values:
        row = rows.get((one.agency.id, one.indicator))
        if row is None:
            row = IndexIndicator(agency_id=one.agency.id, year=year, indicator=one.indicator)
            session.add(row)
        figure = one.told.figure
        row.value, row.numerator, row.denominator = figure.value, figure.numerator, figure.denominator
        row.n, row.low, row.high = one.told.n, one.told.low, one.told.high
        row.source, row.imported_by, row.imported_on = one.told.source, by, today
    session.flush()
    return len(values)


def _basis(leaf: LeafContent, row: IndexIndicator) -> dict[str, Any]:
    """Return what a score rests on; ``other`` is the interval in points, as ``findings.index_totals`` reads it."""
    basis: dict[str, Any] = {
        "indicator": row.indicator,
        "source": row.source,
        "imported_on": row.imported_on.isoformat(),
    }
    if row.n is not None:
        basis["n"] = row.n
    if row.low is not None and row.high is not None:
        basis |= {"low": float(row.low), "high": float(row.high)}
        basis["other"] = interval_in_points(leaf, row.value, row.low, row.high)
    return basis


def _refuse_misfit(participant: IndexParticipant, leaf: LeafContent, row: IndexIndicator) -> None:
    """Name whose figure a formula does not take: 97 where 97 % was meant."""
    try:
        points_of(leaf, row.value)
    except RoundError as error:
        name = participant.agency.name
        raise RoundError(
            vi=f"{name}, chỉ tiêu {row.indicator}: {error.vi} Hãy nhập lại chỉ tiêu này.",
            en=f"{name}, indicator {row.indicator}: {error.en} Import this indicator again.",
        ) from error
