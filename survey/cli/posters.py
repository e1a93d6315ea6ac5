"""Print the posters of an agency's counters, a page each, in one PDF.

Example:
    python3 hailong.py posters --out posters.pdf
    python3 hailong.py posters --agency LG --size A5 --out posters-a5.pdf
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import flask
from flask.cli import with_appcontext
from sqlalchemy import select

from survey.cli._documents import write_documents
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.desk_lists import list_counters
from survey.rendering.poster import Poster, PosterSize, is_loopback, poster_address, posters_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


@click.command
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--agency", "code", help="Code of the agency; its subtree counts.  Else every agency.")
@click.option("--size", type=click.Choice(["A4", "A5"]), default="A4", show_default=True)
@with_appcontext
def command(out: Path, code: str | None, size: PosterSize) -> None:
    """See the module."""
    session = db.session()
    posters = list(_posters(session, code, flask.current_app.config["PUBLIC_URL"]))
    if not posters:
        raise RefusedError(
            vi="Không có quầy nào đang dùng; hãy thêm quầy trước khi in áp phích.",
            en="There is no counter in use; add one before printing posters.",
        )
    (path,) = write_documents(out.parent, {out.name: posters_pdf(posters, size=size)})
    click.echo(path)
    if posters[0].is_loopback:
        click.echo(
            "Địa chỉ chỉ mở được trên máy này; hãy đặt PUBLIC_URL rồi in lại.\n"
            "The address opens on this machine only; set PUBLIC_URL and print again.",
            err=True,
        )


def _posters(session: Session, code: str | None, public_url: str) -> Iterator[Poster]:
    """Make the poster of the newest valid code of every counter, agency by agency."""
    for agency in _agencies(session, code):
        for point in list_counters(session, agency):
            working = [each.code for each in point.codes if each.retired_on is None]
            if working:
                yield Poster(
                    agency_name=point.agency.name,
                    counter_name=point.name,
                    code=working[0],
                    address=poster_address(public_url, working[0]),
                    is_demo=point.agency.is_demo,
                    is_loopback=is_loopback(public_url),
                    printed_on=local_today(),
                )


def _agencies(session: Session, code: str | None) -> list[Agency]:
    chosen = Agency.code == code if code else Agency.parent_id.is_(None)
    found = list(session.scalars(select(Agency).where(chosen).order_by(Agency.sort_key, Agency.valid_from.desc())))
    if code and not found:
        raise RefusedError(
            vi=f"Không có cơ quan {code}; xem mã bằng python3 hailong.py agency list.",
            en=f"There is no agency {code}; see the codes with python3 hailong.py agency list.",
        )
    # A code may have been given to another body since: the newest one is meant.
    return found[:1] if code else found
