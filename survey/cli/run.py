"""Start the system: database, demo province on the first start, and the web server.

The first start makes the database in the data folder, loads a fictional demo province (unless --empty) and prints a
one-time password.  Every later start keeps all data.  Ctrl-C or SIGTERM ends it.

Example:
    python3 hailong.py run
    PUBLIC_URL=https://hailong.example.gov.vn python3 hailong.py run --host 0.0.0.0 --port 8080 --data /srv/hailong
"""

from __future__ import annotations

import os
import socket
import sys
from ipaddress import ip_address

import click
import flask
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli._data_folder import held, keep_private
from survey.cli._door import open_door, prepare_counter
from survey.cli._first_start import ADMINISTRATOR, add_administrator, is_first_start
from survey.cli._progress import ProgressLine
from survey.cli._refusals import RefusedError
from survey.cli._schema import Schema, migrate_schema, read_schema
from survey.db import db
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.services.demo import load_demo
from survey.services.editions import load_builtin_editions
from survey.services.rubrics import load_builtin_rubrics


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
@click.option("--empty", is_flag=True, help="Load no demo province on the first start.")
@click.pass_context
def command(ctx: click.Context, host: str, port: int, workers: int, *, empty: bool) -> None:
    """Prepare what is missing, then serve until told to end."""
    from survey.cli import _server  # noqa: PLC0415  the port is the first thing looked at, and --help needs none of it

    port = _server.require_free_port(host, port)
    keep_private()
    _say("Đang khởi động… / Starting…")
    app = ctx.ensure_object(ScriptInfo).load_app()
    config = app.config["HAILONG"]
    # The environment, so that whatever is started from here knows it too.
    os.environ["HAILONG_DATA_DIR"] = str(config.data_dir.absolute())
    if "public_url" not in config.model_fields_set:
        os.environ["PUBLIC_URL"] = f"http://{_reachable(host)}:{port}"
        for each in (app, app.extensions["citizens"]):
            each.config["PUBLIC_URL"] = os.environ["PUBLIC_URL"]
    with held(config.data_dir):
        with app.app_context():
            _prepare_schema(app)
            password = _fill(empty=empty)
            public_url = app.config["PUBLIC_URL"]
            counter = prepare_counter(db.session(), public_url=public_url, folder=config.data_dir / "posters")
            db.session.remove()
            db.engine.dispose()

        def announce() -> None:
            open_door(public_url=public_url, counter=counter, email=ADMINISTRATOR, password=password)

        _server.serve(app, host=host, port=port, workers=workers, announce=announce)


def _prepare_schema(app: flask.Flask) -> None:
    state = read_schema()
    if state is Schema.CURRENT:
        return
    if not app.config["HAILONG"].is_embedded:
        raise RefusedError(
            vi="Cơ sở dữ liệu PostgreSQL chưa đúng phiên bản; hãy sao lưu rồi chạy python3 hailong.py migrate.",
            en="The PostgreSQL database is not of this version; back it up and start python3 hailong.py migrate.",
        )
    _say("Đang tạo hoặc nâng cấp cơ sở dữ liệu… / Making or updating the database…")
    migrate_schema()


def _fill(*, empty: bool) -> str | None:
    """Load the demo province and add an administrator on the first start; return his password, else None."""
    session = db.session()
    is_first = is_first_start(session)
    if is_first and not empty:
        # First of all: its editions were published before its oldest wave.
        _say("Đang nạp tỉnh minh hoạ (dữ liệu hư cấu)… / Loading the demo province (fictional data)…")
        load_demo(session, today=local_today(), progress=ProgressLine())
        _decide_demo_rounds(session)
    # At every start, because a new version may bring new editions; those that are there stay as they are.
    load_builtin_editions(session, today=local_today())
    load_builtin_rubrics(session, today=local_today())
    if not is_first:
        session.commit()
        if empty:
            _ask_about_data(session)
        return None
    password = add_administrator(session)
    session.commit()
    return password


def _decide_demo_rounds(session: Session) -> None:
    # What estimates takes a second to load, which no other start shall wait for.
    from survey.jobs.demo_index import decide_demo_rounds  # noqa: PLC0415

    decide_demo_rounds(session)


def _ask_about_data(session: Session) -> None:
    """Say that nothing begins empty where data are; stop where they are the demo's, else ask whoever sits there."""
    roots = list(session.scalars(select(Agency).where(Agency.parent_id.is_(None)).order_by(Agency.sort_key)))
    if not roots:
        return
    names = ", ".join(root.name for root in roots)
    if any(root.is_demo for root in roots):
        raise RefusedError(
            vi=f"Thư mục dữ liệu này đã có tỉnh minh hoạ ({names}) nên không bắt đầu trống được. Bỏ --empty để chạy "
            "với dữ liệu đang có, hoặc chọn thư mục khác: python3 hailong.py run --empty --data THƯ-MỤC-MỚI",
            en=f"This data folder holds the demo province ({names}), so nothing can begin empty. Leave out --empty to "
            "run with it, or choose another folder: python3 hailong.py run --empty --data NEW-FOLDER",
        )
    _say(
        f"Chú ý: thư mục dữ liệu này đã có dữ liệu ({names}); --empty không xoá gì, hệ thống chạy với dữ liệu đó. / "
        f"Note: this data folder already holds data ({names}); --empty erases nothing, the system runs with them."
    )
    # A service that begins anew has nobody to ask, and must not stay down for it.
    if sys.stdin.isatty():
        click.confirm("Chạy với dữ liệu đang có? / Run with the data that is there?", abort=True)


def _reachable(host: str) -> str:
    """Return the address under which others reach a server that listens on ``host``."""
    address = ip_address(host) if host.replace(".", "").isdecimal() or ":" in host else None
    if address is None or not address.is_unspecified:
        return f"[{host}]" if address is not None and address.version != ip_address("127.0.0.1").version else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        try:
            # Sends nothing: it only asks which of our addresses leads outside.
            trial.connect(("192.0.2.1", 9))
            return str(trial.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _say(sentence: str) -> None:
    click.echo(sentence)
