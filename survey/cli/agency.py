"""List agencies and their counters, or add one.

Example:
    python3 hailong.py agency list
    python3 hailong.py agency add X01 "Xã Suối Mây" --kind commune --under LG --from 2025-07-01
    python3 hailong.py agency counters LG-X01-1
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._first_start import grant_every_root
from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from uuid import UUID

    from survey.queries.agencies import AgencyRow


@click.group
def command() -> None:
    """See the module."""


@command.command("list")
@with_appcontext
def list_() -> None:
    """Print the tree of agencies.

    Example: python3 hailong.py agency list
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.queries.agencies import list_agencies  # noqa: PLC0415

    below: dict[UUID | None, list[AgencyRow]] = {}
    for row in list_agencies(db.session(), paths=[""]):
        below.setdefault(row.parent_id, []).append(row)
    if not below:
        click.echo("Chưa có cơ quan nào; dùng agency add. / There is no agency yet; use agency add.")
    waiting = below.get(None, [])[::-1]
    while waiting:
        row = waiting.pop()
        indent = "  " * (row.path.count("/") - 1)
        demo = "  (dữ liệu minh hoạ / fictional)" if row.is_demo and row.parent_id is None else ""
        click.echo(f"{indent}{row.code}  {row.name}{demo}")
        waiting.extend(below.get(row.id, [])[::-1])


@command.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", required=True, help="ministry, province, department, commune or unit.")
@click.option("--under", default="", help="Code of the agency above; without it the agency is a root.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day, like 2025-07-01.")
@click.option("--english", help="The name in English.")
@with_appcontext
def add(code: str, name: str, kind: str, under: str, since: datetime, english: str | None) -> None:
    """Add an agency.

    Example: python3 hailong.py agency add X01 "Xã Suối Mây" --kind commune --under LG --from 2025-07-01
    """
    from survey.services.agencies import add_agency  # noqa: PLC0415  see above
    from survey.services.audit import record  # noqa: PLC0415  see above
    from survey.services.lookups import require_agency  # noqa: PLC0415  see above

    session = db.session()
    parent = require_agency(session, under, on=since.date()) if under else None
    agency = add_agency(
        session, code=code, kind=kind, name=name, name_en=english, parent=parent, valid_from=since.date()
    )
    grant_every_root(session)
    record(session, "agency.added", subject=f"{agency.code} {agency.name}", agency_id=agency.id)
    session.commit()
    click.echo(f"Đã thêm {agency.code} {agency.name}. / {agency.code} {agency.name} is added.")


@command.command("counters")
@click.argument("code")
@with_appcontext
def counters(code: str) -> None:
    """Print the counters of an agency with the codes on their posters.

    Example: python3 hailong.py agency counters LG-X01-1
    """
    from survey.services.lookups import list_counters, require_agency  # noqa: PLC0415  see above

    session = db.session()
    agency = require_agency(session, code, on=local_today())
    for counter in list_counters(session, agency):
        used = [one.code for one in counter.codes if one.retired_on is None]
        click.echo(f"{', '.join(used) or '—'}  {counter.name}")


@command.command("add-counter")
@click.argument("code")
@click.argument("name")
@click.option("--serves", default="", help="Code of the agency that decides the cases; else the owner itself.")
@click.option("--english", help="The name in English.")
@with_appcontext
def add_counter(code: str, name: str, serves: str, english: str | None) -> None:
    """Add a counter to an agency; its first public code is printed.

    Example: python3 hailong.py agency add-counter LG-X01-1 "Quầy 3" --serves LG-X01
    """
    from survey.services.agencies import add_service_point  # noqa: PLC0415  see above
    from survey.services.audit import record  # noqa: PLC0415  see above
    from survey.services.lookups import require_agency  # noqa: PLC0415  see above

    session, today = db.session(), local_today()
    counter = add_service_point(
        session,
        agency=require_agency(session, code, on=today),
        name=name,
        name_en=english,
        serves_agency=require_agency(session, serves, on=today) if serves else None,
        today=today,
    )
    record(session, "counter.added", subject=counter.name, agency_id=counter.agency_id)
    session.commit()
    click.echo(f"{counter.codes[0].code}  {counter.name}")


@command.command("hours")
@click.argument("code")
@click.argument("hours", required=False)
@with_appcontext
def hours(code: str, hours: str | None) -> None:
    """Set when the counters of an agency and below it are open; without HOURS those of the installation hold.

    Answers outside the hours are taken in like all others; they only carry a flag.

    Example: python3 hailong.py agency hours LG-X01 "Mon-Fri 07:30-17:00, Sat 07:30-11:30"
    """
    from survey.services.audit import Detail, record  # noqa: PLC0415  see above
    from survey.services.lookups import require_agency  # noqa: PLC0415  see above
    from survey.services.opening_hours import set_opening_hours  # noqa: PLC0415  see above

    session = db.session()
    agency = require_agency(session, code, on=local_today())
    changed = set_opening_hours(session, agency, hours)
    details: dict[str, Detail] = {"counters": changed, "hours": hours or ""}
    record(session, "counter.hours_set", subject=agency.name, agency_id=agency.id, details=details)
    session.commit()
    click.echo(f"Đã đặt giờ mở cửa của {changed} quầy. / The opening hours of {changed} counters are set.")
