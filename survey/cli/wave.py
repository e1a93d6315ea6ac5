"""List, plan, open, pause, close, extend and release waves of fieldwork.

Example:
    python3 hailong.py wave list
    python3 hailong.py wave plan LG-2027 "Khảo sát 2027" --agency LG --year 2027 --from 2027-01-01 --to 2027-11-30
    python3 hailong.py wave open LG-2027 --except LG-S05 --except-counter 4F7K2M9PX
    python3 hailong.py wave target LG-2027 --margin 5 --participation 20
    python3 hailong.py wave gauge LG-2027
    python3 hailong.py wave close LG-2027
    python3 hailong.py wave delete LG-2028
    python3 hailong.py wave draft-release LG-2027 --by an@tinh.gov.vn
    python3 hailong.py wave release LG-2027 --by binh@tinh.gov.vn
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click
from flask.cli import with_appcontext

from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today

if TYPE_CHECKING:
    from uuid import UUID

    from survey.models.fieldwork import Wave

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_SAMPLES: Final = ("self_selected", "transactions", "household")
_POINTS: Final = 100


@click.group
def command() -> None:
    """See the module."""


@command.command("list")
@with_appcontext
def list_() -> None:
    """Print every wave, the latest first.

    Example: python3 hailong.py wave list
    """
    # Loaded here, because the help of the verb must not wait for it.
    from survey.services.lookups import list_waves  # noqa: PLC0415

    waves = list_waves(db.session())
    for wave in waves:
        release = f"v{wave.release.version}" if wave.release and wave.release.released_on else ""
        click.echo(
            f"{wave.code}  {wave.index_year}  {wave.state:7}  {wave.opens_on:%d/%m/%Y}–{wave.closes_on:%d/%m/%Y}  "
            f"{wave.sample_kind}  {wave.name}  {release}".rstrip()
        )
    if not waves:
        click.echo("Chưa có đợt nào; dùng wave plan. / There is no wave yet; use wave plan.")


@command.command("plan")
@click.argument("code")
@click.argument("name")
@click.option("--agency", required=True, help="Code of the agency; the wave covers everything below it.")
@click.option("--year", type=int, required=True, help="The index year that it feeds.")
@click.option("--from", "opens_on", type=_DAY, required=True, help="First day, like 2027-01-01.")
@click.option("--to", "closes_on", type=_DAY, required=True, help="Last day.")
@click.option("--questionnaire", default="counter/2026", show_default=True, help="Questionnaire and edition.")
@click.option("--method", default="par-2026", show_default=True, help="Method edition.")
@click.option(
    "--sample", type=click.Choice(_SAMPLES), default="self_selected", show_default=True, help="Kind of sample."
)
@click.option("--name-en", help="English name.")
@with_appcontext
def plan(  # noqa: PLR0913 -- a wave is what its options say
    code: str,
    name: str,
    *,
    agency: str,
    year: int,
    opens_on: datetime,
    closes_on: datetime,
    questionnaire: str,
    method: str,
    sample: str,
    name_en: str | None,
) -> None:
    """Plan a wave; open it later.

    Example: python3 hailong.py wave plan LG-2027 "2027" --agency LG --year 2027 --from 2027-01-01 --to 2027-11-30
    """
    from survey.services import lookups  # noqa: PLC0415  see above
    from survey.services.waves import WavePlan, plan_wave  # noqa: PLC0415  see above

    session = db.session()
    name_of_questionnaire, _, edition = questionnaire.partition("/")
    days = opens_on.date(), closes_on.date()
    wave = plan_wave(
        session,
        WavePlan(
            code=code,
            name=name,
            sample_kind=sample,
            index_year=year,
            opens_on=days[0],
            closes_on=days[1],
            name_en=name_en,
        ),
        agency=lookups.require_agency(session, agency, on=days[0]),
        questionnaire_edition=lookups.require_questionnaire_edition(session, name_of_questionnaire, edition),
        method_edition=lookups.require_method_edition(session, method),
    )
    _finish(wave, "đã lập", "is planned")


@command.command("open")
@click.argument("code")
@click.option("--except", "agencies", multiple=True, help="Code of an agency that takes no part, nor what is below it.")
@click.option("--except-counter", "counters", multiple=True, help="Public code of a counter that takes no part.")
@click.option("--dry-run", is_flag=True, help="Only say at how many counters, and which are busy.")
@with_appcontext
def open_(code: str, agencies: tuple[str, ...], counters: tuple[str, ...], *, dry_run: bool) -> None:
    """Open a planned wave at the counters chosen for it, or at every counter below its agency.

    Example: python3 hailong.py wave open LG-2027 --except LG-S05
    """
    from survey.services.lookups import require_counters  # noqa: PLC0415  see above
    from survey.services.wave_counters import find_clashes, leave_out_counters  # noqa: PLC0415  see above
    from survey.services.waves import counters_to_open, open_wave  # noqa: PLC0415  see above

    session, today = db.session(), local_today()
    wave = _wave(code)
    for agency in agencies:
        leave_out_counters(session, wave, require_counters(session, agency=agency, codes=(), on=today))
    if counters:
        leave_out_counters(session, wave, require_counters(session, agency="", codes=counters, on=today))
    number, clashes = len(counters_to_open(session, wave)), find_clashes(session, wave)
    for clash in clashes:
        name = f"{clash.counter.name} ({clash.counter.agency.name})"
        click.echo(f"{name}: đang ở đợt {clash.other.code} / is in the wave {clash.other.code}", err=True)
    if dry_run:
        session.rollback()
        click.echo(
            f"{number} quầy sẽ phát phiếu, {len(clashes)} đang bận; chưa làm gì. / "
            f"{number} counters would hand out forms, {len(clashes)} are busy; nothing was done."
        )
        return
    open_wave(session, wave, today=today)
    _finish(wave, f"đã mở ở {number} quầy", f"is open at {number} counters")


@command.command("target")
@click.argument("code")
@click.option("--margin", type=float, required=True, help="Percentage points either way, like 5.")
@click.option("--design-effect", type=float, default=1.0, show_default=True, help="1 for independent answers.")
@click.option("--participation", type=float, default=20.0, show_default=True, help="Percent of the asked who answer.")
@with_appcontext
def target(code: str, margin: float, design_effect: float, participation: float) -> None:
    """Say how precise every agency's figure is to be.

    Example: python3 hailong.py wave target LG-2027 --margin 5 --participation 20
    """
    from survey.services.wave_edits import set_target  # noqa: PLC0415  see above

    wave = _wave(code)
    set_target(
        db.session(),
        wave,
        margin=margin / _POINTS,
        design_effect=design_effect,
        participation=participation / _POINTS,
    )
    _finish(wave, f"có mục tiêu ±{margin:g} điểm", f"has the target ±{margin:g} points")


@command.command("gauge")
@click.argument("code")
@with_appcontext
def gauge(code: str) -> None:
    """Print how far a wave has come: answers, target, what is missing, participation, margin, agency by agency.

    Example: python3 hailong.py wave gauge LG-2027
    """
    from survey.findings.gauge import fill_in, gauge_rows, target_of_wave, total_of  # noqa: PLC0415  see above
    from survey.queries.agencies import list_agencies  # noqa: PLC0415  see above
    from survey.queries.waves import get_wave  # noqa: PLC0415  see above
    from survey.rendering import numbers  # noqa: PLC0415  see above

    session, found = db.session(), _wave(code)
    row = get_wave(session, wave_id=found.id)
    if row is None:
        return
    agencies, today = list_agencies(session, paths=[row.root_path]), local_today()
    target = target_of_wave(session, wave_id=row.id)
    rows = gauge_rows(session, wave=row, agencies=agencies, target=target, today=today)
    last = f", đã đóng {numbers.day(row.closed_on, 'vi')}" if row.closed_on else ""
    click.echo(f"{row.code}: {numbers.day(row.opens_on, 'vi')} – {numbers.day(row.closes_on, 'vi')}{last}")
    for line in fill_in(session, rows, wave=row, today=today):
        wanted = f" / {line.target.n} (thiếu {line.needed})" if line.target else ""
        share = line.rate.share if line.rate else None
        rate = f"  {numbers.percent(share, 'vi')}" if share is not None else ""
        margin = f"  {numbers.margin(line.margin, 'vi')}" if line.margin is not None else ""
        days = f"  đủ khoảng {numbers.day(line.reached_on, 'vi')}" if line.reached_on else ""
        days += f"  kết thúc {numbers.day(line.ended_on, 'vi')}" if line.ended_on else ""
        click.echo(f"{line.agency.code}  {line.agency.name.vi}: {line.answers}{wanted}{rate}{margin}{days}")
    total = total_of(rows)
    click.echo(
        f"{total.answers} phiếu, {total.agencies} cơ quan. / {total.answers} answers, {total.agencies} agencies."
    )


@command.command("delete")
@click.argument("code")
@with_appcontext
def delete(code: str) -> None:
    """Delete a wave that was never opened, with its N and target.

    Example: python3 hailong.py wave delete LG-2027
    """
    from survey.services.wave_deletion import delete_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    code = wave.code
    delete_wave(db.session(), wave)
    db.session.commit()
    click.echo(f"Đợt {code} đã xoá. / The wave {code} is deleted.")


@command.command("pause")
@click.argument("code")
@with_appcontext
def pause(code: str) -> None:
    """Stop handing out forms for a while.

    Example: python3 hailong.py wave pause LG-2027
    """
    from survey.services.waves import pause_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    pause_wave(db.session(), wave)
    _finish(wave, "đã tạm dừng", "is paused")


@command.command("resume")
@click.argument("code")
@with_appcontext
def resume(code: str) -> None:
    """Hand out forms of a paused wave again.

    Example: python3 hailong.py wave resume LG-2027
    """
    from survey.services.waves import resume_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    resume_wave(db.session(), wave, today=local_today())
    _finish(wave, "đã mở lại", "is open again")


@command.command("extend")
@click.argument("code")
@click.option("--to", "closes_on", type=_DAY, required=True, help="The new last day, like 2027-12-31.")
@with_appcontext
def extend(code: str, closes_on: datetime) -> None:
    """Move the last day of a wave to a later day.

    Example: python3 hailong.py wave extend LG-2027 --to 2027-12-31
    """
    from survey.services.waves import extend_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    extend_wave(db.session(), wave, closes_on=closes_on.date(), today=local_today())
    _finish(wave, f"kéo dài đến {wave.closes_on:%d/%m/%Y}", f"lasts until {wave.closes_on:%d/%m/%Y}")


@command.command("close")
@click.argument("code")
@with_appcontext
def close(code: str) -> None:
    """Close a wave for good; forms handed out before still count for seven days.

    Example: python3 hailong.py wave close LG-2027
    """
    from survey.services.waves import close_wave, first_release_day  # noqa: PLC0415  see above

    wave = _wave(code)
    close_wave(db.session(), wave, today=local_today())
    day = f"{first_release_day(wave):%d/%m/%Y}"
    _finish(wave, f"đã đóng; có thể công bố từ {day}", f"is closed; it can be released from {day} on")


@command.command("draft-release")
@click.argument("code")
@click.option("--by", "email", required=True, help="E-mail of the official who proposes it.")
@click.option("--note", default="", help="What a correction changes, and why; the public reads it.")
@with_appcontext
def draft(code: str, email: str, note: str) -> None:
    """Propose to release the results of a closed wave.

    Example: python3 hailong.py wave draft-release LG-2027 --by an@tinh.gov.vn
    """
    from survey.services.releases import draft_release  # noqa: PLC0415  see above

    wave = _wave(code)
    draft_release(db.session(), wave, drafted_by=_official_above(wave, email), today=local_today(), note=note)
    _finish(wave, "đã đề nghị công bố", "waits for another person to release it")


@command.command("review-release")
@click.argument("code")
@click.option("--by", "email", required=True, help="E-mail of the official who reviewed it; not the drafter.")
@with_appcontext
def review(code: str, email: str) -> None:
    """Approve what another official drafted; a third one releases it.

    Example: python3 hailong.py wave review-release LG-2027 --by chi@tinh.gov.vn
    """
    from survey.services.releases import review_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    done = review_wave(db.session(), wave, reviewed_by=_official_above(wave, email), today=local_today())
    _finish(wave, f"đã soát xét bản {done.version}", f"version {done.version} is reviewed")


@command.command("release")
@click.argument("code")
@click.option(
    "--by", "email", required=True, help="E-mail of the official who releases it; neither drafter nor reviewer."
)
@with_appcontext
def release(code: str, email: str) -> None:
    """Release what one official drafted and another reviewed.

    Example: python3 hailong.py wave release LG-2027 --by binh@tinh.gov.vn
    """
    from survey.services.releases import release_wave  # noqa: PLC0415  see above

    wave = _wave(code)
    done = release_wave(db.session(), wave, released_by=_official_above(wave, email), today=local_today())
    _finish(wave, f"đã công bố, bản {done.version}", f"is released, version {done.version}")


def _wave(code: str) -> Wave:
    from survey.services.lookups import require_wave  # noqa: PLC0415  see above

    return require_wave(db.session(), code)


def _official_above(wave: Wave, email: str) -> UUID:
    """Return the id of an official who may release the wave."""
    from survey.queries.scope import get_scope  # noqa: PLC0415  see above
    from survey.services.accounts import find_official  # noqa: PLC0415  see above

    official = find_official(db.session(), email)
    if official is None or not get_scope(db.session(), official_id=official.id).stands_above(wave.agency.path):
        raise RefusedError(
            vi=f"{email} không có quyền công bố đợt {wave.code}; cần quyền quản lý khảo sát từ “{wave.agency.name}” "
            f"trở lên.",
            en=f"{email} may not release the wave {wave.code}; that takes a survey manager of “{wave.agency.name}” or "
            f"above.",
        )
    return official.id


def _finish(wave: Wave, vi: str, en: str) -> None:
    # The names are read before the commit lets go of them.
    text = f"Đợt {wave.code} {vi}. / The wave {wave.code} {en}."
    db.session.commit()
    click.echo(text)
