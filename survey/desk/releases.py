"""Releases on the desk: one proposes, a second reviews, a third makes public; each version stays to be looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.documents import read_year
from survey.desk.wave_seen import changed_meanwhile, version_of
from survey.jobs.releases import bundle_path
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.models.releases import Release
from survey.queries.release_basis import find_open_release, list_annual_releases, list_releases
from survey.queries.released import find_released
from survey.services.errors import ServiceError, WaveError
from survey.services.jobs import find_release_job
from survey.services.releases import (
    agency_of_release,
    draft_annual_release,
    draft_release,
    drop_draft,
    first_day_of_review,
    publish_release,
    review_release,
    send_back,
)
from survey.services.waves import first_release_day
from survey.web.access import (
    agency_member,
    agency_runner,
    current_scope,
    release_manager,
    release_member,
    release_publisher,
    signed_in_official,
    wave_manager,
)
from survey.web.audit import record_download
from survey.web.language import current_language

BUNDLE_TYPE: Final = "application/zip"


@blueprint.route("/desk/waves/<uuid:wave_id>/draft", methods=["GET", "POST"])
@wave_manager
def draft_a_release(wave: Wave) -> ResponseReturnValue:
    """Propose to publish a wave's results; two other people decide."""
    if flask.request.method == "POST":
        if told := changed_meanwhile(wave):
            return told
        try:
            draft = draft_release(
                db.session(), wave, drafted_by=signed_in_official().id, today=local_today(), note=_note()
            )
        except WaveError as refusal:
            return _draft_page(wave.agency, wave=wave, refusal=refusal)
        return _done(draft, _proposed(draft))
    return _draft_page(wave.agency, wave=wave)


@blueprint.route("/desk/agencies/<uuid:agency_id>/annual/<int(min=1900, max=2999):year>/draft", methods=["GET", "POST"])
@agency_runner
def draft_a_year(agency: Agency, year: int) -> ResponseReturnValue:
    """Propose to publish the summary of a year; two other people decide."""
    findings = read_year(root_id=agency.id, year=year, form=flask.request.values.get("form") or None)
    first = findings.waves[0] if findings.waves else None
    form = f"{first.questionnaire}/{first.questionnaire_edition}" if first else ""
    if flask.request.method == "POST":
        try:
            draft = draft_annual_release(
                db.session(),
                agency,
                year=year,
                form=form,
                drafted_by=signed_in_official().id,
                today=local_today(),
                note=_note(),
            )
        except WaveError as refusal:
            return _draft_page(agency, year=year, form=form, refusal=refusal)
        return _done(draft, _proposed(draft))
    return _draft_page(agency, year=year, form=form)


@blueprint.get("/desk/agencies/<uuid:agency_id>/releases")
@agency_member
def releases(agency: Agency) -> ResponseReturnValue:
    """List every version of the annual summaries of an agency, with the people who signed them."""
    found = list_annual_releases(db.session(), agency)
    return flask.render_template(
        "desk/releases.html",
        agency=agency,
        releases=found,
        may_run=current_scope().runs_surveys(agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.get("/desk/releases/<uuid:release_id>")
@release_member
def release_page(release: Release) -> ResponseReturnValue:
    """Show how far a release is, who signed it, what comes next, and every other version of it."""
    session, scope, official = db.session(), current_scope(), signed_in_official()
    agency = agency_of_release(session, release)
    subject: Wave | tuple[Agency, int, str] = (agency, release.year or 0, release.form or "")
    if release.wave_id:
        subject = session.get_one(Wave, release.wave_id)
    return flask.render_template(
        "desk/release.html",
        release=release,
        agency=agency,
        wave=subject if isinstance(subject, Wave) else None,
        versions=list_releases(session, subject),
        people=_people(release),
        public=find_released(session, release.code),
        job=find_release_job(session, release.id),
        may_review=scope.runs_surveys(agency.path),
        may_publish=scope.stands_above(agency.path),
        me=official.id,
        seen=_seen(release),
        first_day=first_day_of_review(session, release),
        today=local_today(),
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/releases/<uuid:release_id>/review")
@release_manager
def review_a_release(release: Release) -> ResponseReturnValue:
    """Approve what another official proposed."""
    if told := _changed(release):
        return told
    review_release(db.session(), release, reviewed_by=signed_in_official().id, today=local_today())
    return _done(release, gettext("Đã soát xét; hãy nhờ người thứ ba công bố."))


@blueprint.route("/desk/releases/<uuid:release_id>/publish", methods=["GET", "POST"])
@release_publisher
def publish_a_release(release: Release) -> ResponseReturnValue:
    """Ask once more, then make public what one official proposed and another reviewed; a job does the rest."""
    if flask.request.method == "GET":
        return _question(release)
    if told := _changed(release):
        return told
    job = publish_release(db.session(), release, released_by=signed_in_official().id, today=local_today())
    db.session.commit()
    flask.current_app.extensions["hailong_jobs"].put(job.id)
    return _done(release, gettext("Đã công bố. Số liệu đang được niêm phong và gói hồ sơ đang được lập."))


@blueprint.post("/desk/releases/<uuid:release_id>/send-back")
@release_manager
def send_a_release_back(release: Release) -> ResponseReturnValue:
    """Return a proposal to who made it, with what is to be mended."""
    if told := _changed(release):
        return told
    send_back(db.session(), release, asked_for=flask.request.form.get("asked_for", ""))
    return _done(release, gettext("Đã trả lại bản đề nghị cùng yêu cầu của bạn."))


@blueprint.post("/desk/releases/<uuid:release_id>/drop")
@release_manager
def drop_a_release(release: Release) -> ResponseReturnValue:
    """Take a proposal back; only who made it does so."""
    if release.drafted_by != signed_in_official().id:
        raise NotFound
    wave_id, agency = release.wave_id, agency_of_release(db.session(), release)
    drop_draft(db.session(), release)
    db.session.commit()
    flask.flash(gettext("Đã rút đề nghị công bố."), "done")
    back = (
        flask.url_for("desk.wave_page", wave_id=wave_id)
        if wave_id
        else flask.url_for("desk.releases", agency_id=agency.id)
    )
    return flask.redirect(back, HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/releases/<uuid:release_id>/bundle.zip")
@release_member
def release_bundle(release: Release) -> ResponseReturnValue:
    """Download the bundle of a released version."""
    path = bundle_path(flask.current_app.config["HAILONG"].data_dir, release.code)
    if release.bundle_sha256 is None or not path.exists():
        raise NotFound
    record_download(path.name, agency_id=agency_of_release(db.session(), release).id)
    return flask.send_file(path.resolve(), mimetype=BUNDLE_TYPE, as_attachment=True, download_name=path.name)


def _question(release: Release) -> ResponseReturnValue:
    """Ask once more before results become public, and say what the public will see."""
    return flask.render_template(
        "desk/release_question.html",
        release=release,
        agency=agency_of_release(db.session(), release),
        wave=db.session.get(Wave, release.wave_id) if release.wave_id else None,
        people=_people(release),
        me=signed_in_official().id,
        seen=_seen(release),
        is_demo=agency_of_release(db.session(), release).is_demo,
    )


def _proposed(draft: Release) -> str:
    """Say that a proposal is made, what comes next, and from which day on where that is not today."""
    first = first_day_of_review(db.session(), draft)
    said: str = gettext("Đã lập đề nghị công bố; hãy nhờ người thứ hai soát xét.")
    if local_today() < first:
        said = gettext(
            "Đã lập đề nghị công bố; hãy báo người thứ hai: soát xét và công bố được từ ngày %(day)s.",
            day=f"{first:%d/%m/%Y}",
        )
    return said


def _draft_page(
    agency: Agency, *, wave: Wave | None = None, year: int = 0, form: str = "", refusal: ServiceError | None = None
) -> ResponseReturnValue:
    subject = wave or (agency, year, form)
    earlier = [each for each in list_releases(db.session(), subject) if each.released_on is not None]
    page = flask.render_template(
        "desk/release_draft.html",
        agency=agency,
        wave=wave,
        year=year,
        form=form,
        note=_note(),
        earlier=earlier[0] if earlier else None,
        waiting=find_open_release(db.session(), subject),
        fault=refusal.text(current_language()) if refusal else "",
        seen=version_of(wave) if wave else "",
        first_release_day=first_release_day(wave) if wave and wave.state == "closed" else None,
        today=local_today(),
        is_demo=agency.is_demo,
    )
    return page, HTTPStatus.CONFLICT if refusal else HTTPStatus.OK


def _note() -> str:
    return flask.request.form.get("note", "")


def _people(release: Release) -> dict[UUID | None, str]:
    return {number: _person(number) for number in (release.drafted_by, release.reviewed_by, release.released_by)}


def _person(number: UUID | None) -> str:
    official = db.session.get(Official, number) if number else None
    return official.name if official else "?"


def _seen(release: Release) -> str:
    return f"{release.state}-{release.reviewed_by or ''}-{release.asked_for[:40]}"


def _changed(release: Release) -> ResponseReturnValue | None:
    """Tell whoever decided by an older page what another official did since; what he typed is still on that page."""
    seen = flask.request.form.get("seen", "")
    if not seen or seen == _seen(release):
        return None
    flask.flash(
        gettext("Một cán bộ khác vừa xử lý bản này, nên điều bạn vừa gửi chưa được thực hiện. Hãy xem lại."), "warning"
    )
    return flask.redirect(flask.url_for("desk.release_page", release_id=release.id), HTTPStatus.SEE_OTHER)


def _done(release: Release, sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flask.flash(sentence, "done")
    return flask.redirect(flask.url_for("desk.release_page", release_id=release.id))
