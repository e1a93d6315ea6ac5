"""Citizens' comments: read in batches by the agency, moderated from above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.queries.comments import (
    MOST_COUNTED,
    SMALLEST_BATCH,
    CommentLine,
    count_comments,
    get_comment,
    list_backlog,
    list_batches,
    list_comments,
    list_names_around,
    stream_batches,
)
from survey.queries.desk_lists import list_waves_over
from survey.rendering.comments import comments_csv
from survey.services.comments import LONGEST_REASON, STATES, CommentError, Decision, moderate_comment
from survey.services.personal_data import MASK, Trace, find_personal_data, masked
from survey.web.access import (
    agency_manager,
    agency_member,
    current_scope,
    manager_above,
    signed_in_official,
    survey_runner,
)
from survey.web.audit import record_download
from survey.web.language import current_language

ACTS: Final = {"approve": "approved", "hide": "hidden"}
# What a database compares with the number of a batch.
_LAST_BATCH: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment on the moderator's page: its text in parts, each with what it may be, and what stands in the boxes."""

    line: CommentLine
    parts: tuple[tuple[str, str], ...]
    typed: str
    reason: str
    problem: str = ""


@blueprint.get("/desk/agencies/<uuid:agency_id>/comments")
@agency_member
def comments(agency: Agency) -> ResponseReturnValue:
    """Show what citizens wrote to an agency, in batches whose order tells no time."""
    before = flask.request.args.get("before", type=_batch)
    page = list_batches(db.session(), agency_id=agency.id, before=before)
    waves = list_waves_over(db.session(), agency)
    return flask.render_template(
        "desk/comments.html",
        agency=agency,
        wave=waves[0] if waves else None,
        page=page,
        is_first="before" not in flask.request.args,
        smallest=SMALLEST_BATCH,
        may_take_away=current_scope().manages(agency.path),
        may_moderate=current_scope().stands_above(agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/comments.csv")
@agency_manager
def comments_file(agency: Agency) -> ResponseReturnValue:
    """Download the comments that are read on the page, and nothing else of them: batch and words."""
    batches = list(stream_batches(db.session(), agency_id=agency.id))
    name = f"gop-y-{agency.code}.csv"
    record_download(name, agency_id=agency.id, comments=sum(len(batch.texts) for batch in batches))
    response = flask.Response(comments_csv((batch.number, batch.texts) for batch in batches), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/desk/comments")
@survey_runner
def comments_backlog() -> ResponseReturnValue:
    """List the agencies whose comments wait for the official, who stands above them."""
    page = list_backlog(db.session(), current_scope(), page=flask.request.args.get("page", 1, type=int))
    return flask.render_template(
        "desk/comments_backlog.html", page=page, most=MOST_COUNTED, is_demo=any(line.is_demo for line in page.lines)
    )


@blueprint.get("/desk/agencies/<uuid:agency_id>/comments/moderation")
@manager_above
def moderation(agency: Agency) -> ResponseReturnValue:
    """Show a few comments of an agency to whoever stands above it, with what may be personal marked."""
    return _page(agency)


@blueprint.post("/desk/agencies/<uuid:agency_id>/comments/moderation")
@manager_above
def moderate(agency: Agency) -> ResponseReturnValue:
    """Show a comment to its agency, or hide it with a reason."""
    form = flask.request.form
    decision = Decision(
        comment_id=_id(form.get("comment")) or UUID(int=0),
        seen=form.get("seen", ""),
        state=ACTS.get(form.get("act", ""), ""),
        shown_text=form.get("text", ""),
        reason=form.get("reason", ""),
    )
    try:
        moderate_comment(db.session(), agency, decision, by=signed_in_official().id)
    except CommentError as refusal:
        db.session.rollback()
        return _page(agency, decision, refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    done = gettext("Đã duyệt hiện.") if decision.state == "approved" else gettext("Đã ẩn.")
    flask.flash(done, "done")
    return flask.redirect(flask.url_for("desk.moderation", agency_id=agency.id, **_place()), HTTPStatus.SEE_OTHER)


def _page(agency: Agency, decision: Decision | None = None, problem: str = "") -> str:
    place = _place()
    state = place.get("state", STATES[0])
    page = list_comments(db.session(), agency_id=agency.id, state=state, after=_id(place.get("after")))
    names = list_names_around(db.session(), path=agency.path)
    lines = [_shown(line, names) for line in page.lines]
    if decision is not None:
        lines = _with_typed(agency, lines, names, decision, problem)
    return flask.render_template(
        "desk/comments_moderation.html",
        agency=agency,
        lines=lines,
        following=page.following,
        state=state,
        counts={each: count_comments(db.session(), agency_id=agency.id, state=each) for each in STATES},
        unread=count_comments(db.session(), agency_id=agency.id, state="approved", in_no_batch=True),
        most=MOST_COUNTED,
        smallest=SMALLEST_BATCH,
        mask=MASK,
        longest=LONGEST_REASON,
        problem=problem if not any(line.problem for line in lines) else "",
        is_demo=agency.is_demo,
    )


def _shown(line: CommentLine, names: list[str]) -> Shown:
    traces = find_personal_data(line.text, names=names)
    typed = line.shown_text if line.shown_text is not None else masked(line.text, traces)
    return Shown(line, tuple(_parts(line.text, traces)), typed, line.reason or "")


def _with_typed(agency: Agency, lines: list[Shown], names: list[str], decision: Decision, problem: str) -> list[Shown]:
    """Put the refused comment first, as it is now, with what was typed."""
    line = get_comment(db.session(), agency_id=agency.id, comment_id=decision.comment_id)
    if line is None:
        return lines
    refused = replace(_shown(line, names), typed=decision.shown_text, reason=decision.reason, problem=problem)
    return [refused, *(each for each in lines if each.line.id != line.id)]


def _parts(text: str, traces: list[Trace]) -> list[tuple[str, str]]:
    parts, place = [], 0
    for trace in traces:
        parts += [(text[place : trace.start], ""), (text[trace.start : trace.end], trace.kind)]
        place = trace.end
    return [part for part in [*parts, (text[place:], "")] if part[0]]


def _place() -> dict[str, Any]:
    """Return where in the backlog the page is, as the address says it."""
    given = flask.request.args
    place = {"state": given.get("state", ""), "after": given.get("after", "")}
    return {
        name: value
        for name, value in place.items()
        if (name == "state" and value in STATES) or (name == "after" and _id(value))
    }


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _batch(text: str) -> int:
    """Read the number of a batch, or the nearest that there can be."""
    return min(max(int(text), 0), _LAST_BATCH)
