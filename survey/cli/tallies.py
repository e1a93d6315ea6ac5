"""Prove that the tallies agree with the answers, or make them anew.

What officials read are tallies, made by the fold.  "check" counts every answer again; "rebuild" replaces what differs.
Neither moves a figure to newer answers: a scope that waits for its next move is named and left alone.

Example:
    python3 hailong.py tallies check
    python3 hailong.py tallies rebuild --wave LG-2026
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click
from flask.cli import with_appcontext

from survey.cli._progress import ProgressLine
from survey.db import db

if TYPE_CHECKING:
    from uuid import UUID

    from survey.services.tallies import TallyCheck

_COUNTING: Final = ("Đếm lại", "Counting again")
_WAVE: Final = click.option("--wave", help="Code of one wave; else all of them.")
_STATES: Final = {
    "agrees": ("khớp", "agree"),
    "differs": ("không khớp", "differ"),
    "waiting": ("chờ lần tổng hợp sau", "wait for their next move"),
    "erased": ("phiếu đã xoá theo thời hạn lưu", "stand alone, their answers erased by retention"),
}


@click.group
def command() -> None:
    """See the module."""


@command.command("check")
@_WAVE
@with_appcontext
def check(wave: str | None) -> None:
    """Count every answer again and compare; ends with 1 where anything differs.

    Example: python3 hailong.py tallies check
    """
    from survey.services.tallies import check_tallies  # noqa: PLC0415 -- the help must not wait for it

    line = ProgressLine()
    found = check_tallies(
        db.session(), wave_ids=_waves(wave), progress=lambda done, total: line(_COUNTING, done, total)
    )
    _print(found)
    if any(one.state == "differs" for one in found):
        sys.exit(1)


@command.command("rebuild")
@_WAVE
@with_appcontext
def rebuild(wave: str | None) -> None:
    """Make anew whatever differs from the answers.

    Example: python3 hailong.py tallies rebuild --wave LG-2026
    """
    from survey.services.audit import record  # noqa: PLC0415 -- likewise
    from survey.services.tallies import rebuild_tallies  # noqa: PLC0415 -- the help must not wait for it

    session, line = db.session(), ProgressLine()
    found = rebuild_tallies(
        session,
        wave_ids=_waves(wave),
        commit=session.commit,
        progress=lambda done, total: line(_COUNTING, done, total),
    )
    _print(found)
    made = sum(one.state == "differs" for one in found)
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    record(session, "tallies.rebuilt", subject=wave or "", details={"checked": len(found), "made_anew": made})
    session.commit()
    click.echo(f"Đã lập lại {made} phần. / {made} parts were made anew.")


def _waves(code: str | None) -> list[UUID] | None:
    from survey.services.lookups import require_wave  # noqa: PLC0415 -- the help must not wait for it

    return None if code is None else [require_wave(db.session(), code).id]


def _print(found: Sequence[TallyCheck]) -> None:
    counts = Counter(one.state for one in found)
    for one in found:
        if one.state == "differs":
            click.echo(f"  {one.wave_id} {one.agency_id} {one.dimension} {one.member}")
    for state, (vi, en) in _STATES.items():
        if counts[state]:
            click.echo(f"{counts[state]} phần {vi}. / {counts[state]} parts {en}.")
    if not found:
        click.echo("Chưa có số liệu tổng hợp. / Nothing has been folded yet.")
