"""Counters with their codes, and their posters: of one, of those chosen, or of all, at once or in the background."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.ordered import order
from survey.jobs.posters import (
    MOST_AT_ONCE,
    POSTERS,
    draw_posters,
    poster_arguments,
    poster_languages,
    read_posters,
)
from survey.models.agencies import Agency, ServicePoint
from survey.models.identifiers import local_today
from survey.queries.desk_lists import (
    PAGE_SIZE,
    CounterName,
    list_counter_names,
    list_counters,
    list_counters_by_id,
)
from survey.rendering.poster import POSTER_SIZES, PosterSize
from survey.services.counter_codes import (
    HangingPoster,
    count_hanging_posters,
    list_hanging_posters,
    mark_printed,
    newest_code,
)
from survey.web.access import agency_manager, agency_member, current_scope
from survey.web.audit import record_download
from survey.web.identity import begin_to_write
from survey.web.language import current_language
from survey.web.lists import Column, Listing, list_of

USUAL_SECOND: Final = "en"
SIZE_NAMES: Final = {"A4": "A4", "A5": "A5", "sticker": _("Tem dán")}
# More than anybody has counters, so that a list is one page.
_ALL: Final = 1_000_000


COLUMNS: Final[tuple[Column[CounterName], ...]] = (
    Column("chosen", _("Chọn")),
    Column("name", _("Quầy"), by=lambda line: (line.sort_key, line.agency_sort_key)),
    Column("agency", _("Cơ quan"), by=lambda line: (line.agency_sort_key, line.sort_key)),
    Column("code", _("Mã quầy"), by=lambda line: line.code),
    Column("printed", _("In áp phích"), by=lambda line: line.printed_on),
    Column("posters", _("Áp phích")),
)


@blueprint.get("/desk/agencies/<uuid:agency_id>/counters")
@agency_member
def counters(agency: Agency) -> ResponseReturnValue:
    """List the counters of an agency and below it, each with its code and posters."""
    has_ended = agency.valid_to is not None and agency.valid_to <= local_today()
    may_manage = current_scope().manages(agency.path) and not has_ended
    listing = _listed(agency, columns=COLUMNS if may_manage else COLUMNS[1:])
    data_dir: Path = flask.current_app.config["HAILONG"].data_dir
    return flask.render_template(
        "desk/counters.html",
        agency=agency,
        listing=listing,
        counters=list_counters_by_id(db.session(), [line.id for line in listing.lines]),
        newest_code=newest_code,
        sizes=SIZE_NAMES,
        languages_of_posters=[words for tag, words in poster_languages(data_dir).items() if tag != "vi"],
        hanging=count_hanging_posters(db.session(), path=agency.path, months=_months(), today=local_today()),
        may_manage=may_manage,
        has_ended=has_ended,
        most=MOST_AT_ONCE,
        order=_with_query(flask.url_for("desk.order_posters", agency_id=agency.id)),
        is_demo=agency.is_demo,
    )


@blueprint.post("/desk/agencies/<uuid:agency_id>/posters")
@agency_manager
def order_posters(agency: Agency) -> ResponseReturnValue:
    """Give the posters of the counters chosen: at once where they are few, else as a job."""
    asked = flask.request.form
    found = _listed(agency, size=_ALL).lines
    marked = set(asked.getlist("counter"))
    wanted = [line.id for line in found if asked.get("which") == "all" or str(line.id) in marked]
    chosen = list_counters_by_id(db.session(), wanted)
    size = next((each for each in POSTER_SIZES if each == asked.get("size")), POSTER_SIZES[0])
    second = asked.get("second", USUAL_SECOND)[:20]
    if not any(newest_code(counter) for counter in chosen):
        flask.flash(gettext("Chưa chọn quầy nào; hãy đánh dấu quầy, hoặc chọn in mọi quầy trong danh sách."), "error")
        back = flask.url_for("desk.counters", agency_id=agency.id)
        return flask.redirect(_with_query(back), HTTPStatus.SEE_OTHER)
    if len(chosen) <= MOST_AT_ONCE:
        return _drawn(agency, chosen, size=size, second=second)
    arguments = poster_arguments(
        chosen, size=size, second=second, name=_file_name(agency, size), language=current_language()
    )
    return order(agency, POSTERS, arguments, subject=POSTERS, details={"counters": len(chosen)})


@blueprint.get("/desk/agencies/<uuid:agency_id>/posters-<any(A4, A5, sticker):size>.pdf")
@agency_member
def posters(agency: Agency, size: PosterSize) -> ResponseReturnValue:
    """Download the posters of the counters of an agency and below it, or of one counter, as one file."""
    counter = flask.request.args.get("counter", "")
    chosen = [each for each in list_counters(db.session(), agency) if not counter or str(each.id) == counter]
    if not any(newest_code(each) for each in chosen):
        raise NotFound
    if len(chosen) > MOST_AT_ONCE:
        # Who only reads there has no such button, but the poster of every single counter.
        if current_scope().manages(agency.path):
            flask.flash(gettext("Nhiều quầy: hãy bấm nút lập tệp ở dưới, tệp được lập ở chế độ nền."), "note")
        return flask.redirect(flask.url_for("desk.counters", agency_id=agency.id))
    return _drawn(agency, chosen, size=size, second=flask.request.args.get("second", USUAL_SECOND)[:20])


@blueprint.get("/desk/agencies/<uuid:agency_id>/hanging-posters")
@agency_member
def hanging_posters(agency: Agency) -> ResponseReturnValue:
    """List the posters that hang too long: their code was replaced, or they were printed long ago."""
    columns: tuple[Column[HangingPoster], ...] = (
        Column("since", _("Treo từ"), by=lambda line: line.since),
        Column("counter", _("Quầy"), by=lambda line: line.counter.sort_key),
        Column("agency", _("Cơ quan"), by=lambda line: line.agency.sort_key),
        Column("code", _("Mã"), by=lambda line: line.code.code),
        Column("why", _("Vì sao"), by=lambda line: line.code.replaced_on),
    )
    return flask.render_template(
        "desk/hanging_posters.html",
        agency=agency,
        listing=list_of(
            _hanging(agency),
            columns,
            text=lambda line: f"{line.counter.name} {line.counter.name_en} {line.agency.name} {line.code.code}",
        ),
        months=flask.current_app.config["HAILONG"].poster_months,
        may_manage=current_scope().manages(agency.path),
        is_demo=agency.is_demo,
    )


def _with_query(address: str) -> str:
    """Return an address with what this request searches and sorts by."""
    asked = flask.request.query_string.decode("ascii", "ignore")
    return f"{address}?{asked}" if asked else address


def _listed(
    agency: Agency, *, size: int = PAGE_SIZE, columns: Sequence[Column[CounterName]] = COLUMNS
) -> Listing[CounterName]:
    found = list_counter_names(db.session(), agency)
    return list_of(found, columns, text=_text_of, order="agency", size=size)


def _text_of(line: CounterName) -> str:
    names = (line.name, line.name_en, line.agency_name, line.agency_name_en, line.agency_code, line.code)
    return " ".join(filter(None, names))


def _hanging(agency: Agency) -> Sequence[HangingPoster]:
    return list_hanging_posters(db.session(), path=agency.path, months=_months(), today=local_today())


def _months() -> int:
    months: int = flask.current_app.config["HAILONG"].poster_months
    return months


def _drawn(agency: Agency, chosen: Sequence[ServicePoint], *, size: PosterSize, second: str) -> flask.Response:
    drawn = read_posters(chosen, public_url=flask.current_app.config["PUBLIC_URL"], today=local_today())
    name, agency_id = _file_name(agency, size), agency.id
    codes = [poster.code for poster in drawn]
    begin_to_write()
    # Who only reads there hangs nothing: his look at a poster must not hide that the one on the wall is old.
    if current_scope().manages(agency.path):
        mark_printed(db.session(), codes, today=local_today())
    record_download(name, agency_id=agency_id, counters=len(codes), is_begun=True)
    # Drawing takes longer than reading; the connection is free for others meanwhile.
    db.session.close()
    data_dir = flask.current_app.config["HAILONG"].data_dir
    content = draw_posters(drawn, size=size, second=second, data_dir=data_dir)
    response = flask.Response(content, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _file_name(agency: Agency, size: PosterSize) -> str:
    return f"ap-phich-{agency.code}-{size}.pdf"
