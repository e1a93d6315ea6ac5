"""What administrators do with accounts: invite, give and take roles, close, reset; each act with its audit entry."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.accounts import Grant, Official
from survey.models.agencies import Agency
from survey.services.accounts import create_official, end_sessions, grant_role
from survey.services.audit import Detail, record
from survey.services.errors import AccountError
from survey.services.names import checked_name
from survey.services.second_factor import remove_second_factor


def invite_official(session: Session, *, email: str, name: str, agency: Agency, role: str, language: str) -> Official:
    """Add an official without a password, with a first role; a link lets him set a password of his own.

    Raises:
        AccountError: as ``create_official`` and ``grant_role`` do.

    """
    official = create_official(session, email=email, name=name, password=None, language=language)
    grant_role(session, official, agency=agency, role=role)
    _record(session, "account.invited", official, agency.id, role=role, agency=agency.code)
    return official


def give_role(session: Session, official: Official, *, agency: Agency, role: str) -> None:
    """Give an official one more role; he signs in anew, because what he may do has changed."""
    known = {(grant.agency_id, grant.role) for grant in official.grants}
    grant_role(session, official, agency=agency, role=role)
    if (agency.id, role) not in known:
        _record(session, "account.role_given", official, agency.id, role=role, agency=agency.code)


def take_role(session: Session, grant: Grant) -> None:
    """Take a role away and end the official's sessions.

    Raises:
        AccountError: where nobody would be left who administers that tree.

    """
    official, agency, role = grant.official, grant.agency, grant.role
    _keep_an_administrator(session, [grant])
    official.grants.remove(grant)
    end_sessions(official)
    _record(session, "account.role_taken", official, agency.id, role=role, agency=agency.code)


def correct_account(session: Session, official: Official, *, name: str, language: str) -> None:
    """Correct an official's name and language.

    Raises:
        AccountError: where the name is empty or too long.

    """
    was = official.name
    official.name = checked_name(name, of=("cán bộ", "official"), error=AccountError)
    official.language = language
    _record(session, "account.corrected", official, None, name=official.name, was=was, language=language)


def close_account(session: Session, official: Official) -> None:
    """Let an official sign in no longer; his roles and what he did stay as they are.

    Raises:
        AccountError: where nobody would be left who administers a tree.

    """
    _keep_an_administrator(session, official.grants)
    official.active = False
    end_sessions(official)
    _record(session, "account.closed", official, None)


def open_account(session: Session, official: Official) -> None:
    """Let an official sign in again."""
    official.active = True
    end_sessions(official)
    _record(session, "account.opened", official, None)


def forget_password(session: Session, official: Official) -> None:
    """Make the password worthless and end all sessions: only a link leads in again."""
    official.password = None
    official.must_change_password = False
    end_sessions(official)
    _record(session, "account.link_made", official, None)


def reset_second_factor(session: Session, official: Official) -> None:
    """Forget a telephone that was lost."""
    remove_second_factor(session, official)
    _record(session, "account.second_factor_reset", official, None)


def end_all_sessions(session: Session, official: Official) -> None:
    """Sign an official out on every device."""
    end_sessions(official)
    _record(session, "account.sessions_ended", official, None)


def agency_of(official: Official) -> UUID | None:
    """Return the agency under which entries about an official are filed: the highest on which he has a role."""
    grants = sorted(official.grants, key=lambda grant: (grant.agency.path.count("/"), grant.agency.path))
    return grants[0].agency_id if grants else None


def record_own(session: Session, verb: str, official: Official, **details: Detail) -> None:
    """Record what an official did with his own account."""
    _record(session, verb, official, None, **details)


def _record(session: Session, verb: str, official: Official, agency_id: UUID | None, **details: Detail) -> None:
    record(session, verb, subject=official.email, agency_id=agency_id or agency_of(official), details=details)


def _keep_an_administrator(session: Session, lost: list[Grant]) -> None:
    """Refuse where a whole tree would be left without anybody who can sign in and administer it."""
    for grant in lost:
        if grant.role != "administrator" or grant.agency.parent_id is not None or not grant.official.active:
            continue
        others = (
            select(Grant.id)
            .join(Official, Official.id == Grant.official_id)
            .where(
                Grant.agency_id == grant.agency_id,
                Grant.role == "administrator",
                Grant.official_id != grant.official_id,
                Official.active.is_(True),
                Official.password.is_not(None),
            )
        )
        # The row is locked, so that two who leave at the same moment do not both rely on the other.
        session.execute(select(Agency.id).where(Agency.id == grant.agency_id).with_for_update())
        if session.scalar(others.limit(1)) is None:
            raise AccountError(
                vi=f"{grant.official.email} là người quản trị cuối cùng của {grant.agency.name}; "
                "hãy giao quyền quản trị cho một người khác trước.",
                en=f"{grant.official.email} is the last administrator of {grant.agency.name}; "
                "make somebody else an administrator first.",
            )
