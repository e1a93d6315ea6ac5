"""List and add officials, and give them roles on the agency tree.

A role holds for the agency and everything below it: viewer, agency_manager, survey_manager, administrator, auditor.
A forgotten password is replaced by reset-password.

Example:
    python3 hailong.py official list
    python3 hailong.py official add lan@tinh.gov.vn "Nguyễn Thị Lan" --agency LG-S08 --role viewer
    python3 hailong.py official grant lan@tinh.gov.vn --agency LG --role survey_manager
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.accounts import ROLES

if TYPE_CHECKING:
    from survey.models.agencies import Agency


@click.group
def command() -> None:
    """See the module."""


@command.command("list")
@with_appcontext
def list_() -> None:
    """Print every official with his roles."""
    from survey.queries.officials import list_officials  # noqa: PLC0415 -- the help must not wait for it

    for line in list_officials(db.session()):
        roles = ", ".join(f"{role} {code}" for code, role in line.roles) or "–"
        click.echo(f"{line.email}  {line.name}  {roles}{'' if line.active else '  (đã khoá / closed)'}")


@command.command
@click.argument("email")
@click.argument("name")
@click.option("--agency", help="Code of the agency on which the role lies.")
@click.option("--role", type=click.Choice(ROLES), help="What the official may do there.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@with_appcontext
def add(email: str, name: str, agency: str | None, role: str | None, language: str) -> None:
    """Add an official; prints a one-time password, which must be changed at the first sign-in."""
    from survey.services.accounts import create_official, one_time_password  # noqa: PLC0415 -- likewise
    from survey.services.official_accounts import give_role, record_own  # noqa: PLC0415 -- likewise

    session = db.session()
    if bool(agency) != bool(role):
        raise RefusedError(
            vi="Hãy ghi cả --agency và --role, hoặc không ghi cả hai.",
            en="Give both --agency and --role, or neither.",
        )
    password = one_time_password()
    official = create_official(session, email=email, name=name, password=password, language=language)
    record_own(session, "account.added", official)
    if agency and role:
        give_role(session, official, agency=_agency(agency), role=role)
    session.commit()
    click.echo(f"Mật khẩu dùng một lần của {official.email} / One-time password of {official.email}: {password}")


@command.command
@click.argument("email")
@click.option("--agency", required=True, help="Code of the agency on which the role lies.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What the official may do there.")
@with_appcontext
def grant(email: str, agency: str, role: str) -> None:
    """Give an official one more role."""
    from survey.services.accounts import find_official  # noqa: PLC0415 -- likewise
    from survey.services.official_accounts import give_role  # noqa: PLC0415 -- likewise

    session = db.session()
    official = find_official(session, email)
    if official is None:
        raise RefusedError(
            vi=f"Không có tài khoản {email}; hãy kiểm tra địa chỉ.",
            en=f"There is no account {email}; check the address.",
        )
    give_role(session, official, agency=_agency(agency), role=role)
    session.commit()
    click.echo(f"{official.email}: {role} {agency}")


def _agency(code: str) -> Agency:
    from survey.queries.officials import find_agency_by_code  # noqa: PLC0415 -- likewise

    agency = find_agency_by_code(db.session(), code)
    if agency is None:
        raise RefusedError(
            vi=f"Không có cơ quan nào mang mã {code}; hãy kiểm tra mã.",
            en=f"There is no agency of the code {code}; check it.",
        )
    return agency
