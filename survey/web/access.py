"""Who may see a view: every view carries exactly one of these decorators, and a test holds it.

A view below an agency or a wave gets the object instead of its id: it exists and lies in the official's scope,
or the answer was 404 before the view began.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.jobs import Job
from survey.models.releases import Release
from survey.queries.scope import ADMINISTERS, AUDITS, MANAGES, RUNS_SURVEYS, Scope, get_scope
from survey.services.audit import act_as
from survey.services.jobs import count_unseen_jobs
from survey.services.releases import agency_of_release
from survey.web.forms import check_token
from survey.web.identity import current_official, waiting_official

View = Callable[..., ResponseReturnValue]
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PASSWORD_PAGE: Final = "desk.password"  # noqa: S105 -- the name of a page


def public(view: View) -> View:
    """Let anybody see the view."""
    return _declare(view, "public")


def citizen(view: View) -> View:
    """Let anybody see the view, without cookie and without a line in any log."""
    return _declare(view, "citizen")


def signed_in(view: View) -> View:
    """Let every official see the view."""

    @functools.wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        return _require_official() or view(**arguments)

    return _declare(guarded, "signed_in")


def init_access(app: flask.Flask) -> None:
    """Let the frame of a page know which parts to offer."""
    app.jinja_env.globals["abilities_here"] = _abilities_here
    app.jinja_env.globals["jobs_to_see"] = _jobs_to_see


def _abilities_here() -> dict[str, bool]:
    scope = current_scope()
    return {
        "administers": scope.holds(ADMINISTERS),
        "manages": scope.holds(MANAGES),
        "audits": scope.holds(AUDITS),
        "runs_surveys": scope.holds(RUNS_SURVEYS),
        "at_a_root": scope.holds(RUNS_SURVEYS, at_a_root=True),
    }


def _jobs_to_see() -> int:
    """Count what was made for who is signed in and he has not looked at."""
    return count_unseen_jobs(db.session(), official_id=signed_in_official().id)


def official_administrator(view: View) -> View:
    """Let who administers an agency on which the official has a role: ``official_id`` becomes ``official``."""
    return _with_official(view, "official_administrator", administers_account)


def account_keeper(view: View) -> View:
    """Let only who administers every agency on which the official has a role: ``official_id`` becomes ``official``.

    Who resets an account could sign in with it, so that nobody may reset what reaches further than his own.
    """
    return _with_official(view, "account_keeper", keeps_account)


def administers_account(official: Official) -> bool:
    """Return whether any of the official's roles lies where who is signed in administers."""
    scope = current_scope()
    return keeps_account(official) or any(scope.administers(grant.agency.path) for grant in official.grants)


def keeps_account(official: Official) -> bool:
    """Return whether all of the official's roles lie there; who has none belongs to who administers a whole tree."""
    scope = current_scope()
    if not official.grants:
        return scope.holds(ADMINISTERS, at_a_root=True)
    return all(scope.administers(grant.agency.path) for grant in official.grants)


def password_given(view: View) -> View:
    """Let who has given his password and owes the second factor: the view gets him as ``official``."""

    @functools.wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        if flask.request.method not in READING:
            check_token()
        official = waiting_official()
        if official is None:
            return flask.redirect(flask.url_for("desk.sign_in", next=flask.request.args.get("next")))
        act_as(f"official:{official.id}")
        return view(official=official, **arguments)

    return _declare(guarded, "password_given")


def agency_member(view: View) -> View:
    """Let an official see what lies in his subtree: ``agency_id`` becomes ``agency``, ``wave_id`` its ``wave``."""
    return _with_objects(view, "agency_member", lambda scope, agency, _wave: scope.reads(agency.path))


def agency_manager(view: View) -> View:
    """Let only who manages the agency, at it or from above: counters, slips, paper forms, lines of its own."""
    return _with_objects(view, "agency_manager", lambda scope, agency, _wave: scope.manages(agency.path))


def agency_administrator(view: View) -> View:
    """Let only who administers the agency, at it or from above: its place in the tree, accounts, keys."""
    return _with_objects(view, "agency_administrator", lambda scope, agency, _wave: scope.administers(agency.path))


def agency_auditor(view: View) -> View:
    """Let only who audits the agency, at it or from above, read what was done there."""
    return _with_objects(view, "agency_auditor", lambda scope, agency, _wave: scope.audits(agency.path))


def administrator(view: View) -> View:
    """Let an official who administers something; the view shows and changes only what lies in that."""
    return _with_ability(view, "administrator", lambda scope: scope.holds(ADMINISTERS))


def root_administrator(view: View) -> View:
    """Let only who administers a whole tree do what concerns everybody: editions, what belongs to no agency."""
    return _with_ability(view, "root_administrator", lambda scope: scope.holds(ADMINISTERS, at_a_root=True))


def survey_runner(view: View) -> View:
    """Let an official who runs surveys somewhere; the view shows and changes only what lies there."""
    return _with_ability(view, "survey_runner", lambda scope: scope.holds(RUNS_SURVEYS))


def root_survey_runner(view: View) -> View:
    """Let only who runs the surveys of a whole tree do what concerns all of it: editions of questionnaires."""
    return _with_ability(view, "root_survey_runner", lambda scope: scope.holds(RUNS_SURVEYS, at_a_root=True))


def auditor(view: View) -> View:
    """Let an official who audits something; the view shows only entries of that."""
    return _with_ability(view, "auditor", lambda scope: scope.holds(AUDITS))


def manager(view: View) -> View:
    """Let an official who manages something; the view shows and changes only what lies in that."""
    return _with_ability(view, "manager", lambda scope: scope.holds(MANAGES))


def manager_above(view: View) -> View:
    """Let only who runs surveys from above the agency do what the view does: set N, exclude."""
    return _with_objects(view, "manager_above", lambda scope, agency, _wave: scope.stands_above(agency.path))


def agency_runner(view: View) -> View:
    """Let only who runs surveys at the agency, at it or from above, do what the view does: make a wave there."""
    return _with_objects(view, "agency_runner", lambda scope, agency, _wave: scope.runs_surveys(agency.path))


def wave_member(view: View) -> View:
    """Let an official see a wave that reaches his subtree: ``wave_id`` becomes ``wave``."""
    return _with_objects(view, "wave_member", lambda scope, _agency, wave: scope.concerns(wave.agency.path))


def wave_manager(view: View) -> View:
    """Let only who runs surveys at or above the wave's agency do what the view does: open, close, propose."""
    return _with_objects(view, "wave_manager", lambda scope, _agency, wave: scope.runs_surveys(wave.agency.path))


def wave_surveyor(view: View) -> View:
    """Let who runs surveys at the wave's agency, above it or below it; the view changes only what he stands above."""
    return _with_objects(view, "wave_surveyor", lambda scope, _agency, wave: scope.surveys_within(wave.agency.path))


def release_member(view: View) -> View:
    """Let an official whom a release reaches see how far it is: ``release_id`` becomes ``release``."""
    return _with_release(view, "release_member", lambda scope, path: scope.concerns(path))


def release_manager(view: View) -> View:
    """Let only who runs surveys at or above the release's agency do what the view does: review, send back."""
    return _with_release(view, "release_manager", lambda scope, path: scope.runs_surveys(path))


def release_publisher(view: View) -> View:
    """Let only who runs surveys from above the release's agency make it public: nobody releases his own body's."""
    return _with_release(view, "release_publisher", lambda scope, path: scope.stands_above(path))


def round_member(view: View) -> View:
    """Let an official whom a round of the index reaches see it: ``round_id`` becomes ``round_``."""
    return _with_round(view, "round_member", lambda scope, round_, _agency: scope.concerns(round_.agency.path))


def round_manager(view: View) -> View:
    """Let only who runs surveys at or above the round's agency do what the view does: he stands above who is rated."""
    return _with_round(view, "round_manager", lambda scope, round_, _agency: scope.runs_surveys(round_.agency.path))


def round_reader(view: View) -> View:
    """Let an official see what an agency of his subtree has in a round: ``agency_id`` becomes ``agency``."""
    return _with_round(view, "round_reader", lambda scope, _round, agency: scope.reads(agency.path))


def round_assessor(view: View) -> View:
    """Let only who manages an agency of a round speak for it: assess, hand evidence in, object."""
    return _with_round(view, "round_assessor", lambda scope, _round, agency: scope.manages(agency.path))


def job_owner(view: View) -> View:
    """Let an official see the jobs he asked for, and nobody else's: ``job_id`` becomes ``job``."""

    @functools.wraps(view)
    def guarded(job_id: UUID, **arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        if turned_away := _require_official():
            return turned_away
        job = db.session.get(Job, job_id)
        if job is None or job.official_id != signed_in_official().id:
            raise NotFound
        agency = db.session.get(Agency, job.agency_id) if job.agency_id else None
        # A role may have been taken away since.
        if agency is not None and not _may_see(job, agency.path):
            raise NotFound
        return view(job=job, **arguments)

    return _declare(guarded, "job_owner")


def _may_see(job: Job, path: str) -> bool:
    scope = current_scope()
    # What a round decided is for everybody in it; such a job makes nothing else (``jobs/index.py``).
    is_decided = job.kind == "index" and job.arguments.get("of") == "decided"
    return scope.concerns(path) if is_decided else scope.reads(path)


def signed_in_official() -> Official:
    """Return who is signed in; only for views that let nobody else in."""
    official = current_official()
    if official is None:
        raise NotFound
    return official


def current_scope() -> Scope:
    """Return the scope of who is signed in, read once a request."""
    if "scope" not in flask.g:
        flask.g.scope = get_scope(db.session(), official_id=signed_in_official().id)
    scope: Scope = flask.g.scope
    return scope


def _with_objects(view: View, rule: str, allows: Callable[[Scope, Any, Any], bool]) -> View:
    @functools.wraps(view)
    def guarded(
        agency_id: UUID | None = None,
        wave_id: UUID | None = None,
        **arguments: Any,  # noqa: ANN401 -- the view's own arguments
    ) -> ResponseReturnValue:
        if turned_away := _require_official():
            return turned_away
        agency = db.session.get(Agency, agency_id) if agency_id else None
        wave = db.session.get(Wave, wave_id) if wave_id else None
        if (agency_id and agency is None) or (wave_id and wave is None):
            raise NotFound
        if agency and wave and not agency.path.startswith(wave.agency.path):
            raise NotFound
        if not allows(current_scope(), agency, wave):
            raise NotFound
        found = {"agency": agency, "wave": wave}
        return view(**{name: value for name, value in found.items() if value is not None}, **arguments)

    return _declare(guarded, rule)


def _with_release(view: View, rule: str, allows: Callable[[Scope, str], bool]) -> View:
    @functools.wraps(view)
    def guarded(release_id: UUID, **arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        if turned_away := _require_official():
            return turned_away
        release = db.session.get(Release, release_id)
        if release is None or not allows(current_scope(), agency_of_release(db.session(), release).path):
            raise NotFound
        return view(release=release, **arguments)

    return _declare(guarded, rule)


def _with_round(view: View, rule: str, allows: Callable[[Scope, IndexRound, Any], bool]) -> View:
    @functools.wraps(view)
    def guarded(
        round_id: UUID,
        agency_id: UUID | None = None,
        **arguments: Any,  # noqa: ANN401 -- the view's own arguments
    ) -> ResponseReturnValue:
        if turned_away := _require_official():
            return turned_away
        round_ = db.session.get(IndexRound, round_id)
        if round_ is None:
            raise NotFound
        part = db.session.get(IndexParticipant, (round_id, agency_id)) if agency_id else None
        agency = part.agency if part else None
        if agency_id and (agency is None or not agency.path.startswith(round_.agency.path)):
            raise NotFound
        if not allows(current_scope(), round_, agency):
            raise NotFound
        found = {"agency": agency} if agency is not None else {}
        return view(round_=round_, **found, **arguments)

    return _declare(guarded, rule)


def _with_official(view: View, rule: str, allows: Callable[[Official], bool]) -> View:
    @functools.wraps(view)
    def guarded(official_id: UUID, **arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        if turned_away := _require_official():
            return turned_away
        official = db.session.get(Official, official_id)
        if official is None or not allows(official):
            raise NotFound
        return view(official=official, **arguments)

    return _declare(guarded, rule)


def _with_ability(view: View, rule: str, allows: Callable[[Scope], bool]) -> View:
    @functools.wraps(view)
    def guarded(**arguments: Any) -> ResponseReturnValue:  # noqa: ANN401 -- the view's own arguments
        if turned_away := _require_official():
            return turned_away
        if not allows(current_scope()):
            raise NotFound
        return view(**arguments)

    return _declare(guarded, rule)


def _require_official() -> ResponseReturnValue | None:
    """Turn away who is not signed in or must change his password first; check the token of what is sent."""
    official = current_official()
    if official is None:
        wanted = flask.request.full_path.rstrip("?") if flask.request.method in READING else None
        return flask.redirect(flask.url_for("desk.sign_in", next=wanted))
    act_as(f"official:{official.id}")
    if flask.request.method not in READING:
        check_token()
    if official.must_change_password and flask.request.endpoint not in {PASSWORD_PAGE, "desk.sign_out"}:
        return flask.redirect(flask.url_for(PASSWORD_PAGE))
    return None


def _declare(guarded: View, rule: str) -> View:
    guarded.access = rule  # type: ignore[attr-defined]  # read by the test of house rules
    return guarded
