"""Two rounds of a small index for tests: five departments, of which two merge between the years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.jobs.index_decision import decide_round
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.index_rounds import IndexResult, IndexRound
from survey.models.rubrics import Rubric
from survey.services.index_ledger import Entry, place_of, write_score
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.rubrics import publish_rubric, save_rubric

DAY = date(2026, 11, 22)
POINTS: dict[str, Any] = {"kind": "points", "step": "0.25"}
CONTENT: dict[str, Any] = {
    "rubric": "small",
    "edition": "1",
    "year": 2026,
    "title": {"vi": "Bộ nhỏ", "en": "Small rubric"},
    "applies_to": "department",
    "maximum": "20",
    "decimals": 2,
    "rounding": "truncate",
    "without_survey": "rescale",
    "bands": [
        {"code": "good", "name": {"vi": "Tốt", "en": "Good"}, "at_least": "80"},
        {"code": "fair", "name": {"vi": "Khá", "en": "Fair"}, "at_least": "60"},
    ],
    "areas": [
        {
            "code": "1",
            "name": {"vi": "Điều hành", "en": "Steering"},
            "maximum": "10",
            "criteria": [
                {
                    "code": code,
                    "name": {"vi": vi, "en": en},
                    "maximum": "5",
                    "source": "self_assessment",
                    "formula": POINTS,
                }
                for code, vi, en in (("1.1", "Kế hoạch", "Plan"), ("1.2", "Kiểm tra", "Inspections"))
            ],
        },
        {
            "code": "2",
            "name": {"vi": "Hài lòng", "en": "Satisfaction"},
            "maximum": "10",
            "criteria": [
                {
                    "code": code,
                    "name": {"vi": vi, "en": en},
                    "maximum": "5",
                    "source": "satisfaction",
                    "element": element,
                    "formula": {"kind": "share"},
                }
                for code, vi, en, element in (
                    ("2.1", "Tiếp cận", "Access", "access"),
                    ("2.2", "Công chức", "Staff", "staff"),
                )
            ],
        },
    ],
}
# What each department has: two judged leaves, two shares; the arm of each share.
Row = tuple[str, str, str, str]
BEFORE: dict[str, Row] = {
    "A": ("4", "4", "0.8", "0.8"),
    "B": ("5", "5", "0.9", "0.9"),
    "D": ("3", "2", "0.7", "0.7"),
    "E": ("5", "2", "0.6", "0.9"),
    "F": ("1", "0", "0.5", "0.5"),
}
AFTER: dict[str, Row] = {
    "A": ("5", "5", "0.95", "0.95"),
    "B": ("5", "4.75", "0.9", "0.89"),
    "M": ("4", "3", "0.8", "0.8"),
    "F": ("1", "0", "0.5", "0.52"),
}


@dataclass
class Rounds:
    """The rounds of two years; the earlier is frozen, D and E merged into M since."""

    world: World
    before: IndexRound
    after: IndexRound


def two_rounds(session: Session, *, merged: bool = True) -> Rounds:
    """Make both years; without a merger D and E are in the later one as they were."""
    world = small_world(session)
    for code in ("D", "E", "F"):
        world.add_agency(code, parent="P")
    rubric = save_rubric(session, CONTENT, agency_id=world.agencies["P"].id)
    publish_rubric(session, rubric, today=DAY)
    before = a_round(world, rubric, 2025, BEFORE)
    before.state = "decided"
    freeze(session, before, date(2026, 2, 1))
    rows = dict(AFTER)
    if merged:
        merge(world, "D", "E", into="M")
    else:
        rows = {**{code: row for code, row in AFTER.items() if code != "M"}, "D": BEFORE["D"], "E": BEFORE["E"]}
    after = a_round(world, rubric, 2026, rows)
    session.flush()
    return Rounds(world, before, after)


def a_round(world: World, rubric: Rubric, year: int, rows: Mapping[str, Row]) -> IndexRound:
    """Plan a round and give every department its points, the shares as a survey of 400 would."""
    session, last = world.session, date(year, 12, 1)
    wish = RoundWish(f"CCHC-{year}", f"Đánh giá năm {year}", f"Round {year}", year, last, last, last, last)
    agencies = [world.agencies[code] for code in rows]
    round_ = plan_round(session, world.agencies["P"], rubric, wish, agencies=agencies, by=None)
    for code, own in rows.items():
        for leaf, value in zip(("1.1", "1.2", "2.1", "2.2"), own, strict=True):
            place = place_of(round_, world.agencies[code].id, leaf)
            stage = "survey" if leaf.startswith("2") else "appraisal"
            basis = _basis(leaf, own) if stage == "survey" else None
            write_score(session, place, Entry(Fraction(value), stage, "", None, DAY, basis=basis))
    return round_


def freeze(session: Session, round_: IndexRound, day: date, note: str = "") -> IndexResult:
    """Freeze the result of a decided round."""
    session.flush()
    return decide_round(session, round_, by=None, today=day, note=note)


def merge(world: World, *codes: str, into: str, share: float = 1.0) -> None:
    """Let bodies, or a part of one, go over to a new one on the first of January 2026."""
    day = date(2026, 1, 1)
    new = world.add_agency(into, parent="P")
    new.valid_from = day
    change = AgencyChange(kind="merge", decision="QĐ 1", effective_on=day, recorded_on=day, carried_out_on=day)
    world.session.add(change)
    world.session.flush()
    for code in codes:
        world.agencies[code].valid_to = day
        world.session.add(
            AgencyChangePart(
                change_id=change.id, from_agency_id=world.agencies[code].id, to_agency_id=new.id, share=share
            )
        )
    world.session.flush()


def _basis(leaf: str, own: Row) -> dict[str, Any]:
    shares = {"2.1": float(own[2]), "2.2": float(own[3])}
    points = 5 * sum(shares.values())
    return {
        "release": "R1",
        "n": 400,
        "low": shares[leaf] - 0.03,
        "high": shares[leaf] + 0.03,
        "part": {
            "leaves": ["2.1", "2.2"],
            "points": points,
            "low": points - 0.25,
            "high": points + 0.25,
            "se": 0.1,
            "level": 0.95,
        },
    }
