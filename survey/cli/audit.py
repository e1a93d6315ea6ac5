"""Verify and export the audit: who did what, when.

``verify`` walks the chain of entries, names the first that does not fit, and prints count and hash of the last entry.
Write these two down away from the machine: with --noted they show later whether the end was cut off or made anew.

Example:
    python3 hailong.py audit verify
    python3 hailong.py audit verify --noted 1520:9f2c…
    python3 hailong.py audit export audit.jsonl
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db


@click.group
def command() -> None:
    """See the module."""


@command.command
@click.option("--noted", default="", help="Count and hash as an earlier verify printed them: COUNT:HASH.")
@with_appcontext
def verify(noted: str) -> None:
    """Walk the chain; the exit code is 1 where it is broken."""
    from survey.services.audit import ChainHead, chain_head, find_broken_entry  # noqa: PLC0415 -- --help needs none

    count, _, digest = noted.partition(":")
    if noted and not (count.isdecimal() and digest):
        raise RefusedError(
            vi="Sau --noted phải là SỐ:MÃ BĂM như lệnh verify đã in.",
            en="--noted takes COUNT:HASH as verify printed them.",
        )
    session = db.session()
    broken = find_broken_entry(session, noted=ChainHead(int(count), digest) if noted else None)
    if broken is not None:
        raise RefusedError(
            vi=f"Chuỗi nhật ký bị đứt ở mục số {broken}; hãy giữ nguyên dữ liệu và so với bản sao lưu.",
            en=f"The chain of the audit is broken at entry {broken}; leave the data alone, compare with a backup.",
        )
    head = chain_head(session)
    click.echo(f"Chuỗi nhật ký nguyên vẹn / The chain holds: {head.count} mục / entries")
    click.echo(f"Hãy ghi lại / Write this down: {head.count}:{head.hash}")


@command.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(file: Path) -> None:
    """Write every entry to FILE: CSV, or JSON lines where its name ends in .jsonl."""
    from survey.queries.audit import list_all  # noqa: PLC0415 -- likewise
    from survey.rendering.audit import audit_csv, audit_jsonl  # noqa: PLC0415 -- likewise
    from survey.services.audit import record  # noqa: PLC0415 -- likewise

    session = db.session()
    write = audit_jsonl if file.suffix == ".jsonl" else audit_csv
    file.write_bytes(write(list_all(session)))
    session.rollback()
    record(session, "audit.exported", subject=file.name)
    session.commit()
    click.echo(f"Đã ghi / Written: {file}")
