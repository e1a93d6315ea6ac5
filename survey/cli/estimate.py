"""Estimate what an analysis plan (TOML) asks of a CSV file.

Needs no database.  The plan can be written before the data exist; docs/methodology.md has every formula and
docs/estimate.md every key.  The same plan and data give the same bytes.

Example:
    python3 hailong.py estimate plan.toml
    python3 hailong.py estimate plan.toml --json result.json
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import click


@click.command
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result there; - for the screen.")
def command(plan: Path, json_file: Path | None) -> None:
    """Run PLAN and print a readable table, or write JSON."""
    # The estimators bring numpy along, which the other verbs do not wait for.
    from analysis import __version__  # noqa: PLC0415
    from analysis.plan import PlanError, as_json, as_text, run_plan  # noqa: PLC0415

    try:
        result = run_plan(_read(plan), lambda name: _read(plan.parent / name), plan_file=plan.name, version=__version__)
    except PlanError as error:
        raise click.ClickException(str(error)) from error
    if json_file is None:
        click.echo(as_text(result), nl=False)
    elif str(json_file) == "-":
        click.echo(as_json(result), nl=False)
    else:
        _write_whole(json_file, as_json(result))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}); check the name and its permissions"
        raise click.ClickException(msg) from error


def _write_whole(file: Path, content: bytes) -> None:
    """Write all or nothing: a broken disk leaves no half of a result under the name of one."""
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):
            file.write_bytes(content)  # a device or a pipe, which no file may replace
            return
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
            part.write(content)
        try:
            Path(part.name).chmod(0o666 & ~_umask())
            Path(part.name).replace(file)
        except OSError:
            Path(part.name).unlink()
            raise
    except OSError as error:
        msg = f"{file} cannot be written ({error.strerror}); check the folder and its permissions"
        raise click.ClickException(msg) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


estimate_command = command
