"""Files of the register: tried out first, carried out only when somebody agrees to exactly what was shown."""

from __future__ import annotations

import base64
import binascii
import zlib
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from survey.admin.blueprint import blueprint
from survey.db import db
from survey.models.identifiers import local_today
from survey.queries.register import find_only_province
from survey.queries.scope import ADMINISTERS
from survey.rendering.numbers import count
from survey.rendering.register import register_csv, register_xlsx
from survey.services.audit import record
from survey.services.errors import ImportRefusedError
from survey.services.register_export import export_register
from survey.services.register_import import SHAPES, Order, carry_out_import, plan_import, recognise_shape
from survey.services.register_values import COLUMNS, KNOWN_HEADINGS, WORDS, Plan, column_name, shown
from survey.services.register_work import Rights
from survey.services.table_file import LARGEST_FILE, read_table
from survey.services.table_values import plain_heading
from survey.web.access import current_scope, manager, signed_in_official
from survey.web.identity import begin_to_write
from survey.web.language import current_language
from survey.web.large_forms import takes

SHAPE_NAMES: Final = {
    "agencies": lazy_gettext("Cơ quan"),
    "counters": lazy_gettext("Quầy"),
    "services": lazy_gettext("Thủ tục"),
    "officials": lazy_gettext("Cán bộ"),
    "communes": lazy_gettext("Xã, phường sau sắp xếp 01/7/2025"),
}
OF_MANAGERS: Final = "counters"
MOST_LINES_SHOWN: Final = 200
# What a file that does not pack weighs in letters, and the rest of the form.
_WIDEST_NAME: Final = 150
WHOLE_COUNTRY: Final = "all"
OTHER_PROVINCES: Final = "codes"


@blueprint.get("/admin/register/import")
@manager
def register_import() -> ResponseReturnValue:
    """Show the box for a file, and what a file may hold."""
    return _box()


@blueprint.post("/admin/register/import")
@takes(LARGEST_FILE * 3 // 2)
@manager
def try_register_file() -> ResponseReturnValue:
    """Try a file out: show what would be added, changed and retired, and every bad line; nothing is stored."""
    sent = flask.request.files.get("file")
    content = sent.read() if sent else b""
    name = ((sent.filename if sent else None) or "")[-_WIDEST_NAME:]
    if not name:
        return _box(gettext("Chưa chọn tệp nào; hãy chọn một tệp CSV hoặc XLSX."))
    try:
        order = _order(content, name)
        plan = plan_import(db.session(), order)
    except ImportRefusedError as error:
        return _box(error.text(current_language()))
    return _check_page(content, order, plan)


@blueprint.post("/admin/register/import/keep")
@takes(LARGEST_FILE * 3 // 2)
@manager
def keep_register_file() -> ResponseReturnValue:
    """Carry out exactly what was shown; where it would be something else by now, show that instead."""
    try:
        content = _unpacked(flask.request.form.get("source", ""))
        order = _order(content, flask.request.form.get("name", "")[-_WIDEST_NAME:])
        done = carry_out_import(db.session(), order, shown=flask.request.form.get("shown", ""))
        if done is None:
            plan = plan_import(db.session(), order)
            return _check_page(content, order, plan, has_changed=True), HTTPStatus.CONFLICT
    except ImportRefusedError as error:
        db.session.rollback()
        return _box(error.text(current_language()))
    db.session.commit()
    flask.flash(_done_words(done), "done")
    return flask.redirect(flask.url_for("admin.register"), HTTPStatus.SEE_OTHER)


@blueprint.get("/admin/register/<any(agencies, counters, services, officials):shape>.<any(csv, xlsx):ending>")
@manager
def register_file(shape: str, ending: str) -> ResponseReturnValue:
    """Download a part of the register in the shape that an import reads; that somebody did is recorded."""
    today = local_today()
    table = export_register(db.session(), shape, scope=current_scope(), today=today, language=current_language())
    title = str(SHAPE_NAMES[shape])
    if ending == "csv":
        content, mimetype = register_csv(table.headings, table.rows), "text/csv"
    else:
        content = register_xlsx(table.headings, table.rows, title=title)
        mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    begin_to_write()
    record(db.session(), "register.exported", subject=f"{shape}.{ending}", details={"lines": len(table.rows)})
    db.session.commit()
    response = flask.Response(content, mimetype=mimetype)
    name = f"{plain_heading(title).replace(' ', '-')}-{today:%Y-%m-%d}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _order(content: bytes, name: str) -> Order:
    """Return what the form asks for.

    Raises:
        ImportRefusedError: where the file cannot be read, does not say what it holds, or holds what he may not import.

    """
    form = flask.request.form
    named = _named(form.get("named", ""))
    known = KNOWN_HEADINGS | set(map(plain_heading, named.values()))
    table = read_table(content, name=name or gettext("đã gửi"), sheet=form.get("sheet", "").strip(), known=known)
    wanted = form.get("shape", "")
    shape = recognise_shape(table, wanted=wanted if wanted in SHAPES else "")
    _check_is_offered(shape)
    return Order(
        table=table,
        shape=shape,
        rights=Rights.of_scope(current_scope()),
        today=local_today(),
        only=_only(form.get("reach", ""), form.get("only", "")),
        named=named,
        official=signed_in_official(),
    )


def _offered() -> list[str]:
    """List what the official may import at all; of whom or what, the lines are asked one by one."""
    return list(SHAPES) if current_scope().holds(ADMINISTERS) else [OF_MANAGERS]


def _check_is_offered(shape: str) -> None:
    if shape not in _offered():
        name = SHAPE_NAMES[shape]
        raise ImportRefusedError(
            vi=f"Tệp này chứa danh mục “{name}”, chỉ người quản trị được nhập; bạn nhập được danh mục “Quầy”. Hãy nhờ "
            "người quản trị cơ quan của bạn.",
            en=f"This file holds “{name}”, which only administrators import; you can import counters. Ask the "
            "administrator of your agency.",
        )


def _only(reach: str, codes: str) -> frozenset[str]:
    """Return the provinces that are wanted: the own one by its code, those whose codes were written, or none for all.

    Raises:
        ImportRefusedError: where codes were to be written and were not.

    """
    if reach == WHOLE_COUNTRY:
        return frozenset()
    wanted = codes if reach in {"", OTHER_PROVINCES} else reach
    if reach == OTHER_PROVINCES and not wanted.strip():
        raise ImportRefusedError(
            vi="Chưa ghi mã tỉnh nào; hãy ghi mã, hoặc chọn tỉnh của bạn hay cả nước.",
            en="No code of a province is written; write one, or choose your own province or the whole country.",
        )
    return frozenset(wanted.replace(",", " ").replace(";", " ").split())


def _named(text: str) -> dict[str, str]:
    """Read lines like ``new_commune = Tên phường``: what the file calls a column."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name.strip(): heading.strip() for name, _, heading in pairs if name.strip() and heading.strip()}


def _box(error: str = "") -> ResponseReturnValue:
    page = flask.render_template(
        "admin/register_import.html",
        error=error,
        typed=flask.request.form,
        own_province=find_only_province(db.session(), current_scope()),
        shape_names={shape: SHAPE_NAMES[shape] for shape in _offered()},
        columns=COLUMNS,
        words_of=_words_of(current_language()),
        column=lambda shape, name: column_name(shape, name, current_language()),
        largest=LARGEST_FILE >> 20,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK


def _words_of(language: str) -> dict[str, list[str]]:
    """Return, for each column whose cells are one of a few words, these words."""
    return {name: [en if language == "en" else vi for vi, en in words.values()] for name, words in WORDS.items()}


def _check_page(content: bytes, order: Order, plan: Plan, *, has_changed: bool = False) -> str:
    language = current_language()
    by_act = {act: [line for line in plan.lines if line.act == act] for act in ("retired", "changed", "added")}
    return flask.render_template(
        "admin/register_check.html",
        table=order.table,
        plan=plan,
        may_reorganise=current_scope().holds(ADMINISTERS, at_a_root=True),
        by_act=by_act,
        most=MOST_LINES_SHOWN,
        shape_names=SHAPE_NAMES,
        has_changed=has_changed,
        source=base64.b64encode(zlib.compress(content)).decode(),
        only=" ".join(sorted(order.only)),
        typed=flask.request.form,
        column=lambda name: column_name(plan.shape, name, language) if name else "",
        said=lambda column, value: shown(column, value, language),
    )


def _unpacked(source: str) -> bytes:
    """Return the file that was shown.

    Raises:
        ImportRefusedError: where it did not come back as it went out.

    """
    try:
        unpacking = zlib.decompressobj()
        return unpacking.decompress(base64.b64decode(source, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise ImportRefusedError(
            vi="Tệp đã xem thử không còn nguyên vẹn; hãy gửi lại tệp.",
            en="The file that was tried out did not come back whole; send it again.",
        ) from error


def _done_words(plan: Plan) -> str:
    language, counts = current_language(), plan.counts
    words: str = gettext(
        "Đã nhập: thêm %(added)s, sửa %(changed)s, ngừng %(retired)s; giữ nguyên %(unchanged)s.",
        **{act: count(number, language) for act, number in counts.items()},
    )
    return words
