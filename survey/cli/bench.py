"""Measure speed and size, each figure beside its floor in the same run.

The last line is JSON: {figure: {"value", "floor", "ratio", "unit"}}.  Without a name every benchmark runs but those
that take many minutes; with --full those too.

Example:
    python3 hailong.py bench
    python3 hailong.py bench startup citizen_page
    python3 hailong.py bench stored
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path
from typing import Final, TypedDict

import click

from survey.cli._signals import leave_in_order

LONG: Final = frozenset({"dashboard", "findings", "stored"})
BENCHMARKS: Final = Path(__file__).resolve().parents[2] / "benchmarks"


class Figure(TypedDict):
    """One measured figure, its floor, and how many times the floor it is."""

    value: float
    floor: float
    ratio: float
    unit: str


@click.command
@click.option("--full", is_flag=True, help="Without a name, run also what takes many minutes.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def command(names: tuple[str, ...], *, full: bool) -> None:
    """Run the benchmarks one after the other; one that fails does not hide the others."""
    leave_in_order()
    known = sorted(path.stem for path in BENCHMARKS.glob("[!_]*.py"))
    if unknown := sorted(set(names) - set(known)):
        message = f"{', '.join(unknown)}; there are {', '.join(known)}"
        raise click.BadParameter(message, param_hint="NAME")
    figures: dict[str, Figure] = {}
    failed = []
    for name in names or (name for name in known if full or name not in LONG):
        click.secho(f"── {name} ──", bold=True, err=True)
        try:
            figures |= importlib.import_module(f"benchmarks.{name}").figures()
        except Exception:  # noqa: BLE001  the other benchmarks are still to be measured
            traceback.print_exc()
            failed.append(name)
    click.echo(_table(figures))
    for name in failed:
        click.secho(f"FAILED: {name}", fg="red", bold=True)
    click.echo(json.dumps(figures))
    sys.exit(bool(failed))


def _table(figures: dict[str, Figure]) -> str:
    width = max((len(name) for name in figures), default=0)
    lines = [f"{'figure':{width}}  {'value':>12}  {'floor':>12}  {'ratio':>7}  unit"]
    lines += [
        f"{name:{width}}  {figure['value']:12,.4g}  {figure['floor']:12,.4g}  {figure['ratio']:7.2f}  {figure['unit']}"
        for name, figure in figures.items()
    ]
    return "\n".join(lines)
