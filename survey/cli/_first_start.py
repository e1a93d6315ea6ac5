"""What the first start puts into an empty database: the demo province and somebody who may sign in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.services.accounts import create_official, grant_role, one_time_password, set_password

ADMINISTRATOR: Final = "quantri@hailong.local"


def is_first_start(session: Session) -> bool:
    """Tell whether nobody can sign in yet; an interrupted first start is a first start again."""
    return session.scalar(select(Official.id).limit(1)) is None


def add_administrator(session: Session) -> str:
    """Add an administrator of every root agency and return his one-time password; only its hash is stored."""
    password = one_time_password()
    create_official(session, email=ADMINISTRATOR, name="Quản trị hệ thống", password=password)
    grant_every_root(session)
    return password


def grant_every_root(session: Session) -> None:
    """Make the first administrator, where he is still there, the administrator of every root agency."""
    official = session.scalar(select(Official).where(Official.email == ADMINISTRATOR))
    if official is None:
        return
    held = {grant.agency_id for grant in official.grants}
    for agency in session.scalars(select(Agency).where(Agency.parent_id.is_(None))):
        if agency.id not in held:
            grant_role(session, official, agency=agency, role="administrator")


def reset_password(session: Session, official: Official) -> str:
    """Give an official a new one-time password, which he must change, and end his sessions."""
    password = one_time_password()
    set_password(official, password=password, must_change=True)
    session.flush()
    return password
