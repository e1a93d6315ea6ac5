"""What ``run`` prints when the door is open: a counter's page and poster, and where officials sign in."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli._refusals import RefusedError
from survey.jobs.posters import draw_posters
from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.fieldwork import WaveServicePoint
from survey.models.identifiers import local_today
from survey.rendering.poster import Poster, is_loopback, poster_address

SIGN_IN: Final = "/sign-in"


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter that stands for all: one that takes answers now."""

    address: str
    in_qr: str
    poster: Path


def prepare_counter(session: Session, *, public_url: str, folder: Path) -> Counter | None:
    """Draw the poster of the first counter into ``folder``; None where there is no counter yet."""
    row = session.execute(
        select(ServicePointCode.code, ServicePoint.name, Agency.name, Agency.is_demo)
        .join(ServicePoint, ServicePoint.id == ServicePointCode.service_point_id)
        .join(Agency, Agency.id == ServicePoint.agency_id)
        .outerjoin(WaveServicePoint, (WaveServicePoint.service_point_id == ServicePoint.id) & WaveServicePoint.is_open)
        .where(ServicePointCode.retired_on.is_(None), ServicePoint.retired_on.is_(None))
        .order_by(WaveServicePoint.wave_id.is_(None), Agency.sort_key, ServicePoint.sort_key, ServicePointCode.code)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    code, counter_name, agency_name, is_demo = row
    in_qr = poster_address(public_url, code)
    poster = Poster(
        agency_name=agency_name,
        counter_name=counter_name,
        code=code,
        address=in_qr,
        is_demo=is_demo,
        is_loopback=is_loopback(public_url),
        printed_on=local_today(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"poster-{code}.pdf"
    _draw_apart(poster, path, folder.parent)
    return Counter(f"{public_url}/Q/{code}", in_qr, path)


def _draw_apart(poster: Poster, path: Path, data_dir: Path) -> None:
    # The typesetter starts threads that no fork takes along: the server's workers, forked from here, would wait for
    # them for ever when they make their first PDF; so would a fork of a process that has typeset before.
    process = get_context("spawn").Process(target=_draw, args=(poster, path, data_dir))
    process.start()
    process.join()
    if process.exitcode:
        raise RefusedError(
            vi=f"Không vẽ được áp phích {path}; lý do ở trên.",
            en=f"The poster {path} could not be drawn; the reason stands above.",
        )


def _draw(poster: Poster, path: Path, data_dir: Path) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(draw_posters([poster], size="A4", second="en", data_dir=data_dir))
    unfinished.replace(path)


def open_door(*, public_url: str, counter: Counter | None, email: str, password: str | None) -> None:
    """Print everything that the one who started the server needs next."""
    click.echo()
    if counter:
        click.echo(qr_in_terminal(counter.in_qr))
        click.echo(f"Trang đánh giá của quầy / The counter's page:  {counter.address}")
        click.echo(f"Áp phích của quầy (PDF) / The counter's poster: {counter.poster}")
    click.echo(f"Cán bộ đăng nhập / Officials sign in:          {public_url}{SIGN_IN}")
    if password:
        click.echo(f"  E-mail: {email}")
        click.echo(f"  Mật khẩu dùng một lần, phải đổi khi đăng nhập / One-time password, to be changed: {password}")
    else:
        click.echo("  Quên mật khẩu / Forgotten password: python3 hailong.py reset-password")
    click.echo("\nDừng bằng Ctrl-C. / Stop with Ctrl-C.")


def qr_in_terminal(text: str) -> str:
    """Draw a QR code in half blocks, which telephones read off a dark and off a light terminal alike."""
    import qrcode  # noqa: PLC0415  loads slowly, and a start without counters draws none

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    drawn = io.StringIO()
    # Dark terminals are the common case; on a light one the code is inverted, which today's telephones read.
    code.print_ascii(out=drawn, invert=os.environ.get("COLORFGBG", "").rpartition(";")[2] not in {"7", "15"})
    return drawn.getvalue().rstrip("\n")
