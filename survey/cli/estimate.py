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

from survey.cli._refusals import SYSTEM_REASONS, RefusedError


@click.command
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result there; - for the screen.")
def command(plan: Path, json_file: Path | None) -> None:
    """Run PLAN and print a readable table, or write JSON."""
    # The estimators bring numpy along, which the other verbs do not wait for.
    from analysis import __version__  # noqa: PLC0415
    from analysis.plan import PlanError, as_json, as_text, run_plan  # noqa: PLC0415
    from survey.cli._estimate_words import BESIDE, as_sentence, in_vietnamese  # noqa: PLC0415

    try:
        result = run_plan(_read(plan), lambda name: _read(plan.parent / name), plan_file=plan.name, version=__version__)
    except PlanError as error:
        raise RefusedError(vi=in_vietnamese(error), en=as_sentence(str(error))) from error
    if json_file is None:
        click.echo(as_text(result, BESIDE), nl=False)
    elif str(json_file) == "-":
        click.echo(as_json(result), nl=False)
    else:
        _write_whole(json_file, as_json(result))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        vi, en = _reason(error)
        raise RefusedError(
            vi=f"Không đọc được {file} ({vi}); hãy kiểm tra tên tệp và quyền truy cập.",
            en=f"{file} cannot be read ({en}); check the name and its permissions.",
        ) from error


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
        vi, en = _reason(error)
        raise RefusedError(
            vi=f"Không ghi được {file} ({vi}); hãy kiểm tra thư mục và quyền truy cập.",
            en=f"{file} cannot be written ({en}); check the folder and its permissions.",
        ) from error


def _reason(error: OSError) -> tuple[str, str]:
    """Return what the system says, in Vietnamese and in English."""
    return SYSTEM_REASONS.get(error.errno or 0, (str(error.strerror), str(error.strerror)))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


estimate_command = command
