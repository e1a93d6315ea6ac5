"""List the questionnaire editions, check a file of one, and load it.

Example:
    python3 hailong.py questionnaire list
    python3 hailong.py questionnaire check phieu-2027.toml
    python3 hailong.py questionnaire load phieu-2027.toml
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
from flask.cli import with_appcontext

from survey.db import db
from survey.models.identifiers import local_today

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group
def command() -> None:
    """See the module."""


@command.command("list")
@with_appcontext
def list_() -> None:
    """Print every edition, when it was published, and its checksum.

    Example: python3 hailong.py questionnaire list
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.editions import list_questionnaire_editions  # noqa: PLC0415

    editions = list_questionnaire_editions(db.session())
    for edition in editions:
        day = f"{edition.published_on:%d/%m/%Y}" if edition.published_on else "nháp/draft"
        title = edition.content["title"]["vi"]
        click.echo(f"{edition.questionnaire}/{edition.edition}  {day}  {edition.sha256[:12]}  {title}")
    if not editions:
        click.echo("Chưa có phiếu nào. / There is no edition yet.")


@command.command("check")
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Name every fault of a file, with its place and remedy; nothing is stored.

    Example: python3 hailong.py questionnaire check phieu-2027.toml
    """
    from survey.services.edition_checks import faults_of_questionnaire  # noqa: PLC0415  see above
    from survey.services.editions import read_edition_file  # noqa: PLC0415  see above

    faults = list(faults_of_questionnaire(read_edition_file(file)))
    for fault in faults:
        click.echo(f"{fault.place}: {fault.vi} / {fault.en}")
    if faults:
        sys.exit(1)
    click.echo("Phiếu dùng được. / The edition can be loaded.")


@command.command("load")
@click.argument("file", type=_FILE)
@click.option("--draft", is_flag=True, help="Keep it as a draft, which may still change and cannot be asked yet.")
@with_appcontext
def load(file: Path, *, draft: bool) -> None:
    """Check a file, store its edition and publish it; a published edition never changes again.

    Example: python3 hailong.py questionnaire load phieu-2027.toml
    """
    from survey.services.editions import (  # noqa: PLC0415  see above
        load_questionnaire_edition,
        read_edition_file,
    )

    session = db.session()
    content = read_edition_file(file)
    edition = load_questionnaire_edition(session, content, published_on=None if draft else local_today())
    session.commit()
    name = f"{edition.questionnaire}/{edition.edition}"
    if edition.published_on:
        click.echo(f"Phiếu {name} đã công bố. / The edition {name} is published.")
    else:
        click.echo(f"Phiếu {name} là bản nháp. / The edition {name} is a draft.")
