"""One line of a draft rubric, edited in the browser: its words, and of a leaf its maximum, source and formula."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField, TextAreaField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_rubrics import outline, rubric_here
from survey.desk.index_words import comma, fault_words, pair
from survey.models.rubrics import Rubric
from survey.services import rubric_words
from survey.services.errors import RubricError
from survey.services.row_version import version_of
from survey.services.rubric_editing import FIELDS, SUM_FIELDS, edit_line, find_line, is_sum, texts_of
from survey.services.rubrics import is_fixed, save_rubric
from survey.web.access import root_survey_runner
from survey.web.forms import Form
from survey.web.language import current_language

_WITH_COMMA: Final = ("maximum", "numbers")


class LineForm(Form):
    """A line of a rubric."""

    name = TextAreaField(lazy_gettext("Tên tiêu chí"))
    name_en = TextAreaField(lazy_gettext("Tên tiếng Anh"))
    maximum = StringField(lazy_gettext("Điểm tối đa"))
    source = SelectField(lazy_gettext("Nguồn điểm"), validate_choice=False)
    taken_from = StringField(lazy_gettext("Lấy từ"))
    formula = SelectField(lazy_gettext("Cách tính"), validate_choice=False)
    numbers = StringField(lazy_gettext("Tham số"))
    decimals = StringField(lazy_gettext("Số thập phân"))
    rounding = SelectField(lazy_gettext("Làm tròn"), validate_choice=False)
    requires = StringField(lazy_gettext("Điều kiện"))
    guide = TextAreaField(lazy_gettext("Hướng dẫn chấm"))
    guide_en = TextAreaField(lazy_gettext("Hướng dẫn tiếng Anh"))

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 -- the library's own
        super().__init__(**arguments)
        self.source.choices = [(code, pair(names)) for code, names in rubric_words.SOURCES.items()]
        self.formula.choices = [(code, pair(names)) for code, names in rubric_words.FORMULAS.items()]
        as_all = ("", gettext("như cả bộ tiêu chí"))
        self.rounding.choices = [as_all, *((code, pair(names)) for code, names in rubric_words.ROUNDINGS.items())]


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>")
@root_survey_runner
def rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Show the boxes of a line of a draft."""
    found = _draft(rubric_id)
    stored = _stored(_line(found, code))
    return _show(found, code, LineForm(formdata=None, data=stored), stored)


@blueprint.post("/desk/index/rubrics/<uuid:rubric_id>/lines/<code>")
@root_survey_runner
def edit_rubric_line(rubric_id: UUID, code: str) -> ResponseReturnValue:
    """Change a line of a draft; the sums above it follow."""
    found = _draft(rubric_id)
    form, stored = LineForm(), _stored(_line(found, code))
    typed = {name: form[name].data or "" for name in FIELDS}
    if flask.request.form.get("seen", "") != version_of(stored):
        shown = SUM_FIELDS if is_sum(_line(found, code)) else FIELDS
        differing = {name: stored[name] for name in shown if stored[name].split() != typed[name].split()}
        return _show(found, code, form, stored, differing=differing, is_stale=True), HTTPStatus.CONFLICT
    edited = edit_line(found.content, code, typed)
    if edited.faults:
        for field, fault in edited.faults:
            form[field or "name"].errors = [*form[field or "name"].errors, fault_words(fault)]
        return _show(found, code, form, stored), HTTPStatus.UNPROCESSABLE_ENTITY
    before = str(found.content["maximum"])
    try:
        save_rubric(db.session(), edited.content, agency_id=found.agency_id)
    except RubricError as refusal:
        db.session.rollback()
        page = _show(_draft(rubric_id), code, form, stored, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lưu tiêu chí %(code)s.", code=code), "done")
    if (total := str(found.content["maximum"])) != before:
        told = gettext(
            "Tổng điểm tối đa đổi từ %(before)s thành %(total)s; các tổng ở trên đã tính lại.",
            before=comma(before),
            total=comma(total),
        )
        flask.flash(told, "warning")
    return flask.redirect(flask.url_for("desk.rubric", rubric_id=rubric_id, _anchor=f"c{code}"), HTTPStatus.SEE_OTHER)


def _draft(rubric_id: UUID) -> Rubric:
    found = rubric_here(rubric_id)
    if found.agency_id is None:
        raise NotFound
    if is_fixed(db.session(), found):
        raise RubricError(
            vi=f"Bộ tiêu chí {found.name} đã công bố hoặc đã dùng nên không sửa được; hãy lập phiên bản mới.",
            en=f"The rubric {found.name} is published or in use and cannot change; begin a new version.",
        )
    return found


def _line(found: Rubric, code: str) -> Mapping[str, Any]:
    line = find_line(found.content, code)
    if line is None:
        raise NotFound
    return line


def _stored(line: Mapping[str, Any]) -> dict[str, str]:
    texts = texts_of(line)
    return texts | {name: comma(texts[name]) for name in _WITH_COMMA}


def _show(found: Rubric, code: str, form: LineForm, stored: dict[str, str], **more: Any) -> str:  # noqa: ANN401 -- of the page
    line = _line(found, code)
    codes = [one["table"]["code"] for one in outline(found.content)]
    at = codes.index(code)
    return flask.render_template(
        "desk/index_rubric_line.html",
        rubric=found,
        code=code,
        line=line,
        form=form,
        fields=SUM_FIELDS if is_sum(line) else FIELDS,
        seen=version_of(stored),
        before=codes[at - 1] if at else "",
        after=codes[at + 1] if at + 1 < len(codes) else "",
        **more,
    )
