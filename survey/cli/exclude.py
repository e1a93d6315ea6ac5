"""Exclude answers that must not count: tests of a counter, or those that the intake flagged.

The answers stay, each with the rule and reason; reports count them by rule.  Figures change when they next move.

Example:
    python3 hailong.py exclude LG-2026 --rule test --counter 4F7K2M9PX --reason "Thử máy trước khai trương"
    python3 hailong.py exclude LG-2026 --rule burst --agency LG-S05 --from 2026-03-02 --to 2026-03-02 --reason "…"
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today, read_counter_code

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_RULES: Final = ("test", "burst", "outside_hours", "repeated_pattern")


@click.command
@click.argument("wave")
@click.option("--rule", type=click.Choice(_RULES), required=True, help="test, or the intake flag the answers carry.")
@click.option("--reason", required=True, help="Kept with every answer and shown to auditors.")
@click.option("--agency", help="Code of the agency whose answers, with those below it; else the whole wave.")
@click.option("--counter", help="Public code of the counter; else any.")
@click.option("--from", "first", type=_DAY, help="First day; else from the beginning.")
@click.option("--to", "last", type=_DAY, help="Last day; else until now.")
@with_appcontext
def command(
    wave: str,
    rule: str,
    reason: str,
    agency: str | None,
    counter: str | None,
    first: datetime | None,
    last: datetime | None,
) -> None:
    """See the module."""
    # Loaded here, because the help of the verb must not wait for it.
    from survey.queries.agencies import list_agencies  # noqa: PLC0415
    from survey.services.exclusions import Choice, exclude_responses  # noqa: PLC0415
    from survey.services.lookups import require_agency, require_wave  # noqa: PLC0415

    session, today = db.session(), local_today()
    # It reads before it writes: on SQLite it must hold the lock from the beginning.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    found = require_wave(session, wave)
    path = require_agency(session, agency, on=today).path if agency else found.agency.path
    count = exclude_responses(
        session,
        wave_id=found.id,
        agency_ids=[row.id for row in list_agencies(session, paths=[path])],
        choice=Choice(
            service_point_id=_counter(counter) if counter else None,
            first_day=first.date() if first else None,
            last_day=last.date() if last else None,
        ),
        rule=rule,
        reason=reason,
        by=None,
        today=today,
    )
    session.commit()
    click.echo(f"Đã loại {count} phiếu. / {count} answers excluded.")


def _counter(text: str) -> UUID:
    from survey.models.agencies import ServicePointCode  # noqa: PLC0415 -- likewise

    code = read_counter_code(text)
    row = db.session().get(ServicePointCode, code) if code else None
    if row is None:
        raise RefusedError(
            vi=f"Không có quầy mang mã {text}; hãy xem lại mã trên áp phích.",
            en=f"No counter has the code {text}; look at the code on the poster again.",
        )
    return row.service_point_id
