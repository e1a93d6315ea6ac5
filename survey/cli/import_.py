"""Import existing surveys, agencies, counters and N from CSV files.

Each file goes in whole or not at all; every bad line is named with its number, column, value and reason.
The same file twice changes nothing.  docs/import.md describes files and maps.

Example:
    python3 hailong.py import responses ratings.csv --map docs/examples/london-fft.toml --errors bad.csv
    python3 hailong.py import agencies agencies.csv --dry-run
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click
from flask.cli import with_appcontext

from survey.cli._bad_cells import BadCells, bad_cells
from survey.cli._first_start import grant_every_root
from survey.cli._progress import ProgressLine
from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from survey.services.imports import CheckedImport, ImportedResponses
    from survey.services.setup_imports import SetupFile, SetupReport

P = ParamSpec("P")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group
def command() -> None:
    """See the module."""


@command.command("responses")
@click.argument("file", type=_FILE)
@click.option("--map", "map_file", type=_FILE, required=True, help="What is what in the file (TOML).")
@click.option("--errors", type=_FILE, help="Write every bad cell to this CSV file.")
@click.option("--dry-run", is_flag=True, help="Only check; store nothing.")
@with_appcontext
def responses(file: Path, map_file: Path, errors: Path | None, *, dry_run: bool) -> None:
    """Read an existing survey into a wave, all of it or nothing, and fold it.

    Example: python3 hailong.py import responses ratings.csv --map docs/examples/london-fft.toml
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.audit import record_all  # noqa: PLC0415
    from survey.services.import_map import read_import_map  # noqa: PLC0415
    from survey.services.imports import checked_import, imported_acts, store_import  # noqa: PLC0415

    session, today, bar = db.session(), local_today(), ProgressLine()
    plan = read_import_map(map_file)
    with (
        bad_cells(errors) as cells,
        checked_import(session, file, plan, today=today, on_bad_cell=cells, progress=bar) as checked,
    ):
        # The check only read; storing begins anew and takes the lock for writing at once.
        session.rollback()
        _tell_check(checked)
        if not checked.bad_cells and not dry_run:
            _lock(session)
            done = store_import(session, checked, today=today, progress=bar)
            record_all(session, imported_acts(done, name=file.name))
            session.commit()
            _tell_stored(done)
    _finish(cells, errors, dry_run=dry_run)


def _setup_options(function: Callable[P, None]) -> Callable[P, None]:
    options = (
        click.argument("file", type=_FILE),
        click.option("--encoding", default="utf-8", show_default=True, help="For example windows-1258."),
        click.option("--errors", type=_FILE, help="Write every bad line to this CSV file."),
        click.option("--dry-run", is_flag=True, help="Only say what would be done."),
    )
    for option in reversed(options):
        function = option(function)
    return wraps(function)(with_appcontext(function))


@command.command("agencies")
@_setup_options
def agencies(file: Path, encoding: str, errors: Path | None, *, dry_run: bool) -> None:
    """Add, rename and move agencies: code,kind,name,name_en,parent_code,valid_from.

    Example: python3 hailong.py import agencies agencies.csv --dry-run
    """
    from survey.services.setup_imports import import_agencies  # noqa: PLC0415  see above

    _set_up(import_agencies, file, encoding, errors, dry_run=dry_run)


@command.command("counters")
@_setup_options
def counters(file: Path, encoding: str, errors: Path | None, *, dry_run: bool) -> None:
    """Add counters, each with a public code: agency_code,name,name_en,serves_code.

    Example: python3 hailong.py import counters counters.csv
    """
    from survey.services.setup_imports import import_counters  # noqa: PLC0415  see above

    @wraps(import_counters)
    def with_today(session: Session, file: SetupFile) -> SetupReport:
        return import_counters(session, file, today=local_today())

    _set_up(with_today, file, encoding, errors, dry_run=dry_run)


@command.command("population")
@_setup_options
def population(file: Path, encoding: str, errors: Path | None, *, dry_run: bool) -> None:
    """Set N, the finished transactions: wave_code,agency_code,month,transactions[,field_code].

    Example: python3 hailong.py import population finished-2026-11.csv
    """
    from survey.services.setup_imports import import_population  # noqa: PLC0415  see above

    _set_up(import_population, file, encoding, errors, dry_run=dry_run)


def _set_up(
    do: Callable[[Session, SetupFile], SetupReport], path: Path, encoding: str, errors: Path | None, *, dry_run: bool
) -> None:
    from survey.services.audit import record_all  # noqa: PLC0415  see above
    from survey.services.setup_imports import SetupFile  # noqa: PLC0415  see above

    session = db.session()
    _lock(session)
    with bad_cells(errors) as cells:
        report = do(session, SetupFile(path, cells, encoding))
        if dry_run or report.bad_cells:
            session.rollback()
        else:
            grant_every_root(session)
            record_all(session, report.acts(f"{do.__name__} {path.name}"))
            session.commit()
        click.echo(
            f"Thêm {report.added}, sửa {report.changed}, giữ nguyên {report.unchanged}, dòng sai {report.bad_cells}.\n"
            f"Added {report.added}, changed {report.changed}, unchanged {report.unchanged}, bad {report.bad_cells}."
        )
    for kept in report.kept:
        click.echo(f"? {kept}: tệp còn ghi tên cũ, giữ tên đã ghi nhận. / The file has the old name; the recorded one "
                   "is kept.")  # fmt: skip
    for code, month, notice in report.too_small:
        click.echo(
            f"CẢNH BÁO: {code}, tháng {month}: có {notice.respondents} phiếu nhưng N = {notice.transactions}; "
            f"N sai hoặc phiếu trùng. / WARNING: {code}, {month}: {notice.respondents} answers but N = "
            f"{notice.transactions}; N is wrong, or answers were given twice.",
            err=True,
        )
    _finish(cells, errors, dry_run=dry_run)


def _tell_check(checked: CheckedImport) -> None:
    click.echo(
        f"{checked.file.path.name}: {checked.responses} phiếu dùng được, {checked.blank} phiếu trống, "
        f"{checked.skipped} dòng bỏ theo [only], {checked.bad_cells} ô sai.\n"
        f"{checked.file.path.name}: {checked.responses} usable responses, {checked.blank} without any answer, "
        f"{checked.skipped} lines left out by [only], {checked.bad_cells} bad cells."
    )


def _tell_stored(done: ImportedResponses) -> None:
    if done.already_there:
        click.echo(
            f"Đợt {done.wave_code}: tệp này đã nhập trước đây ({done.already_there} phiếu); không có gì thay đổi.\n"
            f"Wave {done.wave_code}: this file was imported before ({done.already_there} responses); nothing changed."
        )
        return
    click.echo(
        f"Đợt {done.wave_code}: đã ghi {done.stored} phiếu của {done.agencies} cơ quan, trong đó lập mới "
        f"{done.agencies_made} cơ quan; đã tổng hợp.\n"
        f"Wave {done.wave_code}: stored {done.stored} responses of {done.agencies} agencies, {done.agencies_made} of "
        f"them newly made; folded."
    )


def _finish(cells: BadCells, errors: Path | None, *, dry_run: bool) -> None:
    cells.show(errors)
    if cells.count:
        click.echo(
            f"Chưa ghi gì, vì có {cells.count} ô sai. / Nothing was stored, because {cells.count} cells are bad.",
            err=True,
        )
        sys.exit(1)
    if dry_run:
        click.echo("Chỉ kiểm tra, chưa ghi gì. / Checked only; nothing was stored.")


def _lock(session: Session) -> None:
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
