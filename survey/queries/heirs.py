"""Who carries on for a body, and for whom a body carries on: what changes that were carried out say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agency_changes import AgencyChange, AgencyChangePart

_MOST_STEPS: Final = 30  # more changes of one body, one after the other, than anybody lives to see


def find_heir(session: Session, agency_id: UUID) -> UUID | None:
    """Return the body that carries on for one: itself where it lives, None where it ended and nobody took over."""
    for _ in range(_MOST_STEPS):
        parts = session.execute(
            select(AgencyChangePart.to_agency_id, AgencyChangePart.takes_over)
            .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
            .where(
                AgencyChangePart.from_agency_id == agency_id,
                AgencyChange.kind != "rename",
                AgencyChange.carried_out_on.is_not(None),
            )
        ).all()
        if not parts:
            return agency_id
        heir = next((to for to, takes_over in parts if takes_over), None)
        if heir is None:
            return None
        agency_id = heir
    return agency_id


def list_heirs(session: Session, agency_ids: Iterable[UUID]) -> list[UUID]:
    """List who carries on for bodies, each once; those for whom nobody does are left out."""
    return list(dict.fromkeys(heir for each in agency_ids if (heir := find_heir(session, each)) is not None))


def list_forebears(session: Session, agency_ids: Collection[UUID]) -> list[UUID]:
    """List the bodies for which these carry on, nearest first; those themselves are not among them."""
    found: dict[UUID, None] = {}
    asked = set(agency_ids)
    for _ in range(_MOST_STEPS):
        parts = session.scalars(
            select(AgencyChangePart.from_agency_id)
            .join(AgencyChange, AgencyChange.id == AgencyChangePart.change_id)
            .where(
                AgencyChangePart.to_agency_id.in_(asked),
                AgencyChangePart.from_agency_id != AgencyChangePart.to_agency_id,
                AgencyChangePart.takes_over,
                AgencyChange.carried_out_on.is_not(None),
            )
            .order_by(AgencyChangePart.from_agency_id)
        )
        asked = {each for each in parts if each not in found and each not in agency_ids}
        found |= dict.fromkeys(sorted(asked))
        if not asked:
            break
    return list(found)
