"""Count the answers of closed days into the figures that officials read.

The running server does it every night.  A day is closed when its answers can be withdrawn no longer, at the end of the
next day; a later DATE is folded too, with a warning.  Figures move only when at least ten answers have come.

Example:
    python3 hailong.py fold
    python3 hailong.py fold --until 2026-11-19
"""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import with_appcontext

from survey.cli._progress import ProgressLine
from survey.db import db
from survey.models.identifiers import local_today

_FOLDING = ("Tổng hợp", "Folding")


@click.command
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day to fold; else the last closed day.")
@with_appcontext
def command(until: datetime | None) -> None:
    """See the module."""
    from survey.services.audit import record  # noqa: PLC0415 -- likewise
    from survey.services.fold import fold, last_day_to_fold  # noqa: PLC0415 -- the help must not wait for it

    closed = last_day_to_fold(local_today())
    last = until.date() if until else closed
    if last > closed:
        click.echo(
            f"Cảnh báo: phiếu sau ngày {closed:%d/%m/%Y} còn rút lại được.\n"
            f"Warning: answers given after {closed} can still be withdrawn.",
            err=True,
        )
    session, line = db.session(), ProgressLine()
    report = fold(session, until=last, commit=session.commit, progress=lambda done, total: line(_FOLDING, done, total))
    record(session, "fold.done", subject=f"{report.until}", details={"moved": report.moved, "answers": report.answers})
    session.commit()
    click.echo(
        f"Đến hết ngày {report.until:%d/%m/%Y}: {report.moved} đơn vị có số liệu mới (thay đổi {report.answers:+d} "
        f"phiếu); {report.waiting} đơn vị còn chờ với {report.waiting_answers} phiếu.\n"
        f"Until {report.until}: the figures of {report.moved} agencies moved (by {report.answers:+d} answers); "
        f"{report.waiting} still wait with {report.waiting_answers}."
    )
