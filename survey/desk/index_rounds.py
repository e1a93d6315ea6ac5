"""A round of the index: how far every agency is, and what who runs it does: stages, days, survey points, rubric."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from analysis.index_total import IndexTotal, SurveyMissingError
from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_planning import DAYS, DeadlinesForm
from survey.desk.index_round_rubric import other_rubrics
from survey.findings.errors import FindingsError
from survey.findings.index_survey import survey_of_round
from survey.findings.index_totals import round_totals
from survey.jobs.index_decision import decide_round
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import STATES, IndexParticipant, IndexRound
from survey.models.survey_source import named_survey
from survey.queries.index_desk import (
    Progress,
    list_appraised,
    list_parts,
    list_releases_for,
    names_of_officials,
    progress_of,
)
from survey.services.errors import ServiceError
from survey.services.index_carrying import awaits_survey
from survey.services.index_indicators import take_indicators
from survey.services.index_ledger import content_of
from survey.services.index_objections import list_objections
from survey.services.index_rounds import change_deadlines, move_round
from survey.services.index_scoring import take_survey
from survey.services.row_version import version_of
from survey.web.access import current_scope, round_manager, round_member, signed_in_official
from survey.web.filters import called
from survey.web.language import current_language
from survey.web.lists import Column, list_of


@dataclass(frozen=True, slots=True)
class PartLine:
    """An agency of a round: how far it is, and its points as they stand where they may be seen.

    ``asked`` are the criteria that should have points: no bonus, no penalty, none left out with the survey.
    """

    part: IndexParticipant
    agency: Agency
    progress: Progress
    total: IndexTotal | None
    asked: int


@dataclass(frozen=True, slots=True)
class Unready:
    """An agency that is not ready for the next stage: it has not handed in, or criteria of it were not appraised."""

    agency: Agency
    open_leaves: int = 0


COLUMNS: Final[tuple[Column[PartLine], ...]] = (
    Column("name", _("Cơ quan"), by=lambda line: line.agency.sort_key),
    Column("scored", _("Tiêu chí đã có điểm"), by=lambda line: line.progress.scored, is_number=True),
    Column("handed", _("Tự chấm"), by=lambda line: line.part.submitted_on),
    Column("waiting", _("Kiến nghị chờ xét"), by=lambda line: line.progress.waiting, is_number=True),
    Column("points", _("Điểm tạm tính"), by=lambda line: line.total.points if line.total else None, is_number=True),
)


@blueprint.get("/desk/index/rounds/<uuid:round_id>")
@round_member
def index_round(round_: IndexRound) -> ResponseReturnValue:
    """Show a round: its stage and days, who of the official's subtree is how far, and what comes next."""
    return _show(round_, DeadlinesForm(formdata=None, data=_days(round_)))


@blueprint.post("/desk/index/rounds/<uuid:round_id>/move")
@round_manager
def move_index_round(round_: IndexRound) -> ResponseReturnValue:
    """Go to the next stage, or with a reason one stage back."""
    to, reason = flask.request.form.get("to", ""), flask.request.form.get("reason", "")
    return _act(
        round_,
        lambda: _move(round_, to, reason),
        gettext("Đã chuyển bước."),
    )


def _move(round_: IndexRound, to: str, reason: str) -> None:
    if to == "decided" and round_.state == "decision":
        # What is decided is what is frozen, at that moment.
        decide_round(db.session(), round_, by=signed_in_official().id, today=local_today())
    else:
        move_round(db.session(), round_, to=to, today=local_today(), reason=reason)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/deadlines")
@round_manager
def set_index_deadlines(round_: IndexRound) -> ResponseReturnValue:
    """Set other last days."""
    form = DeadlinesForm()
    if flask.request.form.get("seen", "") != version_of(_days(round_)):
        told = gettext("Người khác vừa đổi hạn của kỳ này; các ô giữ ngày bạn ghi, bảng các bước cho ngày đang lưu.")
        return _show(round_, form, problem=told), HTTPStatus.CONFLICT
    if not form.is_sound():
        return _show(round_, form), HTTPStatus.UNPROCESSABLE_ENTITY
    first, second, third, last = (form[name].day for name in DAYS)
    try:
        change_deadlines(db.session(), round_, (first, second, third, last), today=local_today())
    except ServiceError as refusal:
        db.session.rollback()
        return _show(round_, form, problem=refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu hạn của các bước."), "done")
    return _back(round_)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/survey")
@round_manager
def take_index_survey(round_: IndexRound) -> ResponseReturnValue:
    """Let the points of a released wave flow in; those of another year only with a reason."""
    typed = {name: flask.request.form.get(name, "") for name in ("release", "other_year", "year_reason")}
    try:
        told = _take_survey(round_, typed)
    except (ServiceError, FindingsError) as refusal:
        db.session.rollback()
        form = DeadlinesForm(formdata=None, data=_days(round_))
        problem = refusal.text(current_language())
        return _show(round_, form, problem=problem, typed=typed), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(told, "done")
    return _back(round_)


def _take_survey(round_: IndexRound, typed: Mapping[str, str]) -> str:
    session, by, today = db.session(), signed_in_official().id, local_today()
    releases = {str(release.id): release for release, _wave in list_releases_for(session, round_)}
    if typed["release"] not in releases:
        raise FindingsError(
            vi="Hãy chọn một kết quả khảo sát đã công bố trong danh sách.",
            en="Choose one of the released surveys in the list.",
        )
    release, reason = releases[typed["release"]], typed["year_reason"] if typed["other_year"] else ""
    brought = survey_of_round(session, round_, release)
    number = take_survey(session, round_, release, brought, by=by, today=today, year_reason=reason)
    done = gettext(
        "Đã đưa vào %(number)s điểm khảo sát của %(agencies)s cơ quan.", number=number, agencies=len(brought)
    )
    return f"{done} {_few(round_, brought)}".strip()


def _few(round_: IndexRound, brought: Collection[UUID]) -> str:
    """Say whom a survey brought nothing, and what the rubric then makes of the survey part."""
    parts = list_parts(db.session(), round_, current_scope())
    names = [called(part.agency) for part in parts if part.agency_id not in brought]
    if not names:
        return ""
    told: str = gettext(
        "Quá ít người trả lời để có điểm khảo sát: %(names)s; %(rule)s. Nếu không xếp hạng các cơ quan này, hãy ghi ở "
        "“Cách xử lý”.",
        names=", ".join(names),
        rule={
            "rescale": gettext("theo bộ tiêu chí, phần còn lại được quy đổi ra điểm tối đa"),
            "zero": gettext("theo bộ tiêu chí, phần khảo sát tính không điểm"),
        }.get(
            content_of(round_).rule.without_survey,
            gettext("bộ tiêu chí không có quy tắc cho việc này nên tính không điểm"),
        ),
    )
    return told


@blueprint.post("/desk/index/rounds/<uuid:round_id>/indicators/take")
@round_manager
def take_index_indicators(round_: IndexRound) -> ResponseReturnValue:
    """Let the indicators of the year flow in as they are known now."""

    def take() -> object:
        taken = take_indicators(db.session(), round_, by=signed_in_official().id, today=local_today())
        done: str = gettext("Đã đưa vào %(number)s điểm từ chỉ tiêu.", number=taken.written)
        kept = [f"{called(agency)} {code}" for agency, code in taken.kept]
        if not kept:
            return done
        told = gettext(
            "%(number)s điểm đã quyết định theo kiến nghị được giữ nguyên: %(places)s.",
            number=len(kept),
            places="; ".join(kept),
        )
        return f"{done} {told}"

    return _act(round_, take)


def _act(round_: IndexRound, act: Callable[[], object], done: str = "") -> ResponseReturnValue:
    """Do what a button says and tell what came of it; a refusal leaves everything as it was."""
    number = round_.id
    try:
        told = str(act() or done)
    except (ServiceError, FindingsError) as refusal:
        db.session.rollback()
        flask.flash(refusal.text(current_language()), "error")
        return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)
    db.session.commit()
    flask.flash(told, "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


def _back(round_: IndexRound) -> ResponseReturnValue:
    return flask.redirect(flask.url_for("desk.index_round", round_id=round_.id), HTTPStatus.SEE_OTHER)


def _days(round_: IndexRound) -> dict[str, str]:
    return {name: getattr(round_, name).isoformat() for name in DAYS}


def _totals(round_: IndexRound) -> dict[UUID, IndexTotal]:
    try:
        return round_totals(db.session(), round_)
    except SurveyMissingError:
        return {}


def _show(round_: IndexRound, form: DeadlinesForm, **more: Any) -> str:  # noqa: ANN401 -- of the page
    session, scope, content = db.session(), current_scope(), content_of(round_)
    parts = list_parts(session, round_, scope)
    ids = [part.agency_id for part in parts]
    criteria, totals = [leaf.code for leaf in content.rule.counted], _totals(round_)
    progress = progress_of(session, round_.id, ids, criteria=criteria)
    lines = [_line(one, progress[one.agency_id], totals.get(one.agency_id), criteria) for one in parts]
    manages = scope.runs_surveys(round_.agency.path)
    here = STATES.index(round_.state)
    objections = [one for one in list_objections(session, round_id=round_.id, agency_ids=ids) if not one.decided_at]
    return flask.render_template(
        "desk/index_round.html",
        round=round_,
        content=content,
        listing=list_of(lines, _columns(round_), text=lambda line: f"{line.agency.name} {line.agency.code}"),
        unscored=_unscored(round_, lines),
        taken_out=list_parts(session, round_, scope, taken_out=True),
        objections=objections,
        called_by_id={one.agency_id: one.agency for one in parts},
        people=names_of_officials(session, [one.raised_by for one in objections]),
        states=STATES,
        here=here,
        manages=manages,
        form=form,
        days=DAYS,
        seen=version_of(_days(round_)),
        releases=list_releases_for(session, round_) if manages and round_.survey_is_run else [],
        rubrics=other_rubrics(round_) if manages else [],
        source=named_survey(round_.release) if round_.release else None,
        awaits_survey=awaits_survey(session, round_),
        is_late=_is_late(round_),
        is_open=manages and _is_open(round_),
        unready=_unready(round_, parts) if manages else [],
        own=[] if manages else [one for one in parts if scope.manages(one.agency.path)],
        until=getattr(round_, f"{round_.state}_until", None),
        is_demo=round_.agency.is_demo,
        **more,
    )


def _line(part: IndexParticipant, progress: Progress, total: IndexTotal | None, criteria: Collection[str]) -> PartLine:
    asked = [code for code in criteria if total is None or total.components[code].maximum]
    if total is not None:
        progress = replace(progress, scored=len(asked) - len(total.unscored))
    return PartLine(part, part.agency, progress, total, len(asked))


def _unscored(round_: IndexRound, lines: list[PartLine]) -> list[PartLine]:
    """Return the agencies with criteria that nobody scored, once scoring has begun to be judged."""
    late = STATES.index(round_.state) >= STATES.index("appraisal")
    return [line for line in lines if late and line.total and line.total.unscored]


def _columns(round_: IndexRound) -> tuple[Column[PartLine], ...]:
    if round_.state != "decided":
        return COLUMNS
    return (*COLUMNS[:-1], replace(COLUMNS[-1], name=_("Điểm đã quyết định")))


def _unready(round_: IndexRound, parts: list[IndexParticipant]) -> list[Unready]:
    """List who is not ready for the stage that comes next."""
    if round_.state == "self_assessment":
        return [Unready(part.agency) for part in parts if part.submitted_on is None]
    if round_.state != "appraisal":
        return []
    codes = [leaf.code for leaf in content_of(round_).leaves.values() if leaf.is_judged]
    done = list_appraised(db.session(), round_.id, [part.agency_id for part in parts])
    counted = [(part.agency, sum((part.agency_id, code) not in done for code in codes)) for part in parts]
    return [Unready(agency, number) for agency, number in counted if number]


def _is_open(round_: IndexRound) -> bool:
    """Return whether agencies may still act in the present stage."""
    return round_.state in {"self_assessment", "objection"} and not _is_late(round_)


def _is_late(round_: IndexRound) -> bool:
    last = getattr(round_, f"{round_.state}_until", None)
    return last is not None and local_today() > last
