"""What the head and the foot of an agency's documents say, as far as it is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.findings.names import wording
from survey.findings.values import NO_LETTERHEAD, Letterhead
from survey.queries.letterheads import get_letterhead

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def letterhead(session: Session, *, agency_id: UUID) -> Letterhead:
    """Return what is set for an agency's documents; what is not set is empty."""
    stored = get_letterhead(session, agency_id=agency_id)
    if stored is None:
        return NO_LETTERHEAD
    return Letterhead(
        superior=wording(stored.superior, stored.superior_en),
        issuer=wording(stored.issuer, stored.issuer_en),
        place=stored.place,
        number=stored.number,
        symbol=stored.symbol,
        signer_post=wording(stored.signer_post, stored.signer_post_en),
        signer_name=stored.signer_name,
        recipients=wording(stored.recipients, stored.recipients_en),
    )
