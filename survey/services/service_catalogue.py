"""Services and their fields that are there already: corrected, moved to another field, retired."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey.models.agencies import Service, ServiceField, ServicePointService
from survey.models.sort_key import sort_key
from survey.services.errors import AgencyError
from survey.services.names import checked_name, checked_translation

_SERVICE = ("thủ tục", "service")
_FIELD = ("lĩnh vực", "field of service")


def change_service(
    session: Session, service: Service, *, name: str, name_en: str | None, service_field: ServiceField
) -> None:
    """Correct a service; with another field its answers count there from the next fold of their days on."""
    service.name = checked_name(name, of=_SERVICE, error=AgencyError)
    service.name_en = checked_translation(name_en, of=_SERVICE, error=AgencyError)
    service.sort_key = sort_key(service.name)
    service.service_field_id = service_field.id
    session.flush()


def retire_service(session: Session, service: Service, *, on: date) -> None:
    """Offer a service nowhere any more; answers that name it stay as they are.

    Raises:
        AgencyError: where it is retired already.

    """
    if service.retired_on is not None:
        raise AgencyError(
            vi=f"Thủ tục {service.code} đã ngừng từ ngày {service.retired_on:%d/%m/%Y}; không cần làm gì thêm.",
            en=f"The service {service.code} was retired on {service.retired_on:%Y-%m-%d} already; nothing is to do.",
        )
    service.retired_on = on
    session.execute(delete(ServicePointService).where(ServicePointService.service_id == service.id))
    # Counters that were read before would write their old list back.
    session.flush()
    session.expire_all()


def resume_service(session: Session, service: Service) -> None:
    """Let a service be offered again, at the counters that choose to."""
    service.retired_on = None
    session.flush()


def change_field(session: Session, service_field: ServiceField, *, name: str, name_en: str | None) -> None:
    """Correct the names of a field of service."""
    service_field.name = checked_name(name, of=_FIELD, error=AgencyError)
    service_field.name_en = checked_translation(name_en, of=_FIELD, error=AgencyError)
    service_field.sort_key = sort_key(service_field.name)
    session.flush()
