"""Erase what is kept no longer: answers, comments, meters, retired codes, jobs and failed sign-ins.

How long each is kept is a setting (HAILONG_KEEP_…, see docs/operating.md).  The answers of a wave go together; its
figures stay.

Example:
    python3 hailong.py retention --dry-run
    python3 hailong.py retention
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import click
import flask
from flask.cli import with_appcontext

from survey.db import db
from survey.models.identifiers import local_today

_KINDS: Final = {
    "responses": ("phiếu trả lời", "answers"),
    "comments": ("ý kiến", "comments"),
    "meters": ("số đếm tiếp nhận", "intake meters"),
    "alerts": ("cảnh báo tiếp nhận", "intake alerts"),
    "codes": ("mã quầy đã thu hồi", "retired counter codes"),
    "transaction_codes": ("mã một lần hết hạn", "expired one-time codes"),
    "transaction_batches": ("lô mã một lần đã cũ", "old batches of one-time codes"),
    "slips": ("tài liệu phiếu có mã", "documents of slips"),
    "jobs": ("tác vụ", "jobs"),
    "sign_in_attempts": ("lần đăng nhập hỏng", "failed sign-ins"),
}


@click.command
@click.option("--dry-run", is_flag=True, help="Only say what is due; erase nothing.")
@with_appcontext
def command(*, dry_run: bool) -> None:
    """See the module."""
    from survey.services.retention import erase_due  # noqa: PLC0415 -- the help must not wait for it

    keep = flask.current_app.config["HAILONG"]
    session = db.session()
    # It reads before it writes: on SQLite it must hold the lock from the beginning.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    erased = erase_due(session, keep=keep, today=local_today(), now=datetime.now(tz=UTC), dry_run=dry_run)
    session.commit()
    done = ("Sẽ xoá", "due") if dry_run else ("Đã xoá", "erased")
    for one in erased:
        vi, en = _KINDS[one.kind]
        click.echo(f"{done[0]} {one.count} {vi}. / {one.count} {en} {done[1]}.")
