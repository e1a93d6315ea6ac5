"""Make one-time codes for result slips, as sheets to cut up and as a table for the dossier software.

A code proves once that its holder was served, and tells nothing of who he is.  Hand slips to everybody whose dossier
ended, also where it was refused or late.  The codes stand in the documents only: whoever loses them makes new ones.

Example:
    python3 hailong.py slips --agency LG-X01 --count 200 --out phieu
    python3 hailong.py slips --agency LG-X01 --decided-by LG-S08 --service 2.001 --count 50 --days 60 --out phieu
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
import flask
from flask.cli import with_appcontext

from survey.cli._documents import write_documents
from survey.db import db
from survey.models.identifiers import local_today

DAYS = 60


@click.command
@click.option("--agency", "issuer_code", required=True, help="Code of the agency that hands out the slips.")
@click.option("--decided-by", "deciding_code", help="Code of the agency that decided the cases, if another one.")
@click.option("--service", "service_code", help="Code of the service, as the deciding agency has it.")
@click.option("--count", type=int, required=True, help="How many codes, up to 5000.")
@click.option("--days", type=int, default=DAYS, show_default=True, help="For how many days they count.")
@click.option("--label", default="", help="A note for the list of batches.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@with_appcontext
def command(
    *,
    issuer_code: str,
    deciding_code: str | None,
    service_code: str | None,
    count: int,
    days: int,
    label: str,
    out: Path,
) -> None:
    """See the module."""
    from survey.jobs.slips import slip_documents  # noqa: PLC0415 -- the help must not wait for it
    from survey.services.lookups import require_agency  # noqa: PLC0415 -- likewise
    from survey.services.slip_keys import SlipKeys  # noqa: PLC0415 -- likewise
    from survey.services.slip_sheets import read_printable_batch  # noqa: PLC0415 -- likewise
    from survey.services.slips import Order, make_batch, require_service  # noqa: PLC0415 -- likewise

    session, today = db.session(), local_today()
    keys = SlipKeys(flask.current_app.config["SECRET_KEY"])
    issuer = require_agency(session, issuer_code, on=today)
    deciding = require_agency(session, deciding_code, on=today) if deciding_code else issuer
    service = require_service(session, deciding, service_code) if service_code else None
    expires_on = today + timedelta(days=max(0, min(days, 10_000)))
    order = Order(issuer, deciding, count, expires_on, service, label)
    batch = make_batch(session, order, keys=keys, today=today)
    printable = read_printable_batch(session, agency_id=batch.agency_id, batch_id=batch.id, keys=keys)
    documents = {
        name: content for _, name, content in slip_documents(printable, flask.current_app.config["PUBLIC_URL"])
    }
    paths = write_documents(out, documents)
    # The documents are all there is of the codes: nobody needs to draw them again.
    batch.seed = None
    session.commit()
    for path in paths:
        click.echo(path)
