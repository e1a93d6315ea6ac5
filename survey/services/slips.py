"""Batches of one-time codes: made, handed over once, and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service
from survey.models.identifiers import new_counter_code, new_id
from survey.models.slips import SlipIssuer, TransactionBatch, TransactionCode
from survey.services.audit import record
from survey.services.errors import ServiceError
from survey.services.slip_keys import SlipKeys, new_seed

MOST_CODES: Final = 5000
MOST_DAYS: Final = 366
LONGEST_LABEL: Final = 100
_ROWS_AT_ONCE: Final = 1000


class SlipError(ServiceError):
    """Codes cannot be made as asked."""


class RetryError(SlipError):
    """A request came again, but not as it came first, or so late that its codes are forgotten."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: codes that ``issuer`` hands out, for cases that ``deciding`` decided.

    ``expires_on`` is the last day on which they count.  ``request_hash`` belongs to ``api_key_id``.
    """

    issuer: Agency
    deciding: Agency
    count: int
    expires_on: date
    service: Service | None = None
    label: str = ""
    made_by: UUID | None = None
    api_key_id: UUID | None = None
    request_hash: str | None = None


def make_batch(session: Session, order: Order, *, keys: SlipKeys, today: date) -> TransactionBatch:
    """Make the codes of an order; a request that came before gives the batch it made then.

    Only hashes are stored.  The codes themselves are drawn again by ``codes_of`` until the seed is forgotten, which
    ``forget_seeds`` does the night after.

    Raises:
        SlipError: where number, days, label, service or agencies do not fit.
        RetryError: where the same request asked for something else before.

    """
    for agency in (order.issuer, order.deciding):
        _check_is_alive(agency, today)
    _check(order, today)
    before = _find_request(session, order)
    if before is not None:
        return before
    _make_issuer(session, order.issuer)
    batch = TransactionBatch(
        agency_id=order.issuer.id,
        id=new_id(),
        deciding_agency_id=order.deciding.id,
        service_id=order.service.id if order.service else None,
        label=" ".join(order.label.split()),
        made_on=today,
        expires_on=order.expires_on,
        count=order.count,
        made_by=order.made_by,
        api_key_id=order.api_key_id,
        request_hash=order.request_hash,
        seed=new_seed(),
    )
    session.add(batch)
    session.flush()
    _store_hashes(session, batch, [keys.code_hash(code) for code in codes_of(batch, keys)])
    record(
        session,
        "slips.made",
        subject=f"{order.issuer.code} → {order.deciding.code}",
        agency_id=order.issuer.id,
        details={"count": order.count, "expires_on": order.expires_on.isoformat(), "batch": str(batch.id)},
    )
    return batch


def require_service(session: Session, deciding: Agency, code: str) -> Service:
    """Return the service of an agency by its code, or raise ``SlipError``."""
    service = session.scalar(select(Service).where(Service.agency_id == deciding.id, Service.code == code))
    if service is None:
        raise SlipError(
            vi=f"{deciding.name} không có thủ tục mã “{code}”; hãy kiểm tra lại mã.",
            en=f"{deciding.name} has no service with the code “{code}”; check the code.",
        )
    return service


def codes_of(batch: TransactionBatch, keys: SlipKeys) -> list[str]:
    """Return the codes of a batch, used or not.

    Raises:
        RetryError: where they are forgotten.

    """
    if batch.seed is None:
        raise RetryError(
            vi="Mã của lô này đã được xoá khỏi hệ thống sau ngày tạo; hãy tạo lô mới.",
            en="The codes of this batch were forgotten after the day they were made; make a new batch.",
        )
    return keys.draw(batch.seed, batch.count)


def forget_seeds(session: Session, *, today: date) -> None:
    """Forget the codes of all batches made before today; their hashes stay until they are used or expire."""
    session.execute(
        update(TransactionBatch)
        .where(TransactionBatch.made_on < today, TransactionBatch.seed.is_not(None))
        .values(seed=None)
        .execution_options(all_agencies=True, synchronize_session=False)
    )


def _check(order: Order, today: date) -> None:
    if not 1 <= order.count <= MOST_CODES:
        raise SlipError(
            vi=f"Mỗi lô có từ 1 đến {MOST_CODES} mã; hãy ghi lại số lượng.",
            en=f"A batch has 1 to {MOST_CODES} codes; write the number again.",
        )
    if not today <= order.expires_on <= today + timedelta(days=MOST_DAYS):
        raise SlipError(
            vi=f"Mã phải còn hạn từ hôm nay và không quá {MOST_DAYS} ngày; hãy chọn lại ngày hết hạn.",
            en=f"Codes must be good from today and for {MOST_DAYS} days at most; choose another last day.",
        )
    if len(order.label) > LONGEST_LABEL:
        raise SlipError(
            vi=f"Ghi chú dài quá {LONGEST_LABEL} ký tự; hãy rút ngắn.",
            en=f"The label is longer than {LONGEST_LABEL} characters; shorten it.",
        )
    if order.service is not None and order.service.agency_id != order.deciding.id:
        raise SlipError(
            vi=f"Thủ tục {order.service.code} không do {order.deciding.name} giải quyết; hãy chọn lại.",
            en=f"The service {order.service.code} is not decided by {order.deciding.name}; choose again.",
        )
    if _root(order.issuer) != _root(order.deciding):
        raise SlipError(
            vi=f"{order.deciding.name} không thuộc cùng hệ thống với {order.issuer.name}; hãy chọn cơ quan khác.",
            en=f"{order.deciding.name} does not belong to the same tree as {order.issuer.name}; choose another agency.",
        )


def _check_is_alive(agency: Agency, today: date) -> None:
    if agency.valid_to is not None and agency.valid_to <= today:
        raise SlipError(
            vi=f"{agency.name} đã hết hiệu lực từ ngày {agency.valid_to:%d/%m/%Y}; hãy tạo mã ở cơ quan tiếp nhận.",
            en=f"{agency.name_en or agency.name} ended on {agency.valid_to:%d/%m/%Y}; make codes at who took over.",
        )


def _root(agency: Agency) -> str:
    return agency.path.partition("/")[0]


def _find_request(session: Session, order: Order) -> TransactionBatch | None:
    if order.request_hash is None:
        return None
    batch = session.scalar(
        select(TransactionBatch).where(
            TransactionBatch.agency_id == order.issuer.id,
            TransactionBatch.api_key_id == order.api_key_id,
            TransactionBatch.request_hash == order.request_hash,
        )
    )
    if batch is None:
        return None
    service_id = order.service.id if order.service else None
    asked = (order.deciding.id, service_id, order.count, order.expires_on)
    if asked != (batch.deciding_agency_id, batch.service_id, batch.count, batch.expires_on):
        raise RetryError(
            vi="Khoá chống gửi trùng này đã dùng cho một yêu cầu khác; hãy dùng khoá mới.",
            en="This idempotency key was used for another request; use a new key.",
        )
    return batch


def _make_issuer(session: Session, agency: Agency) -> None:
    if session.get(SlipIssuer, agency.id) is None:
        session.add(SlipIssuer(agency_id=agency.id, code=new_counter_code()))
        session.flush()


def _store_hashes(session: Session, batch: TransactionBatch, hashes: list[str]) -> None:
    same = {
        "agency_id": batch.agency_id,
        "deciding_agency_id": batch.deciding_agency_id,
        "service_id": batch.service_id,
        "expires_on": batch.expires_on,
    }
    # In the order of the hashes: that of the codes must not show.
    rows = [{**same, "code_hash": one} for one in sorted(hashes)]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        session.execute(insert(TransactionCode), rows[start : start + _ROWS_AT_ONCE])
