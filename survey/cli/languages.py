"""Show of every language how many strings citizens read in it: reviewed, draft, missing.

Counted are the citizens' pages and every questionnaire edition of the database.  Translations are files: see
docs/languages.md.

Example:
    python3 hailong.py languages
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
import flask
from flask.cli import with_appcontext

from survey.db import db

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command
@with_appcontext
def command() -> None:
    """See the module."""
    from survey.services.wording import ORIGINAL, own_folder, read_catalogues  # noqa: PLC0415 -- help must not wait

    catalogues = read_catalogues(own_folder(flask.current_app.config["HAILONG"].data_dir))
    click.echo("Chuỗi đã duyệt / nháp / thiếu — Strings reviewed / draft / missing")
    for tag, catalogue in catalogues.items():
        click.echo(f"{tag}  {catalogue.name}")
        click.echo(_line("trang/pages", catalogue.count(catalogues[ORIGINAL].strings)))
        for name, counts in _count_editions(tag):
            click.echo(_line(name, counts))
        for fault in catalogue.faults:
            click.echo(f"    ! không dùng được / cannot be shown: {fault}")


def _count_editions(tag: str) -> Iterator[tuple[str, Counter[str]]]:
    from survey.services.editions import list_questionnaire_editions  # noqa: PLC0415 -- see above
    from survey.services.wording import count_edition  # noqa: PLC0415 -- see above

    for edition in list_questionnaire_editions(db.session()):
        yield f"{edition.questionnaire}/{edition.edition}", count_edition(edition.content, tag)


def _line(name: str, counts: Counter[str]) -> str:
    numbers = " / ".join(f"{counts[status]:3}" for status in ("reviewed", "draft", "missing"))
    return f"    {name:<28} {numbers}"
