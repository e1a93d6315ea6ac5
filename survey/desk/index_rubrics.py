"""Rubrics at the desk: listed, tried out from a file, kept as drafts, published, and begun anew for another year."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_draft import back_to, order_seen, tell_open
from survey.desk.index_rubric_scope import chosen_root, is_editable, own_roots, rubric_here, title_of
from survey.models.editions import content_sha256
from survey.models.identifiers import local_today
from survey.models.rubrics import Rubric
from survey.models.sort_key import sort_key
from survey.queries.index_desk import list_rubrics_for
from survey.services import rubric_words
from survey.services.errors import RubricError, ServiceError
from survey.services.rubric_drafts import begin_draft, open_faults
from survey.services.rubric_editing import is_sum
from survey.services.rubric_file import LARGEST_FILE, PlacedFault, RubricFile, read_rubric
from survey.services.rubric_sheet_writing import rubric_xlsx
from survey.services.rubric_tree import lines_of
from survey.services.rubric_writing import next_year, rubric_toml
from survey.services.rubrics import discard_rubric, find_rubric, is_fixed, publish_rubric, save_rubric
from survey.web.access import root_survey_runner
from survey.web.audit import record_download
from survey.web.language import current_language
from survey.web.large_forms import takes
from survey.web.lists import Column, Listing, list_of

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN: Final = 100


COLUMNS: Final[tuple[Column[Rubric], ...]] = (
    Column("name", _("Bộ tiêu chí, phiên bản"), by=lambda rubric: sort_key(rubric.name)),
    Column("title", _("Tên"), by=lambda rubric: sort_key(title_of(rubric))),
    Column("year", _("Năm"), by=lambda rubric: rubric.year),
    Column("owner", _("Của ai"), by=lambda rubric: rubric.agency_id is None),
    Column("state", _("Tình trạng"), by=lambda rubric: rubric.published_on),
)


@blueprint.get("/desk/index/rubrics")
@root_survey_runner
def rubrics() -> ResponseReturnValue:
    """List the rubrics of the official's trees and those of everybody, and take a file of another one."""
    return _list()


@blueprint.post("/desk/index/rubrics")
@takes(2 * LARGEST_FILE)
@root_survey_runner
def try_rubric() -> ResponseReturnValue:
    """Try a file out: every fault with its place and remedy, or what it holds; nothing is stored."""
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        return _list(refusal=gettext("Chưa chọn tệp nào; hãy chọn một tệp TOML hoặc XLSX."))
    try:
        file = read_rubric(sent.read(), name=sent.filename)
    except ServiceError as refusal:
        return _list(refusal=refusal.text(current_language()))
    if file.faults:
        return _list(file=file)
    stored = find_rubric(db.session(), f"{file.content['rubric']}/{file.content['edition']}")
    return flask.render_template(
        "desk/index_rubric_check.html",
        content=file.content,
        lines=outline(file.content),
        source=rubric_toml(file.content),
        name=f"{file.content['rubric']}/{file.content['edition']}",
        stored=stored,
        is_the_same=stored is not None and stored.sha256 == content_sha256(file.content),
        is_open=stored is None or is_editable(stored),
        roots=own_roots(),
    )


@blueprint.post("/desk/index/rubrics/drafts")
@takes(2 * LARGEST_FILE)
@root_survey_runner
def keep_rubric() -> ResponseReturnValue:
    """Keep what was just shown as a draft."""
    try:
        content = read_rubric(flask.request.form.get("source", "").encode(), name="rubric.toml").require_sound()
        _refuse_overtaken(f"{content['rubric']}/{content['edition']}", seen=flask.request.form.get("seen", ""))
        rubric = save_rubric(db.session(), content, agency_id=chosen_root().id)
    except ServiceError as refusal:
        db.session.rollback()
        return _list(refusal=refusal.text(current_language()))
    db.session.commit()
    flask.flash(gettext("Đã lưu bản nháp. Hãy xem lại rồi công bố, hoặc bỏ."), "done")
    return flask.redirect(flask.url_for("desk.rubric", rubric_id=rubric.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>")
@root_survey_runner
def rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Show a rubric line by line, and what can be done with it."""
    found = rubric_here(rubric_id)
    begun = next_year(found.content)
    return show_rubric(found, {key: str(begun[key]) for key in ("rubric", "edition", "year")})


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>.<ending>")
@root_survey_runner
def rubric_file(rubric_id: UUID, ending: str) -> ResponseReturnValue:
    """Download a rubric as the file it can be loaded from."""
    found = rubric_here(rubric_id)
    if ending == "toml":
        content, kind = rubric_toml(found.content).encode(), "application/toml"
    elif ending == "xlsx":
        content, kind = rubric_xlsx(found.content, language=current_language()), _XLSX
    else:
        raise NotFound
    name = f"{found.rubric}-{found.edition}.{ending}"
    record_download(name, agency_id=found.agency_id)
    return flask.Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/publish")
@root_survey_runner
def publish_a_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Publish a draft: rounds can count by it, and it never changes again."""
    found = _own_rubric(rubric_id)
    if flask.request.form.get("seen", "") != found.sha256:
        flask.flash(gettext("Bộ tiêu chí vừa được người khác sửa; hãy xem lại rồi mới công bố."), "warning")
        return back_to(found)
    try:
        publish_rubric(db.session(), found, today=local_today())
    except RubricError:
        db.session.rollback()
        flask.flash(gettext("Chưa công bố được: hãy sửa hết các chỗ chưa khớp dưới đây trước."), "error")
        return back_to(found)
    db.session.commit()
    flask.flash(gettext("Đã công bố; từ nay lập kỳ đánh giá được và không sửa nữa."), "done")
    return back_to(found)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/discard")
@root_survey_runner
def discard_a_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Throw a draft away; what is published stays."""
    discard_rubric(db.session(), _own_rubric(rubric_id))
    db.session.commit()
    flask.flash(gettext("Đã bỏ bản nháp."), "done")
    return flask.redirect(flask.url_for("desk.rubrics"), HTTPStatus.SEE_OTHER)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/next")
@root_survey_runner
def begin_rubric(rubric_id: UUID) -> ResponseReturnValue:
    """Begin another version with the lines of this one: of the next year, or of one's own from an example."""
    found = rubric_here(rubric_id)
    typed = {key: flask.request.form.get(key, "").strip() for key in ("rubric", "edition", "year")}
    content = {**found.content, **typed, "year": rubric_words.whole_of(typed["year"])}
    if found.agency_id is None:
        # What is begun from an example is somebody's own, and says so.
        content["origin"] = {
            "vi": f"Lập từ bộ ví dụ {found.name}; hãy ghi quyết định ban hành tại đây.",
            "en": f"Begun from the example {found.name}; name the decision that issues it here.",
        }
    name = f"{typed['rubric']}/{typed['edition']}"
    try:
        begun = begin_draft(db.session(), content, agency_id=chosen_root().id)
    except RubricError as refusal:
        db.session.rollback()
        return show_rubric(found, typed, problem=refusal.text(current_language())), HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lập bản nháp %(name)s với mọi tiêu chí của bản trước.", name=name), "done")
    return back_to(begun)


def outline(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a rubric as the table shows them."""
    return [
        {
            "kind": kind,
            "table": table,
            "is_sum": is_sum(table),
            "source": rubric_words.SOURCES.get(table.get("source", "")),
            "formula": rubric_words.FORMULAS[table.get("formula", {}).get("kind", "points")],
            "numbers": _signs(rubric_words.formula_text(table.get("formula", {}))),
            "taken_from": table.get("element") or table.get("indicator") or table.get("survey") or "",
        }
        for kind, _parent, table in lines_of(content)
    ]


def show_rubric(found: Rubric, begun: dict[str, str], *, problem: str = "") -> str:
    """Draw the page of a rubric."""
    editable = is_editable(found)
    faults = tell_open(open_faults(found.content)) if editable else []
    return flask.render_template(
        "desk/index_rubric.html",
        rubric=found,
        title=title_of(found),
        lines=outline(found.content),
        is_fixed=is_fixed(db.session(), found),
        is_editable=editable,
        faults=faults,
        faulty_sums=any(fault.is_sum for fault in faults),
        seen=order_seen(found),
        begun=begun,
        roots=own_roots(),
        problem=problem,
        words=rubric_words,
    )


def _own_rubric(rubric_id: UUID) -> Rubric:
    found = rubric_here(rubric_id)
    if found.agency_id is None:
        raise NotFound
    return found


def _signs(numbers: str) -> str:
    return numbers.replace(">=", "≥ ").replace("<=", "≤ ")


def _refuse_overtaken(name: str, *, seen: str) -> None:
    """A draft that somebody edited since the file was shown must not be replaced unseen."""
    stored = find_rubric(db.session(), name)
    if stored is not None and stored.sha256 != seen:
        raise RubricError(
            vi=f"Bản nháp {name} vừa được người khác sửa, nên tệp chưa thay bản đó; "
            "hãy xem bản đang có rồi gửi lại tệp.",
            en=f"Somebody has just edited the draft {name}, so the file has not replaced it; "
            "look at it and send it again.",
        )


def _list(*, file: RubricFile | None = None, refusal: str = "") -> ResponseReturnValue:
    found = list_rubrics_for(db.session(), [root.id for root in own_roots()])
    # Their own before the examples, the newest first.
    found = sorted(found, key=lambda one: -one.year)
    listing: Listing[Rubric] = list_of(found, COLUMNS, text=lambda one: f"{one.name} {title_of(one)}", order="owner")
    faults: tuple[PlacedFault, ...] = file.faults if file else ()
    language = current_language()
    page = flask.render_template(
        "desk/index_rubrics.html",
        listing=listing,
        titles={one.id: title_of(one) for one in found},
        file=file,
        faults=[(one, one.where(language), one.en if language == "en" else one.vi) for one in faults],
        most=MOST_SHOWN,
        refusal=refusal,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refusal or faults else HTTPStatus.OK
