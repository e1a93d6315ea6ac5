"""Indexes of others at the desk: made, filled year by year from a file, shown with ranks and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from http import HTTPStatus
from math import isnan
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField

from analysis.outside_series import SeriesMovement, SeriesYear, breaks_between, series_movement
from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_scope import own_roots
from survey.desk.table_files import table_file
from survey.models.agencies import Agency
from survey.models.columns import exact_text
from survey.models.identifiers import local_today
from survey.models.index_sources import ExternalSeries
from survey.models.sort_key import sort_key
from survey.queries.index_desk import list_series, list_series_years, values_of_series
from survey.services.errors import ServiceError
from survey.services.external_series import (
    COLUMNS,
    SeriesPlan,
    SeriesWish,
    plan_series,
    save_series,
    series_years,
    store_series,
)
from survey.services.external_series import add_series as make_series
from survey.services.row_version import version_of
from survey.services.table_file import LARGEST_FILE, read_table
from survey.services.table_headings import known_headings
from survey.web.access import current_scope, root_survey_runner, signed_in, signed_in_official
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.large_forms import takes
from survey.web.lists import Column, list_of

MOST_SHOWN: Final = 100
_ABOUT: Final = ("dimensions", "unit_set", "source")


class SeriesForm(Form):
    """What an index of others is called, who publishes it, and which way it is better."""

    code = StringField(_("Mã"))
    name = StringField(_("Tên chỉ số"))
    name_en = StringField(_("Tên tiếng Anh"))
    publisher = StringField(_("Nơi công bố"))
    unit = StringField(_("Đơn vị tính"))
    better = SelectField(_("Chiều tốt"), choices=[("up", _("cao hơn là tốt hơn")), ("down", _("thấp hơn là tốt hơn"))])


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in a year of a series: its total, places, and the change since the year before where it can be told."""

    code: str
    name: str
    total: Fraction | None
    rank: int | None
    published_rank: int | None
    change: float | None
    moved: int | None


@blueprint.get("/desk/index/series")
@signed_in
def index_series() -> ResponseReturnValue:
    """List the indexes of others that the official's trees know."""
    return _list(SeriesForm(formdata=None))


@blueprint.post("/desk/index/series")
@root_survey_runner
def add_series() -> ResponseReturnValue:
    """Make a series; its years come from files."""
    form = SeriesForm()
    root = _chosen_root()
    try:
        series = make_series(db.session(), root, _wish(form, form.code.data or ""))
    except ServiceError as refusal:
        db.session.rollback()
        return _list(form, problem=refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu; nay nhập số liệu từng năm từ tệp."), "done")
    return flask.redirect(flask.url_for("desk.series_page", series_id=series.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/series/<uuid:series_id>")
@signed_in
def series_page(series_id: UUID) -> ResponseReturnValue:
    """Show a year of a series: totals, ranks and movement, what stands against comparing, and the sources."""
    return _show(_series(series_id))


@blueprint.post("/desk/index/series/<uuid:series_id>/names")
@root_survey_runner
def rename_series(series_id: UUID) -> ResponseReturnValue:
    """Call a series something else, or name another publisher; its code and its years stay."""
    series, form = _own_series(series_id), SeriesForm()
    if flask.request.form.get("seen", "") != version_of(_names(series)):
        told = gettext("Người khác vừa sửa chỉ số này; các ô giữ điều bạn ghi, phần đầu trang cho điều đang lưu.")
        return _show(series, form=form, refusal=told)
    try:
        save_series(db.session(), db.session.get(Agency, series.agency_id), _wish(form, series.code))
    except ServiceError as refusal:
        db.session.rollback()
        return _show(_own_series(series_id), form=form, refusal=refusal.text(current_language()))
    db.session.commit()
    flask.flash(gettext("Đã lưu; số liệu các năm giữ nguyên."), "done")
    return flask.redirect(flask.url_for("desk.series_page", series_id=series_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/series/<uuid:series_id>/lines.<any(csv,xlsx):ending>")
@root_survey_runner
def series_lines(series_id: UUID, ending: str) -> ResponseReturnValue:
    """Download a file to be filled in: the units of the newest year with the year after it, or one line to begin."""
    series, meta = _own_series(series_id), list_series_years(db.session(), series_id)
    root, newest = db.session.get_one(Agency, series.agency_id), meta[0] if meta else None
    lines = [(f"{local_today().year - 1}", root.code, root.name)]
    if newest:
        units = values_of_series(db.session(), series_id, newest.year)
        lines = [(f"{newest.year + 1}", one.unit, one.unit_name) for one in units]
    headings = [*(column.vi for column in COLUMNS), *(newest.components if newest else ())]
    rows = [(*line, *("",) * (len(headings) - len(line))) for line in lines]
    name = f"hai-long-{series.code}.{ending}"
    return table_file(headings, rows, name=name, title=gettext("Số liệu"), agency_id=root.id)


@blueprint.post("/desk/index/series/<uuid:series_id>/file")
@takes(LARGEST_FILE)
@root_survey_runner
def try_series_file(series_id: UUID) -> ResponseReturnValue:
    """Try a file of a series out: its years, units and bad cells; nothing is kept."""
    series, sent = _own_series(series_id), flask.request.files.get("file")
    about = _about()
    if sent is None or not sent.filename:
        return _show(series, about=about, refusal=gettext("Chưa chọn tệp nào; hãy chọn một tệp CSV hoặc XLSX."))
    try:
        plan = _plan(sent.read(), sent.filename, about)
    except ServiceError as refusal:
        return _show(series, about=about, refusal=refusal.text(current_language()))
    return _show(series, about=about, plan=plan, name=sent.filename)


@blueprint.post("/desk/index/series/<uuid:series_id>/keep")
@takes(LARGEST_FILE)
@root_survey_runner
def keep_series_file(series_id: UUID) -> ResponseReturnValue:
    """Keep the years that were just shown; a year that is there already is replaced as a whole."""
    series, about = _own_series(series_id), _about()
    try:
        plan = _plan(flask.request.form.get("lines", "").encode(), flask.request.form.get("name", "")[:100], about)
        plan.sha256 = _sha256() or plan.sha256
        number = store_series(
            db.session(),
            series,
            plan,
            unit_set=about["unit_set"],
            source=about["source"],
            by=signed_in_official().id,
            today=local_today(),
        )
    except ServiceError as refusal:
        db.session.rollback()
        return _show(_own_series(series_id), about=about, refusal=refusal.text(current_language()))
    db.session.commit()
    flask.flash(gettext("Đã lưu %(number)s dòng.", number=number), "done")
    return flask.redirect(flask.url_for("desk.series_page", series_id=series_id), HTTPStatus.SEE_OTHER)


def _series(series_id: UUID) -> ExternalSeries:
    series = db.session.get(ExternalSeries, series_id)
    if series is None:
        raise NotFound
    owner = db.session.get(Agency, series.agency_id) if series.agency_id else None
    if owner is not None and not current_scope().concerns(owner.path):
        raise NotFound
    return series


def _own_series(series_id: UUID) -> ExternalSeries:
    series = _series(series_id)
    if series.agency_id not in {root.id for root in own_roots()}:
        raise NotFound
    return series


def _chosen_root() -> Agency:
    roots, wanted = own_roots(), flask.request.form.get("root", "")
    return next((root for root in roots if str(root.id) == wanted), roots[0])


def _wish(form: SeriesForm, code: str) -> SeriesWish:
    return SeriesWish(
        code=code,
        name=form.name.data or "",
        name_en=form.name_en.data,
        publisher=form.publisher.data or "",
        unit=(form.unit.data or "")[:40],
        higher_is_better=form.better.data != "down",
    )


def _names(series: ExternalSeries) -> dict[str, str]:
    """Return what a series is called as the boxes of its form hold it."""
    return {
        "name": series.name,
        "name_en": series.name_en or "",
        "publisher": series.publisher,
        "unit": series.unit,
        "better": "up" if series.higher_is_better else "down",
    }


def _about() -> dict[str, str]:
    return {name: flask.request.form.get(name, "")[:300] for name in _ABOUT}


def _sha256() -> str:
    """Return the checksum of the file that was shown; what is kept was written anew from it."""
    text = flask.request.form.get("sha256", "")
    return text if len(text) == len("0" * 64) and all(sign in "0123456789abcdef" for sign in text) else ""


def _plan(content: bytes, name: str, about: dict[str, str]) -> SeriesPlan:
    dimensions = [one.strip() for one in about["dimensions"].split(",") if one.strip()]
    table = read_table(content, name=name or "lines.csv", known=known_headings(COLUMNS))
    return plan_series(table, dimensions=dimensions)


def _as_csv(plan: SeriesPlan, about: dict[str, str]) -> str:
    """Return the lines as a file of the same shape, to be sent once more by whoever agrees."""
    dimensions = [one.strip() for one in about["dimensions"].split(",") if one.strip()]

    def quoted(text: object) -> str:
        return '"' + str(text).replace('"', '""') + '"'

    def number(value: Fraction | None) -> str:
        return "" if value is None else exact_text(value)

    lines = [
        ",".join(
            quoted(cell)
            for cell in (
                one.year, one.unit, one.unit_name, number(one.total), "" if one.rank is None else one.rank,
                *(number(one.dimensions[code]) for code in dimensions),
            )
        )
        for one in plan.lines
    ]  # fmt: skip
    head = ",".join(quoted(cell) for cell in (*(column.vi for column in COLUMNS), *dimensions))
    return "\n".join([head, *lines])


def _list(form: SeriesForm, *, problem: str = "") -> str:
    scope = current_scope()
    tops = {UUID(path.split("/", maxsplit=1)[0]) for path, _role in scope.grants}
    columns: tuple[Column[ExternalSeries], ...] = (
        Column("name", _("Tên chỉ số"), by=lambda one: sort_key(one.name)),
        Column("code", _("Mã"), by=lambda one: one.code),
        Column("publisher", _("Nơi công bố"), by=lambda one: sort_key(one.publisher)),
    )
    found = list_series(db.session(), sorted(tops))
    return flask.render_template(
        "desk/index_series.html",
        listing=list_of(found, columns, text=lambda one: f"{one.code} {one.name} {one.publisher}"),
        form=form,
        roots=own_roots(),
        problem=problem,
    )


def _show(
    series: ExternalSeries,
    *,
    form: SeriesForm | None = None,
    about: dict[str, str] | None = None,
    plan: SeriesPlan | None = None,
    name: str = "",
    refusal: str = "",
) -> ResponseReturnValue:
    years, meta = series_years(db.session(), series), list_series_years(db.session(), series.id)
    wanted = flask.request.args.get("year", type=int)
    at = next((k for k, one in enumerate(years) if one.year == wanted), len(years) - 1)
    moved = _moved(years, at) if years else None
    lines = _lines(series, years[at], moved) if years else []
    columns: tuple[Column[UnitLine], ...] = (
        Column("rank", _("Hạng"), by=lambda one: one.rank, is_number=True),
        Column("name", _("Đơn vị"), by=lambda one: sort_key(one.name)),
        Column("total", _("Điểm"), by=lambda one: one.total, is_number=True),
        Column("change", _("So với năm trước"), by=lambda one: one.change, is_number=True),
        Column("moved", _("Đổi hạng"), by=lambda one: one.moved, is_number=True),
        Column("published", _("Hạng công bố"), by=lambda one: one.published_rank, is_number=True),
    )
    page = flask.render_template(
        "desk/index_series_page.html",
        series=series,
        meta=meta,
        shown=meta[len(meta) - 1 - at] if meta else None,
        previous=years[at - 1] if at > 0 else None,
        moved=moved,
        breaks=breaks_between(years[at - 1], years[at]) if at > 0 else (),
        lacking=_lacking(years[at - 1 : at + 1] if moved else years[at : at + 1], lines),
        listing=list_of(lines, columns, text=lambda one: f"{one.code} {one.name}"),
        is_own=series.agency_id in {root.id for root in own_roots()},
        about=about or {"dimensions": ",".join(meta[0].components) if meta else "", "unit_set": "", "source": ""},
        plan=plan,
        file_lines=_as_csv(plan, about) if plan and about else "",
        name=name,
        refusal=refusal,
        form=form or SeriesForm(formdata=None, data=_names(series)),
        is_renamed=form is not None,
        seen=version_of(_names(series)),
        most=MOST_SHOWN,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refusal or (plan and plan.bad) else HTTPStatus.OK


def _lacking(years: list[SeriesYear], lines: list[UnitLine]) -> list[tuple[int, list[str]]]:
    """Name the units without a figure in the years that are compared."""
    names = {line.code: line.name for line in lines}
    return [(one.year, [names.get(unit, unit) for unit in one.missing()]) for one in years if one.missing()]


def _moved(years: list[SeriesYear], at: int) -> SeriesMovement | None:
    """Return the movement since the year before: over the dimensions both have; None where borders differ."""
    if not at or "units" in breaks_between(years[at - 1], years[at]):
        return None
    try:
        return series_movement(years[at - 1], years[at], shared_dimensions=True)
    except ValueError:
        return None


def _lines(series: ExternalSeries, year: SeriesYear, moved: SeriesMovement | None) -> list[UnitLine]:
    ranks = year.ranks()
    moves = {one.unit: one for one in moved.movement.units} if moved else {}
    lines = []
    for value in values_of_series(db.session(), series.id, year.year):
        move = moves.get(value.unit)
        lines.append(
            UnitLine(
                code=value.unit,
                name=value.unit_name,
                total=value.total,
                rank=ranks.get(value.unit),
                published_rank=value.published_rank,
                change=None if move is None or isnan(move.score_change) else move.score_change,
                moved=move.rank_change if move else None,
            )
        )
    return lines
