"""What the slips of a batch say, and their codes while these can still be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service
from survey.models.slips import SlipIssuer, TransactionBatch
from survey.services.slip_keys import SlipKeys
from survey.services.slips import SlipError, codes_of


@dataclass(frozen=True, slots=True)
class PrintableBatch:
    """A batch with the names its slips carry, and its codes."""

    issuer_name: str
    issuer_code: str
    deciding_name: str
    deciding_code: str
    service_name: str
    service_code: str
    made_on: date
    expires_on: date
    is_demo: bool
    codes: tuple[str, ...]


def read_printable_batch(session: Session, *, agency_id: UUID, batch_id: UUID, keys: SlipKeys) -> PrintableBatch:
    """Read a batch and draw its codes.

    Raises:
        SlipError: where there is no such batch, or its codes are forgotten.

    """
    batch = session.get(TransactionBatch, (agency_id, batch_id))
    if batch is None:
        raise SlipError(vi="Lô mã này không còn nữa; hãy tạo lô mới.", en="This batch is gone; make a new one.")
    issuer, deciding = session.get_one(Agency, agency_id), session.get_one(Agency, batch.deciding_agency_id)
    service = session.get(Service, batch.service_id) if batch.service_id else None
    return PrintableBatch(
        issuer_name=issuer.name,
        issuer_code=session.get_one(SlipIssuer, agency_id).code,
        deciding_name=deciding.name,
        deciding_code=deciding.code,
        service_name=service.name if service else "",
        service_code=service.code if service else "",
        made_on=batch.made_on,
        expires_on=batch.expires_on,
        is_demo=issuer.is_demo,
        codes=tuple(codes_of(batch, keys)),
    )
