"""Import a reorganisation of provinces and communes: what merged, was split, got another name or stayed as it was.

Without --apply nothing is written: the counts and every odd line are printed.  Bodies that are there are used, those
that are missing are added, the old ones as ended.  Answers stay with the body to which they were given.

Example:
    python3 hailong.py reorganise xa-cu-moi.csv --provinces tinh-63-34.csv
    python3 hailong.py reorganise xa-cu-moi.csv --provinces tinh-63-34.csv --apply
    python3 hailong.py reorganise xa-cu-moi.csv --only 68 --apply
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from flask.cli import with_appcontext

from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from survey.services.reorganisation import Outcome
    from survey.services.reorganisation_plan import ReorganisationPlan

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_DECISION: Final = "Nghị quyết 202/2025/QH15 và các nghị quyết sắp xếp cấp xã năm 2025"
_FATES: Final = {
    "merge": ("sáp nhập từ nhiều đơn vị", "merged from several"),
    "split": ("có phần tách từ đơn vị cũ", "made of parts of old ones"),
    "move": ("giữ nguyên địa bàn, đổi tỉnh hoặc mã", "the same land under another province or code"),
    "rename": ("đổi tên", "renamed"),
    "unchanged": ("giữ nguyên", "unchanged"),
}
_MOST_ODD_LINES: Final = 100


@click.command
@click.argument("communes", type=_FILE)
@click.option("--provinces", type=_FILE, help="File of old and new provinces; else read from the communes' lines.")
@click.option("--only", multiple=True, help="Code of a new province; may be given several times; else all.")
@click.option("--on", "effective_on", type=_DAY, default="2025-07-01", help="First day; else 1 July 2025.")
@click.option("--decision", default=_DECISION, help="Number and title of the decision.")
@click.option("--old-since", type=_DAY, default="2004-01-01", help="Since when old bodies existed that are missing.")
@click.option("--apply", "is_applied", is_flag=True, help="Write it; without this it is only tried out.")
@with_appcontext
def command(
    communes: Path,
    provinces: Path | None,
    only: tuple[str, ...],
    effective_on: datetime,
    decision: str,
    old_since: datetime,
    *,
    is_applied: bool,
) -> None:
    """See the module."""
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.reorganisation import Reorganisation, reorganise  # noqa: PLC0415

    session = db.session()
    plan = _read(communes, provinces, frozenset(only))
    # It reads before it writes: on SQLite it must hold the lock from the beginning.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    asked = Reorganisation(effective_on.date(), decision, old_since.date())
    outcome = reorganise(session, plan, asked, today=local_today())
    _tell(plan, outcome)
    if is_applied:
        session.commit()
        click.echo("Đã ghi. / Written.")
    else:
        session.rollback()
        click.echo("Chạy thử: chưa ghi gì; thêm --apply để ghi. / Dry run: nothing is written; add --apply to write.")


def _read(communes: Path, provinces: Path | None, only: frozenset[str]) -> ReorganisationPlan:
    from survey.services.reorganisation_files import SentFile, read_plan  # noqa: PLC0415 -- likewise

    beside = SentFile(provinces.name, provinces.read_bytes()) if provinces else None
    return read_plan(SentFile(communes.name, communes.read_bytes()), beside, only=only)


def _tell(plan: ReorganisationPlan, outcome: Outcome) -> None:
    old, new = len(plan.old_provinces), len(plan.provinces)
    click.echo(f"Tỉnh: {old} → {new}. / Provinces: {old} → {new}.")
    _tell_fates(plan.count(plan.provinces))
    old, new = len(plan.old_communes), len(plan.communes)
    click.echo(f"Xã: {old} → {new}; {len(plan.divided)} xã cũ bị chia. / Communes: {old} → {new}; "
               f"{len(plan.divided)} old ones divided.")  # fmt: skip
    _tell_fates(plan.count(plan.communes))
    click.echo(
        f"Thêm {outcome.added_old} đơn vị cũ và {outcome.added_new} đơn vị mới; {outcome.ended} chấm dứt; "
        f"{outcome.moved_along} chuyển theo. / {outcome.added_old} old and {outcome.added_new} new bodies added; "
        f"{outcome.ended} ended; {outcome.moved_along} moved along."
    )
    effects = outcome.effects
    moved = sum(heir is not None for _, _, heir in effects.counters)
    retired = len(effects.counters) - moved
    click.echo(
        f"Quầy: {moved} chuyển, {retired} ngừng. Vai trò: {len(effects.roles)} chuyển. Đợt: {len(effects.waves)}. "
        f"/ Counters: {moved} handed over, {retired} retired. Roles: {len(effects.roles)}. Waves: {len(effects.waves)}."
    )
    for name, owner, heir in effects.counters:
        if heir is None:
            click.echo(f"  ngừng / retired: {name} ({owner})")
    for odd in plan.oddities[:_MOST_ODD_LINES]:
        better = f" → {odd.probably}" if odd.probably else ""
        click.echo(f"  dòng / line {odd.line}, {odd.column}: {odd.value}{better} – {odd.vi} / {odd.en}")
    if len(plan.oddities) > _MOST_ODD_LINES:
        more = len(plan.oddities) - _MOST_ODD_LINES
        click.echo(f"  … và {more} dòng lạ nữa. / … and {more} more odd lines.")


def _tell_fates(counts: dict[str, int]) -> None:
    for fate, (vi, en) in _FATES.items():
        if counts.get(fate):
            click.echo(f"  {counts[fate]:>6}  {vi} / {en}")
