"""What an official asks for when bodies change: which end, which begin, and who takes over what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.agency_changes import WHOLE
from survey.models.sort_key import sort_key
from survey.services.errors import AgencyError
from survey.services.names import checked_code, checked_name, checked_translation

BODY: Final = ("đơn vị", "body")
DECISION: Final = ("quyết định", "decision")


@dataclass(frozen=True, slots=True)
class NewBody:
    """A body that begins; ``share`` (0-1) is what it gets of a body that is split, None a part of unknown size."""

    code: str
    name: str
    name_en: str | None = None
    share: float | None = WHOLE


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A decision about bodies.

    Attributes:
        kind: One of ``CHANGE_KINDS``.
        effective_on: The first day on which it is so.
        decision: Number and title of the decision (căn cứ).
        agencies: Those that are merged (two or more), else the one that is split, renamed, moved or abolished.
        bodies: Those that begin: one of a merger, several of a split, one of a move; of a rename only the name counts.
        parent: Above what begins; None where that is a root.
        heir_code: Of the body that takes over counters, services, roles and keys: one of ``bodies``, or where an
            agency is abolished another that lives on; empty where the counters are retired.

    """

    kind: str
    effective_on: date
    decision: str
    agencies: tuple[Agency, ...]
    bodies: tuple[NewBody, ...] = ()
    parent: Agency | None = None
    heir_code: str = ""


def checked_request(request: ChangeRequest) -> ChangeRequest:
    """Return a request with its texts as they are stored.

    Raises:
        AgencyError: where one is empty, too long or holds what cannot be written.

    """
    bodies = tuple(
        NewBody(
            code=checked_code(body.code, of=BODY, error=AgencyError),
            name=checked_name(body.name, of=BODY, error=AgencyError),
            name_en=checked_translation(body.name_en, of=BODY, error=AgencyError),
            share=body.share,
        )
        for body in request.bodies
    )
    return ChangeRequest(
        request.kind,
        request.effective_on,
        checked_name(request.decision, of=DECISION, error=AgencyError),
        tuple(sorted(request.agencies, key=lambda agency: (sort_key(agency.name), agency.code))),
        bodies,
        request.parent,
        request.heir_code.strip(),
    )


def lock_agencies(session: Session, request: ChangeRequest) -> None:
    """Read the bodies anew and let nobody else change them meanwhile; on SQLite who writes is alone anyway."""
    for agency in sorted(request.agencies, key=lambda each: each.id):
        session.refresh(agency, with_for_update=session.get_bind().dialect.name == "postgresql")
