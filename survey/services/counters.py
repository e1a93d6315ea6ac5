"""A counter that is there already: its names, whom it serves, what it offers, when it is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service, ServicePoint
from survey.models.sort_key import sort_key
from survey.services.agencies import check_one_tree
from survey.services.errors import AgencyError
from survey.services.names import checked_name, checked_translation
from survey.services.opening_hours import checked_hours

_COUNTER = ("quầy", "counter")


@dataclass(frozen=True, slots=True)
class CounterWish:
    """What a counter is to be; None in ``name_en``, ``services`` or ``opening_hours`` leaves what is there.

    Empty ``opening_hours`` are those of the installation.
    """

    name: str
    name_en: str | None
    serves: Agency
    services: Collection[Service] | None
    opening_hours: str | None


def change_counter(session: Session, counter: ServicePoint, wish: CounterWish) -> None:
    """Change what a counter is called, whom it serves, what it offers and when it is open; answers stay as given.

    Raises:
        AgencyError: where another counter of the owner has the name, the hours cannot be read, or one of the agencies
            is of another tree.

    """
    name = checked_name(wish.name, of=_COUNTER, error=AgencyError)
    name_en = (
        counter.name_en if wish.name_en is None else checked_translation(wish.name_en, of=_COUNTER, error=AgencyError)
    )
    services = list(counter.services if wish.services is None else wish.services)
    check_one_tree(session, session.get_one(Agency, counter.agency_id), wish.serves, services)
    _check_name_is_free(session, counter, name)
    hours = counter.opening_hours if wish.opening_hours is None else checked_hours(wish.opening_hours)
    counter.name, counter.name_en, counter.sort_key = name, name_en, sort_key(name)
    counter.serves_agency_id = wish.serves.id
    counter.opening_hours = hours
    if {each.id for each in counter.services} != {each.id for each in services}:
        counter.services = services
    session.flush()


def _check_name_is_free(session: Session, counter: ServicePoint, name: str) -> None:
    if counter.retired_on is not None:
        return
    same_name = select(ServicePoint.id).where(
        ServicePoint.agency_id == counter.agency_id,
        ServicePoint.name == name,
        ServicePoint.retired_on.is_(None),
        ServicePoint.id != counter.id,
    )
    if session.scalar(same_name.limit(1)):
        raise AgencyError(
            vi=f"Cơ quan này đã có quầy “{name}”; hãy đặt tên khác hoặc ngừng quầy kia.",
            en=f"This agency already has the counter “{name}”; choose another name or retire the other one.",
        )
