"""Print the posters of one counter, of an agency's counters or of all, a page each or as stickers, in one PDF.

Example:
    python3 hailong.py posters --out posters.pdf
    python3 hailong.py posters --agency LG --size A5 --out posters-a5.pdf
    python3 hailong.py posters --counter 7K4M2Q9XD --size sticker --second vi --out stickers.pdf
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import flask
from flask.cli import with_appcontext
from sqlalchemy import select

from survey.cli._documents import record_documents, write_documents
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.jobs.posters import draw_posters, poster_languages, read_posters
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.desk_lists import list_counters
from survey.rendering.poster import POSTER_SIZES, PosterSize
from survey.services.counter_codes import mark_printed
from survey.services.lookups import require_counters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--agency", "code", help="Code of the agency; its subtree counts.  Else every agency.")
@click.option("--counter", "counters", multiple=True, help="Code of a counter; can be given several times.")
@click.option("--size", type=click.Choice(POSTER_SIZES), default="A4", show_default=True)
@click.option("--second", default="en", show_default=True, help="Second language; vi for Vietnamese alone.")
@with_appcontext
def command(out: Path, code: str | None, counters: tuple[str, ...], size: PosterSize, second: str) -> None:
    """See the module."""
    session, config = db.session(), flask.current_app.config["HAILONG"]
    _check_language(second, config.data_dir)
    if counters:
        chosen = require_counters(session, agency="", codes=counters, on=local_today())
    else:
        chosen = [point for agency in _agencies(session, code) for point in list_counters(session, agency)]
    posters = read_posters(chosen, public_url=flask.current_app.config["PUBLIC_URL"], today=local_today())
    if not posters:
        raise RefusedError(
            vi="Không có quầy nào đang dùng; hãy thêm quầy trước khi in áp phích.",
            en="There is no counter in use; add one before printing posters.",
        )
    content = draw_posters(posters, size=size, second=second, data_dir=config.data_dir)
    (path,) = write_documents(out.parent, {out.name: content})
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    mark_printed(session, [poster.code for poster in posters], today=local_today())
    session.commit()
    record_documents(out.name, agency_id=None, counters=len(posters))
    click.echo(path)
    if posters[0].is_loopback:
        click.echo(
            "Địa chỉ chỉ mở được trên máy này; hãy đặt PUBLIC_URL rồi in lại.\n"
            "The address opens on this machine only; set PUBLIC_URL and print again.",
            err=True,
        )


def _check_language(second: str, data_dir: Path) -> None:
    known = poster_languages(data_dir)
    if second not in known:
        raise RefusedError(
            vi=f"Áp phích chưa in được bằng “{second}”: mọi câu poster_ phải được duyệt, xem docs/languages.md. Đã có: "
            f"{', '.join(known)}.",
            en=f"Posters cannot be printed in “{second}” yet: every poster_ sentence must be reviewed, see "
            f"docs/languages.md. There are {', '.join(known)}.",
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
