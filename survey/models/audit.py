"""Who did what, when: a chain of entries of which none is ever changed or taken out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import DateTime, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from survey.db import Base
from survey.models.columns import JSON_VALUE, LOCAL


class AuditEntry(Base):
    """One act; ``hash`` covers the entry and the hash before it, so that a change shows in all that follow.

    ``actor`` is ``official:<id>``, ``cli:<account of the machine>``, ``api:<id of the key>`` or ``system``.
    ``at`` is UTC in whole seconds: officials are not citizens.  Of no agency is what concerns the whole installation.
    """

    __tablename__ = "audit_entries"
    __table_args__ = ({"info": LOCAL},)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    actor: Mapped[str] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    agency_id: Mapped[UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AppendOnlyError(Exception):
    """Something tried to change or take out an entry of the audit."""


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(*_: object) -> NoReturn:
    msg = "entries of the audit are never changed and never taken out; record another one instead"
    raise AppendOnlyError(msg)


@event.listens_for(Session, "do_orm_execute")
def _refuse_in_bulk(state: ORMExecuteState) -> None:
    changes = state.is_update or state.is_delete
    if changes and state.bind_mapper is not None and state.bind_mapper.class_ is AuditEntry:
        _refuse()
