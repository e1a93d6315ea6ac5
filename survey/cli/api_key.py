"""Make, list and revoke the keys by which other systems use the API.

A key belongs to an agency and serves for its slips ("slips"), for setting N below it ("population"), for figures of the
index below it ("indicators") or for reading ("figures").  It is shown once; what is stored cannot be read back.

Example:
    python3 hailong.py api-key add "Phần mềm một cửa" --agency LG-X01 --scope slips
    python3 hailong.py api-key list --agency LG-X01
    python3 hailong.py api-key revoke 0191d3c2-7d7e-7c3a-9a0e-2d5a8f1b6c11 --agency LG-X01
"""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today

SCOPES = ("slips", "population", "figures", "indicators")


@click.group
def command() -> None:
    """See the module."""


@command.command
@click.argument("label")
@click.option("--agency", required=True, help="Code of the agency the key belongs to.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="What it serves for.")
@with_appcontext
def add(label: str, agency: str, scopes: tuple[str, ...]) -> None:
    """Make a key and print it, this once."""
    from survey.services.api_keys import make_key  # noqa: PLC0415 -- the help must not wait for it
    from survey.services.lookups import require_agency  # noqa: PLC0415 -- likewise

    session, today = db.session(), local_today()
    owner = require_agency(session, agency, on=today)
    key, plain = make_key(session, agency=owner, label=label, scopes=scopes, by=None, today=today)
    session.commit()
    click.echo(f"{key.id}  {plain}")


@command.command("list")
@click.option("--agency", required=True, help="Code of the agency the keys belong to.")
@with_appcontext
def list_(agency: str) -> None:
    """Print the keys of an agency, newest first; never the keys themselves."""
    from survey.services.api_keys import list_keys  # noqa: PLC0415 -- likewise
    from survey.services.lookups import require_agency  # noqa: PLC0415 -- likewise

    for key in list_keys(db.session(), require_agency(db.session(), agency, on=local_today())):
        ended = f"  (thu hồi / revoked {key.revoked_on})" if key.revoked_on else ""
        click.echo(f"{key.id}  {key.label}  {', '.join(key.scopes)}  {key.created_on}{ended}")


@command.command
@click.argument("key_id", type=click.UUID)
@click.option("--agency", required=True, help="Code of the agency the key belongs to.")
@with_appcontext
def revoke(key_id: UUID, agency: str) -> None:
    """End a key at once."""
    from survey.services.api_keys import find_key_of, revoke_key  # noqa: PLC0415 -- likewise
    from survey.services.lookups import require_agency  # noqa: PLC0415 -- likewise

    session, today = db.session(), local_today()
    key = find_key_of(session, require_agency(session, agency, on=today), key_id)
    if key is None:
        raise RefusedError(
            vi="Không có khoá này; xem mã khoá bằng api-key list.",
            en="There is no such key; see the ids with api-key list.",
        )
    revoke_key(session, key, today=today)
    session.commit()
    click.echo("Đã thu hồi. / Revoked.")
