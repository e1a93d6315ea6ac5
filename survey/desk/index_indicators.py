"""Figures of a round's year from a file, indicators and other surveys: tried out first, kept when somebody agrees."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.table_files import table_file
from survey.models.columns import exact_text
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.queries.index_desk import list_parts
from survey.services import rubric_words
from survey.services.errors import ServiceError
from survey.services.index_figures import (
    COLUMNS,
    OF_SURVEYS,
    IndicatorPlan,
    Told,
    known_figures,
    plan_indicators,
    stored_figures,
    told_as_shares,
)
from survey.services.index_indicators import store_indicators
from survey.services.index_ledger import content_of
from survey.services.index_rounds import refuse_decided
from survey.services.table_file import LARGEST_FILE, read_table
from survey.services.table_headings import known_headings
from survey.web.access import current_scope, round_manager, signed_in_official
from survey.web.language import current_language
from survey.web.large_forms import takes

MOST_SHOWN: Final = 100


@blueprint.get("/desk/index/rounds/<uuid:round_id>/indicators")
@round_manager
def index_indicators(round_: IndexRound) -> ResponseReturnValue:
    """Ask for a file of indicators, and show which are known and which are missing."""
    return _show(round_)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/indicators.<any(csv,xlsx):ending>")
@round_manager
def index_indicator_lines(round_: IndexRound, ending: str) -> ResponseReturnValue:
    """Download a file with a line an agency and figure, what is known filled in, to be completed and sent back."""
    known = known_figures(content_of(round_))
    parts = list_parts(db.session(), round_, current_scope())
    stored = stored_figures(db.session(), round_.year, [part.agency_id for part in parts], known)
    empty = ("",) * (2 + len(OF_SURVEYS))
    lines = [
        (
            part.agency.code,
            part.agency.name,
            name,
            *(_cells(told) if (told := stored.get((part.agency_id, name))) else empty),
        )
        for part in parts
        for name in known
    ]
    headings = [column.vi for column in COLUMNS]
    name = f"hai-long-chi-tieu-{round_.code}.{ending}"
    return table_file(headings, lines, name=name, title=gettext("Chỉ tiêu"), agency_id=round_.agency_id)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/indicators")
@takes(LARGEST_FILE)
@round_manager
def try_index_indicators(round_: IndexRound) -> ResponseReturnValue:
    """Try a file of indicators out: what it would set, and every bad cell; nothing is kept."""
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return _show(round_, refusal=gettext("Chưa chọn tệp nào; hãy chọn một tệp CSV hoặc XLSX."))
    try:
        plan = _plan(round_, sent.read(), sent.filename)
    except ServiceError as refusal:
        return _show(round_, refusal=refusal.text(current_language()))
    return _show(round_, plan=plan, name=sent.filename)


@blueprint.post("/desk/index/rounds/<uuid:round_id>/indicators/keep")
@takes(LARGEST_FILE)
@round_manager
def keep_index_indicators(round_: IndexRound) -> ResponseReturnValue:
    """Keep the indicators that were just shown, all of them or none."""
    name, lines = flask.request.form.get("name", "")[:100], flask.request.form.get("lines", "")
    number = round_.id
    try:
        plan = _plan(round_, lines.encode(), name or "lines.csv")
        if plan.bad or plan.digest != flask.request.form.get("digest"):
            flask.flash(gettext("Từ lúc kiểm tra đã có thay đổi; hãy xem lại rồi xác nhận một lần nữa."), "warning")
            return _show(round_, plan=plan, name=name)
        changed = store_indicators(
            db.session(), plan, root=round_.agency, by=signed_in_official().id, today=local_today()
        )
    except ServiceError as refusal:
        db.session.rollback()
        return _show(round_, refusal=refusal.text(current_language()))
    db.session.commit()
    told = gettext("Đã lưu %(number)s chỉ tiêu. Bấm “Đưa chỉ tiêu đã nhập vào kỳ” để tính điểm.", number=changed)
    flask.flash(told, "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=number), HTTPStatus.SEE_OTHER)


def _plan(round_: IndexRound, content: bytes, name: str) -> IndicatorPlan:
    refuse_decided(round_)
    scope, top = current_scope(), round_.agency.path
    return plan_indicators(
        db.session(),
        read_table(content, name=name, known=known_headings(COLUMNS)),
        year=round_.year,
        known=known_figures(content_of(round_)),
        may_set=lambda path: path.startswith(top) and scope.stands_above(path),
    )


def _as_csv(plan: IndicatorPlan) -> str:
    """Return the lines as a file of the same shape, to be sent once more by whoever agrees."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [
        ",".join(map(quoted, (one.agency.code, one.agency.name, one.indicator, *_cells(one.told))))
        for one in plan.values
    ]
    return "\n".join([",".join(column.name for column in COLUMNS), *lines])


def _cells(told: Told) -> tuple[str, ...]:
    """Return a figure as the cells of a file, value to upper end."""
    figure, ends = told.figure, ("" if end is None else exact_text(end) for end in (told.low, told.high))
    written = exact_text(figure.value)
    if figure.numerator is not None and figure.denominator is not None:
        written = f"{figure.numerator}/{figure.denominator}"
    return written, told.source, "" if told.n is None else f"{told.n}", *ends


def _sources(stored: dict[tuple[UUID, str], Told]) -> dict[str, list[str]]:
    """Return by figure who told it, each once."""
    found: dict[str, list[str]] = {}
    for (_agency_id, name), told in stored.items():
        if told.source and told.source not in found.setdefault(name, []):
            found[name].append(told.source)
    return found


def _show(
    round_: IndexRound, *, plan: IndicatorPlan | None = None, name: str = "", refusal: str = ""
) -> ResponseReturnValue:
    known = known_figures(content_of(round_))
    parts = list_parts(db.session(), round_, current_scope())
    stored = stored_figures(db.session(), round_.year, [part.agency_id for part in parts], known)
    page = flask.render_template(
        "desk/index_indicators.html",
        round=round_,
        known=known,
        counts=Counter(name for _agency_id, name in stored),
        sources=_sources(stored),
        words=rubric_words,
        parts=parts,
        stored=stored,
        shares=told_as_shares(known),
        plan=plan,
        digest=plan.digest if plan else "",
        lines=_as_csv(plan) if plan else "",
        name=name,
        refusal=refusal,
        most=MOST_SHOWN,
        is_demo=round_.agency.is_demo,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refusal or (plan and plan.bad) else HTTPStatus.OK
