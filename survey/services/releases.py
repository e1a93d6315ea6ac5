"""Releases in three steps by three people: drafted, reviewed, released; a correction is a new version with a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_id, new_release_code
from survey.models.jobs import Job
from survey.models.releases import AnnualRelease, Release, WaveRelease
from survey.queries.release_basis import checksum_of_counts, find_open_release, list_waves_behind, list_waves_of_release
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.jobs import request_job
from survey.services.wave_checks import check_state
from survey.services.waves import first_release_day

RELEASE: Final = "release"
LONGEST_NOTE: Final = 1000
# What the ledger calls each step of a wave's release, and of a year's.
_VERBS: Final = {
    ("wave", "drafted"): "wave.release_drafted",
    ("wave", "reviewed"): "wave.release_reviewed",
    ("wave", "sent_back"): "wave.release_sent_back",
    ("wave", "dropped"): "wave.release_dropped",
    ("wave", "released"): "wave.released",
    ("annual", "drafted"): "annual.release_drafted",
    ("annual", "reviewed"): "annual.release_reviewed",
    ("annual", "sent_back"): "annual.release_sent_back",
    ("annual", "dropped"): "annual.release_dropped",
    ("annual", "released"): "annual.released",
}
_TO_RELEASE: Final = ("công bố", "released")


def draft_release(session: Session, wave: Wave, *, drafted_by: UUID, today: date, note: str = "") -> WaveRelease:
    """Propose to release a closed wave's results; another person reviews it and a third releases it.

    Raises:
        WaveError: where the wave is not closed, a draft waits already, or a correction comes without a note.

    """
    check_state(wave, "closed", to_do=_TO_RELEASE)
    if find_open_release(session, wave) is not None:
        raise _has_draft(wave.code)
    latest = session.scalar(select(func.max(WaveRelease.version)).where(WaveRelease.wave_id == wave.id)) or 0
    draft = WaveRelease(
        id=new_id(),
        code=new_release_code(),
        wave_id=wave.id,
        version=latest + 1,
        note=_checked_note(note, version=latest + 1, of=wave.code),
        drafted_by=drafted_by,
        drafted_on=today,
    )
    _add(session, draft, of=wave.code)
    _record(session, draft, "drafted", **_noted(draft))
    return draft


def draft_annual_release(
    session: Session, agency: Agency, *, year: int, form: str, drafted_by: UUID, today: date, note: str = ""
) -> AnnualRelease:
    """Propose to release the summary of a year at an agency; every wave of it must be public before.

    ``form`` names what the summary tells of, as ``"counter/2026"``; who calls has seen that there is such a summary.

    Raises:
        WaveError: where a wave of the year is not released, a draft waits already, or a correction has no note.

    """
    name = _named(agency, year)
    _check_waves_are_public(session, agency, year)
    if find_open_release(session, (agency, year, form)) is not None:
        raise _has_draft(name)
    same = (AnnualRelease.agency_id == agency.id, AnnualRelease.year == year, AnnualRelease.form == form)
    latest = session.scalar(select(func.max(AnnualRelease.version)).where(*same)) or 0
    draft = AnnualRelease(
        id=new_id(),
        code=new_release_code(),
        agency_id=agency.id,
        year=year,
        form=form,
        version=latest + 1,
        note=_checked_note(note, version=latest + 1, of=name),
        drafted_by=drafted_by,
        drafted_on=today,
    )
    _add(session, draft, of=name)
    _record(session, draft, "drafted", **_noted(draft))
    return draft


def review_release(session: Session, draft: Release, *, reviewed_by: UUID, today: date) -> None:
    """Approve a draft: the counts it rests on are noted, and it is released only while they are the same.

    Raises:
        WaveError: where it is no draft any more, or who reviews has drafted it.

    """
    name = name_of_release(session, draft)
    if draft.state != "draft":
        raise WaveError(
            vi=f"Bản {draft.version} của {name} không còn chờ soát xét; hãy tải lại trang.",
            en=f"Version {draft.version} of {name} does not wait for a review any more; load the page again.",
        )
    if draft.drafted_by == reviewed_by:
        raise WaveError(
            vi=f"Người đề nghị không được tự soát xét {name}; hãy nhờ một cán bộ khác có quyền.",
            en=f"Who drafted the release of {name} cannot review it; ask another official with that right.",
        )
    earliest = first_day_of_review(session, draft)
    if today < earliest:
        raise _too_early(name, earliest)
    draft.reviewed_by, draft.reviewed_on, draft.asked_for = reviewed_by, today, ""
    draft.basis = checksum_of_counts(session, [wave.id for wave in list_waves_of_release(session, draft)])
    _record(session, draft, "reviewed")


def send_back(session: Session, draft: Release, *, asked_for: str) -> None:
    """Return a draft to who made it, with what is to be mended; a review that was given no longer holds.

    Raises:
        WaveError: where it is released already, or nothing says why.

    """
    name = name_of_release(session, draft)
    if draft.released_on is not None:
        raise WaveError(
            vi=f"Bản {draft.version} của {name} đã công bố; muốn sửa, hãy lập bản đề nghị mới.",
            en=f"Version {draft.version} of {name} is released; to change it, draft a new version.",
        )
    why = asked_for.strip()
    if not why or len(why) > LONGEST_NOTE:
        raise WaveError(
            vi=f"Hãy ghi cần sửa điều gì, nhiều nhất {LONGEST_NOTE} chữ cái.",
            en=f"Say what is to be mended, in at most {LONGEST_NOTE} letters.",
        )
    draft.reviewed_by = draft.reviewed_on = draft.basis = None
    draft.asked_for = why
    _record(session, draft, "sent_back", asked_for=why)


def drop_draft(session: Session, draft: Release) -> None:
    """Take a proposal back that nobody has released; the ledger keeps that it was made."""
    name = name_of_release(session, draft)
    if draft.released_on is not None:
        raise WaveError(
            vi=f"Bản {draft.version} của {name} đã công bố nên không rút được.",
            en=f"Version {draft.version} of {name} is released and cannot be taken back.",
        )
    _record(session, draft, "dropped")
    session.delete(draft)
    session.flush()


def publish_release(session: Session, draft: Release, *, released_by: UUID, today: date) -> Job:
    """Release what another person drafted and a third reviewed; an earlier version stays, marked as superseded.

    The job that is returned freezes the values and makes the bundle; the public sees the version when it has.

    Raises:
        WaveError: where it is not reviewed, one of the three is the same person, or the counts moved since.

    """
    name = name_of_release(session, draft)
    _check_releaser(draft, released_by, name)
    if isinstance(draft, AnnualRelease):
        _check_waves_are_public(session, agency_of_release(session, draft), draft.year or 0)
    waves = list_waves_of_release(session, draft)
    if _has_moved(session, draft, waves):
        raise WaveError(
            vi=f"Số liệu của {name} đã thay đổi sau khi soát xét; hãy trả lại để soát xét lại.",
            en=f"The counts of {name} changed after the review; send it back so that it is reviewed again.",
        )
    _supersede(session, draft, today)
    draft.released_by, draft.released_on = released_by, today
    session.flush()
    _record(session, draft, "released", version=draft.version)
    for wave in waves:
        session.expire(wave, ["release"])
    return request_release_job(session, draft, official_id=released_by)


def release_wave(session: Session, wave: Wave, *, released_by: UUID, today: date) -> WaveRelease:
    """Release the reviewed draft of a wave; see ``publish_release``.

    Raises:
        WaveError: also where nothing is drafted, or late answers may still come in.

    """
    check_state(wave, "closed", to_do=_TO_RELEASE)
    draft = open_wave_release(session, wave)
    earliest = first_release_day(wave)
    if today < earliest:
        raise _too_early(wave.code, earliest)
    publish_release(session, draft, released_by=released_by, today=today)
    return draft


def review_wave(session: Session, wave: Wave, *, reviewed_by: UUID, today: date) -> WaveRelease:
    """Approve the draft of a wave; see ``review_release``."""
    draft = open_wave_release(session, wave)
    review_release(session, draft, reviewed_by=reviewed_by, today=today)
    return draft


def open_wave_release(session: Session, wave: Wave) -> WaveRelease:
    """Return the draft of a wave, or refuse where there is none."""
    draft = find_open_release(session, wave)
    if not isinstance(draft, WaveRelease):
        raise WaveError(
            vi=f"Đợt {wave.code} chưa có bản đề nghị công bố; hãy lập bản đề nghị trước.",
            en=f"The wave {wave.code} has no draft release; draft one first.",
        )
    return draft


def request_release_job(session: Session, release: Release, *, official_id: UUID | None = None) -> Job:
    """Ask for what follows a release: its values frozen, its documents and its bundle."""
    return request_job(
        session,
        kind=RELEASE,
        arguments={"release_id": str(release.id)},
        official_id=official_id,
        agency_id=agency_of_release(session, release).id,
        now=datetime.now(tz=UTC),
    )


def request_missing_bundles(session: Session) -> list[Job]:
    """Ask again for what follows a release wherever it is missing: after an upgrade, a crash or a lost disk."""
    missing = select(Release).where(Release.released_on.is_not(None), Release.bundle_sha256.is_(None))
    asked = {
        job.arguments.get("release_id")
        for job in session.scalars(select(Job).where(Job.kind == RELEASE, Job.state.in_(("waiting", "running"))))
    }
    found = session.scalars(missing.order_by(Release.released_on, Release.version)).all()
    return [request_release_job(session, one) for one in found if str(one.id) not in asked]


def _check_releaser(draft: Release, released_by: UUID, name: str) -> None:
    if draft.drafted_by == released_by:
        raise WaveError(
            vi=f"Người đề nghị không được tự công bố {name}; hãy nhờ một cán bộ khác có quyền.",
            en=f"Who drafted the release of {name} cannot release it; ask another official with that right.",
        )
    if draft.state != "reviewed":
        raise WaveError(
            vi=f"Bản {draft.version} của {name} chưa được soát xét; hãy nhờ người thứ hai soát xét trước.",
            en=f"Version {draft.version} of {name} is not reviewed yet; ask a second person to review it first.",
        )
    if draft.reviewed_by == released_by:
        raise WaveError(
            vi=f"Người soát xét không được tự công bố {name}; hãy nhờ người thứ ba có quyền.",
            en=f"Who reviewed the release of {name} cannot release it; ask a third official with that right.",
        )


def _check_waves_are_public(session: Session, agency: Agency, year: int) -> None:
    waves = list_waves_behind(session, agency=agency, year=year)
    waiting = ", ".join(wave.code for wave in waves if wave.release is None)
    # A year that told of other counts than its waves do would be a second source of the same figures.
    moved = ", ".join(wave.code for wave in waves if wave.release and _has_moved(session, wave.release, [wave]))
    name = _named(agency, year)
    if not waves:
        vi, en = "năm này chưa có đợt khảo sát nào.", "there is no wave that year."
    elif waiting:
        vi = f"các đợt {waiting} chưa công bố; hãy công bố trước."
        en = f"the waves {waiting} are not released; release them first."
    elif moved:
        vi = f"số liệu của các đợt {moved} đã thay đổi sau khi công bố; hãy công bố bản sửa của các đợt đó trước."
        en = f"the counts of the waves {moved} moved after their release; release a correction of these first."
    else:
        return
    raise WaveError(vi=f"Chưa công bố được {name}: {vi}", en=f"{name} cannot be released yet: {en}")


def _has_moved(session: Session, release: Release, waves: Sequence[Wave]) -> bool:
    return release.basis != checksum_of_counts(session, [wave.id for wave in waves])


def _supersede(session: Session, draft: Release, today: date) -> None:
    if isinstance(draft, WaveRelease):
        same = Release.wave_id == draft.wave_id
    else:
        same = (Release.agency_id == draft.agency_id) & (Release.year == draft.year) & (Release.form == draft.form)
    older = update(Release).where(same, Release.id != draft.id, Release.superseded_on.is_(None))
    session.execute(older.values(superseded_on=today), execution_options={"synchronize_session": "fetch"})


def first_day_of_review(session: Session, release: Release) -> date:
    """Return the first day on which a draft may be reviewed: none of its figures can move any more."""
    days = (first_release_day(wave) for wave in list_waves_of_release(session, release) if wave.state == "closed")
    return max(days, default=release.drafted_on)


def agency_of_release(session: Session, release: Release) -> Agency:
    """Return the agency whose results a release makes public."""
    if release.wave_id is not None:
        return session.get_one(Wave, release.wave_id).agency
    return session.get_one(Agency, release.agency_id)


def name_of_release(session: Session, release: Release) -> str:
    """Return what sentences and the ledger call a release: the wave's code, or agency and year."""
    if release.wave_id is not None:
        return session.get_one(Wave, release.wave_id).code
    return _named(agency_of_release(session, release), release.year or 0)


def _named(agency: Agency, year: int) -> str:
    return f"{agency.code}/{year}"


def _add(session: Session, draft: Release, *, of: str) -> None:
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError as error:
        # Somebody drafted the same at the same time.
        raise _has_draft(of) from error


def _checked_note(note: str, *, version: int, of: str) -> str:
    text = note.strip()
    if version > 1 and not text:
        raise WaveError(
            vi=f"{of} đã công bố bản {version - 1}; hãy ghi bản sửa này khác gì, vì sao.",
            en=f"Version {version - 1} of {of} is public; say in a note what this correction changes and why.",
        )
    if len(text) > LONGEST_NOTE:
        raise WaveError(
            vi=f"Ghi chú dài quá {LONGEST_NOTE} chữ cái; hãy rút gọn.",
            en=f"The note has more than {LONGEST_NOTE} letters; shorten it.",
        )
    return text


def _has_draft(name: str) -> WaveError:
    return WaveError(
        vi=f"Đợt {name} đã có bản đề nghị công bố; hãy để người khác soát xét và công bố bản đó.",
        en=f"The wave {name} has a draft release already; let others review and release it.",
    )


def _too_early(name: str, earliest: date) -> WaveError:
    return WaveError(
        vi=f"Phiếu phát trước khi đóng đợt {name} còn được nhận và gộp; hãy công bố từ {earliest:%d/%m/%Y}.",
        en=f"Forms handed out before {name} closed may still come in; release it from {earliest:%d/%m/%Y} on.",
    )


def _noted(draft: Release) -> dict[str, Detail]:
    return {"version": draft.version} | ({"note": draft.note} if draft.note else {})


def _record(session: Session, release: Release, step: str, **details: Detail) -> None:
    agency_id = agency_of_release(session, release).id
    record(
        session,
        _VERBS[release.kind, step],
        subject=name_of_release(session, release),
        agency_id=agency_id,
        details=details,
    )
