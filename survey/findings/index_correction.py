"""A decided round counted again for a correction: from what was frozen, so that nothing else changes with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from survey.findings.frozen import thaw
from survey.findings.index import frozen_result, index_findings
from survey.findings.index_result_values import IndexAgency, IndexFindings
from survey.models.index_rounds import IndexRound

# What a correction changes beside the lines of agencies, by the fields of the result that tell it.
_BESIDE: Final = {
    "mean": ("mean", "above_mean"),
    "components": ("components", "weaknesses"),
    "counts": ("counts", "breaks"),
    "survey": ("element_costs", "questionnaire", "method_edition", "release", "survey_source"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """An agency whose line a correction changes."""

    before: IndexAgency
    after: IndexAgency

    @property
    def has_other_places(self) -> bool:
        """Return whether the ranks that the surveys leave open are others."""
        return _places(self.before) != _places(self.after)

    @property
    def has_other_change(self) -> bool:
        """Return whether it is otherwise against the year before."""
        return self.before.change != self.after.change


@dataclass(frozen=True, slots=True)
class Difference:
    """All that a correction changes: lines of agencies, and ``beside``: mean, components, counts or survey."""

    moved: tuple[Moved, ...]
    beside: tuple[str, ...]

    def followed(self) -> str:
        """Return what follows from a correction, for its note."""
        counted = [
            ("điểm", sum(one.before.points != one.after.points for one in self.moved)),
            ("hạng", sum(one.before.rank != one.after.rank for one in self.moved)),
            ("khoảng hạng", sum(one.has_other_places for one in self.moved)),
            ("xếp loại", sum(one.before.class_code != one.after.class_code for one in self.moved)),
            ("so với năm trước", sum(one.has_other_change for one in self.moved)),
        ]
        told = ", ".join(f"{what} của {number} cơ quan" for what, number in counted if number)
        return f"Theo đó đổi: {told}." if told else ""


def corrected_findings(
    session: Session, round_: IndexRound, held: IndexFindings, *, today: date, survey_is_new: bool = False
) -> IndexFindings:
    """Return a decided round as its scores now are, and all else as it was frozen.

    Names, the year before, what stands behind the survey points and the indexes of others stay, whatever changed since.
    Only where the survey is taken again (``survey_is_new``) its facts are those of now.
    """
    # A result that was frozen before its measure was noted is measured against the one that holds.
    against = None if held.before_year is not None and not held.before_sha256 else held.before_sha256
    made = index_findings(session, round_, today=today, against=against)
    rows = {row.agency.id: row for row in held.agencies}
    order = {key: at for at, key in enumerate(rows)}
    agencies = tuple(_as_frozen(row, rows.get(row.agency.id), survey_is_new=survey_is_new) for row in made.agencies)
    made = replace(
        made,
        root=held.root,
        round_code=held.round_code,
        name=held.name,
        rubric_title=held.rubric_title,
        letterhead=held.letterhead,
        outside=held.outside,
        agencies=tuple(
            sorted(agencies, key=lambda row: (row.rank is None, row.rank or 0, order.get(row.agency.id, len(order))))
        ),
    )
    if survey_is_new:
        return made
    return replace(
        made,
        release=held.release,
        survey_source=held.survey_source,
        questionnaire=held.questionnaire,
        method_edition=held.method_edition,
        element_costs=held.element_costs,
    )


def difference(held: IndexFindings, made: IndexFindings) -> Difference:
    """Return what differs between a frozen result and the one that would be frozen in its place."""
    day = held.decided_on or made.made_on
    said = frozen_result(
        made, version=held.version, note=held.note, decided_on=day, unscored_reason=held.unscored_reason
    )
    after = thaw(IndexFindings, said)
    lines = {row.agency.id: row for row in after.agencies}
    moved = tuple(
        Moved(row, lines[row.agency.id])
        for row in held.agencies
        if row.agency.id in lines and row != lines[row.agency.id]
    )
    beside = tuple(
        code for code, names in _BESIDE.items() if any(getattr(held, one) != getattr(after, one) for one in names)
    )
    return Difference(moved, beside)


def _as_frozen(row: IndexAgency, held: IndexAgency | None, *, survey_is_new: bool) -> IndexAgency:
    if held is None:
        return row
    found = replace(row, agency=held.agency, joined_on=held.joined_on, left_on=held.left_on, note=held.note)
    return found if survey_is_new else replace(found, survey=held.survey, too_few_answered=held.too_few_answered)


def _places(row: IndexAgency) -> tuple[int | None, int | None]:
    return row.rank_low, row.rank_high
