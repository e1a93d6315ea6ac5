"""Rubrics in the database: stored as drafts, published, and never changed once a round counts by them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.models.editions import content_sha256
from survey.models.index_rounds import IndexRound
from survey.models.rubrics import Rubric
from survey.services.audit import record
from survey.services.errors import RubricError
from survey.services.rubric_checks import faults_of_rubric
from survey.services.rubric_file import BUILT_IN, PlacedFault, read_rubric, refuse_faults


def save_rubric(session: Session, content: dict[str, Any], *, agency_id: UUID | None) -> Rubric:
    """Store a rubric as a draft of an agency (None: of everybody); the same content again changes nothing.

    Raises:
        RubricError: It has faults (all are named), belongs to somebody else, or is published or in use.

    """
    name = f"{content.get('rubric')}/{content.get('edition')}"
    refuse_faults(name, _found(content))
    sha256 = content_sha256(content)
    rubric = find_rubric(session, name)
    if rubric is not None and rubric.sha256 == sha256 and rubric.agency_id == agency_id:
        return rubric
    if rubric is None:
        rubric = Rubric(rubric=content["rubric"], edition=content["edition"], agency_id=agency_id)
        session.add(rubric)
    elif rubric.agency_id != agency_id or is_fixed(session, rubric):
        raise RubricError(
            vi=f"Bộ tiêu chí {name} đã công bố, đã dùng hoặc của cơ quan khác; hãy đặt tên hoặc phiên bản mới.",
            en=f"The rubric {name} is published, in use or somebody else's; give it a new name or edition.",
        )
    rubric.year, rubric.content, rubric.sha256 = content["year"], content, sha256
    session.flush()
    record(session, "rubric.saved", subject=name, agency_id=agency_id, details={"sha256": sha256})
    return rubric


def publish_rubric(session: Session, rubric: Rubric, *, today: date) -> None:
    """Publish a draft: rounds can count by it from now on, and it never changes again.

    Raises:
        RubricError: It is published already, or something of it does not fit yet.

    """
    if rubric.published_on is not None:
        raise RubricError(
            vi=f"Bộ tiêu chí {rubric.name} đã công bố từ {rubric.published_on:%d/%m/%Y}; không cần làm lại.",
            en=f"The rubric {rubric.name} is published since {rubric.published_on:%d/%m/%Y}; nothing is to be done.",
        )
    refuse_faults(rubric.name, _found(rubric.content))
    rubric.published_on = today
    record(session, "rubric.published", subject=rubric.name, agency_id=rubric.agency_id)


def discard_rubric(session: Session, rubric: Rubric) -> None:
    """Throw a draft away.

    Raises:
        RubricError: It is published, or a round counts by it.

    """
    if is_fixed(session, rubric):
        raise RubricError(
            vi=f"Bộ tiêu chí {rubric.name} đã công bố hoặc đã dùng nên phải giữ lại.",
            en=f"The rubric {rubric.name} is published or in use and has to stay.",
        )
    record(session, "rubric.discarded", subject=rubric.name, agency_id=rubric.agency_id)
    session.delete(rubric)
    session.flush()


def load_builtin_rubrics(session: Session, *, today: date) -> None:
    """Store and publish the examples that come with the product; those already there stay as they are."""
    known = {tuple(row) for row in session.execute(select(Rubric.rubric, Rubric.edition))}
    for path in sorted(BUILT_IN.glob("*.toml")):
        content = read_rubric(path.read_bytes(), name=path.name).require_sound()
        if (content["rubric"], content["edition"]) not in known:
            session.add(
                Rubric(
                    rubric=content["rubric"],
                    edition=content["edition"],
                    year=content["year"],
                    content=content,
                    sha256=content_sha256(content),
                    published_on=today,
                )
            )
    session.flush()


def find_rubric(session: Session, name: str) -> Rubric | None:
    """Return the rubric of a name such as "departments/2026"."""
    rubric, _, edition = name.partition("/")
    return session.scalar(select(Rubric).where(Rubric.rubric == rubric, Rubric.edition == edition))


def list_rubrics(session: Session, *, root_id: UUID) -> list[Rubric]:
    """List the rubrics of a root agency and those of everybody, the newest year first."""
    own = or_(Rubric.agency_id == root_id, Rubric.agency_id.is_(None))
    return list(session.scalars(select(Rubric).where(own).order_by(Rubric.year.desc(), Rubric.rubric, Rubric.edition)))


def is_fixed(session: Session, rubric: Rubric) -> bool:
    """Return whether a rubric can no longer change: it is published, or a round counts by it."""
    used = select(IndexRound.id).where(IndexRound.rubric_id == rubric.id).limit(1)
    return rubric.published_on is not None or session.scalar(used) is not None


def _found(content: dict[str, Any]) -> tuple[PlacedFault, ...]:
    return tuple(PlacedFault(None, fault.place, fault.vi, fault.en) for fault in faults_of_rubric(content))
