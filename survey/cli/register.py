"""Check, import and export agencies, counters, services and officials as CSV or XLSX.

What a file holds is recognised by its headings; docs/import.md lists them.  Nothing is stored where a single cell is
bad, and an import does exactly what check has shown.  What is exported can be edited and imported again.

Example:
    python3 hailong.py register check communes.csv
    python3 hailong.py register import agencies.xlsx --errors bad.csv
    python3 hailong.py register export counters counters.xlsx
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click
from flask.cli import with_appcontext

from survey.cli._bad_cells import BadCells, bad_cells
from survey.cli._first_start import grant_every_root
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from survey.services.register_import import Order
    from survey.services.register_values import Plan

P = ParamSpec("P")
_FILE = click.Path(dir_okay=False, path_type=Path)
_SHAPES = ("agencies", "counters", "services", "officials", "communes")


@click.group
def command() -> None:
    """See the module."""


def _file_options(function: Callable[P, None]) -> Callable[P, None]:
    options = (
        click.argument("file", type=_FILE),
        click.option("--shape", type=click.Choice(_SHAPES), help="What the file holds; else its headings tell."),
        click.option("--sheet", default="", help="The sheet of an XLSX file; else the first that holds anything."),
        click.option("--province", "only", multiple=True, help="Of communes, only these new provinces, by code."),
        click.option("--column", "named", multiple=True, help="What the file calls a column, like new_commune=Xã."),
        click.option("--errors", type=_FILE, help="Write every bad cell to this CSV file."),
    )
    for option in reversed(options):
        function = option(function)
    return wraps(function)(with_appcontext(function))


@command.command("check")
@_file_options
def check(
    file: Path, shape: str | None, sheet: str, only: tuple[str, ...], named: tuple[str, ...], errors: Path | None
) -> None:
    """Say what an import would do, and name every bad and every odd cell; nothing is stored.

    Example: python3 hailong.py register check communes.csv --province 01
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.register_import import plan_import  # noqa: PLC0415

    plan = plan_import(db.session(), _order(file, shape or "", sheet, only, named))
    db.session.rollback()
    with bad_cells(errors) as cells:
        _tell(plan, cells)
    _finish(cells, errors)
    click.echo("Chỉ kiểm tra, chưa ghi gì. / Checked only; nothing was stored.")


@command.command("import")
@_file_options
def import_(
    file: Path, shape: str | None, sheet: str, only: tuple[str, ...], named: tuple[str, ...], errors: Path | None
) -> None:
    """Import a file, all of it or nothing.

    Example: python3 hailong.py register import agencies.xlsx
    """
    from survey.services.register_import import carry_out_import, plan_import  # noqa: PLC0415  see above

    session = db.session()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    order = _order(file, shape or "", sheet, only, named)
    plan = plan_import(session, order)
    if plan.does_something:
        carry_out_import(session, order, shown=plan.digest)
        grant_every_root(session)
    session.commit()
    with bad_cells(errors) as cells:
        _tell(plan, cells)
    _finish(cells, errors)


@command.command("export")
@click.argument("shape", type=click.Choice(_SHAPES[:-1]))
@click.argument("file", type=_FILE)
@click.option("--english", is_flag=True, help="Headings and words in English.")
@with_appcontext
def export(shape: str, file: Path, *, english: bool) -> None:
    """Write a part of the register to a file, CSV or XLSX by its ending.

    Example: python3 hailong.py register export agencies agencies.xlsx
    """
    from survey.rendering.register import register_csv, register_xlsx  # noqa: PLC0415  see above
    from survey.services.audit import record  # noqa: PLC0415  see above
    from survey.services.register_export import export_register  # noqa: PLC0415  see above
    from survey.services.register_work import Rights  # noqa: PLC0415  see above

    session, today, language = db.session(), local_today(), "en" if english else "vi"
    table = export_register(session, shape, scope=Rights.of_operator().scope, today=today, language=language)
    if file.suffix.lower() == ".xlsx":
        content = register_xlsx(table.headings, table.rows, title=shape)
    elif file.suffix.lower() == ".csv":
        content = register_csv(table.headings, table.rows)
    else:
        raise RefusedError(
            vi=f"Tệp {file} phải có đuôi .csv hoặc .xlsx; hãy đổi tên.",
            en=f"{file} must end in .csv or .xlsx; rename it.",
        )
    file.write_bytes(content)
    record(session, "register.exported", subject=f"{shape} {file.name}", details={"lines": len(table.rows)})
    session.commit()
    click.echo(f"Đã ghi {len(table.rows)} dòng vào {file}. / {len(table.rows)} lines are written to {file}.")


def _order(file: Path, shape: str, sheet: str, only: Iterable[str], named: Iterable[str]) -> Order:
    from survey.services.register_import import Order, recognise_shape  # noqa: PLC0415  see above
    from survey.services.register_values import KNOWN_HEADINGS  # noqa: PLC0415  see above
    from survey.services.register_work import Rights  # noqa: PLC0415  see above
    from survey.services.table_file import read_table  # noqa: PLC0415  see above
    from survey.services.table_values import plain_heading  # noqa: PLC0415  see above

    headings = dict(pair.split("=", 1) for pair in named if "=" in pair)
    known = KNOWN_HEADINGS | set(map(plain_heading, headings.values()))
    table = read_table(file.read_bytes(), name=file.name, sheet=sheet, known=known)
    return Order(
        table=table,
        shape=recognise_shape(table, wanted=shape),
        rights=Rights.of_operator(),
        today=local_today(),
        only=frozenset(only),
        named=headings,
    )


def _tell(plan: Plan, cells: BadCells) -> None:
    for cell in plan.bad:
        cells(cell)
    for odd in plan.odd:
        place = f"Dòng {odd.line} / line {odd.line}" if odd.line else "Cả tệp / the whole file"
        click.echo(f"? {place}, {odd.column}: “{odd.value}” {odd.vi} / {odd.en}")
    counts = plan.counts
    click.echo(f"Tên cột đọc ở dòng {plan.heading_line}. / Headings are read from line {plan.heading_line}.")
    click.echo(
        f"{plan.shape}: thêm {counts['added']}, sửa {counts['changed']}, ngừng {counts['retired']}, giữ nguyên "
        f"{counts['unchanged']}, ô sai {len(plan.bad)}, ô nên xem lại {len(plan.odd)}.\n"
        f"{plan.shape}: added {counts['added']}, changed {counts['changed']}, retired {counts['retired']}, unchanged "
        f"{counts['unchanged']}, bad cells {len(plan.bad)}, odd cells {len(plan.odd)}."
    )
    if plan.old_bodies:
        click.echo(
            f"{plan.old_bodies} đơn vị cấp xã cũ trong tệp không bị đụng đến; muốn ghi cả đợt sắp xếp: reorganise.\n"
            f"The {plan.old_bodies} former communes in the file are left alone; to record them too: reorganise."
        )


def _finish(cells: BadCells, errors: Path | None) -> None:
    cells.show(errors)
    if cells.count:
        click.echo(
            f"Chưa ghi gì, vì có {cells.count} ô sai. / Nothing was stored, because {cells.count} cells are bad.",
            err=True,
        )
        sys.exit(1)
