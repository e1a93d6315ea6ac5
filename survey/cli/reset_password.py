"""Give an official a new one-time password and end his sessions.

Without an e-mail it is the administrator whom the first start made.  The password must be changed at the next sign-in.

Example:
    python3 hailong.py reset-password
    python3 hailong.py reset-password lan@tinh.gov.vn
"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from survey.cli._first_start import ADMINISTRATOR, reset_password
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.services.accounts import find_official
from survey.services.official_accounts import record_own


@click.command
@click.argument("email", default=ADMINISTRATOR)
@with_appcontext
def command(email: str) -> None:
    """Print the new password; only its hash is stored."""
    session = db.session()
    official = find_official(session, email)
    if official is None:
        raise RefusedError(
            vi=f"Không có tài khoản {email}; hãy kiểm tra địa chỉ.",
            en=f"There is no account {email}; check the address.",
        )
    password = reset_password(session, official)
    record_own(session, "account.password_reset", official)
    session.commit()
    click.echo(f"Mật khẩu dùng một lần của {official.email} / One-time password of {official.email}: {password}")
