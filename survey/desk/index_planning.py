"""A round of the index is planned: under whom, by which rubric, until when, with which agencies."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.rubrics import Rubric
from survey.queries.index_desk import list_candidates, list_kinds_below, list_round_roots, list_rubrics_for
from survey.services.errors import ServiceError
from survey.services.index_numbers import YEARS
from survey.services.index_rounds import RoundWish, plan_round
from survey.web.access import current_scope, signed_in_official, survey_runner
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language
from survey.web.large_forms import takes

_LARGEST_FORM: Final = 512 * 1024
DAYS: Final = ("self_assessment_until", "appraisal_until", "objection_until", "decision_until")


class DeadlinesForm(Form):
    """The last day of every stage."""

    self_assessment_until = DayField(lazy_gettext("Hạn tự chấm điểm"))
    appraisal_until = DayField(lazy_gettext("Hạn thẩm định"))
    objection_until = DayField(lazy_gettext("Hạn kiến nghị"))
    decision_until = DayField(lazy_gettext("Hạn xét kiến nghị"))

    def is_sound(self) -> bool:
        """Read the boxes; a day that is missing is told at its box."""
        sound = bool(self.validate())
        for name in DAYS:
            if not self[name].errors and not (self[name].data or "").strip():
                self[name].errors = [gettext("Chưa ghi ngày; hãy ghi như 31/12/2026.")]
                sound = False
        return sound


class RoundForm(DeadlinesForm):
    """What a round is called, and until when its stages last."""

    code = StringField(lazy_gettext("Mã kỳ"))
    name = StringField(lazy_gettext("Tên kỳ đánh giá"))
    name_en = StringField(lazy_gettext("Tên tiếng Anh"))
    survey_is_run = BooleanField(lazy_gettext("Kỳ này có khảo sát mức độ hài lòng"))


@blueprint.get("/desk/index/new")
@survey_runner
def new_index_round() -> ResponseReturnValue:
    """Ask under whom and by which rubric; then show the boxes of the round, with the agencies that can take part."""
    root, rubric = _chosen(flask.request.args)
    year = _year(flask.request.args, rubric)
    if root is None or rubric is None or year is None:
        told = _no_year() if rubric is not None else ""
        return _choose(root, rubric, refusal=told)
    form = RoundForm(
        formdata=None,
        data={
            "code": f"CCHC-{root.code}-{year}"[:60],
            "name": gettext("Đánh giá, xếp hạng cải cách hành chính năm %(year)s", year=year),
            "survey_is_run": True,
        },
    )
    candidates = _candidates(root, rubric, year)
    return _show(root, rubric, year, form, candidates, {str(one.id) for one in candidates})


@blueprint.post("/desk/index/new")
@takes(_LARGEST_FORM)
@survey_runner
def plan_index_round() -> ResponseReturnValue:
    """Plan a round."""
    root, rubric = _chosen(flask.request.form)
    year = _year(flask.request.form, rubric)
    if root is None or rubric is None:
        return _choose(root, None, refusal=gettext("Hãy chọn cơ quan chủ trì và bộ tiêu chí trong danh sách."))
    if year is None:
        return _choose(root, rubric, refusal=_no_year())
    form, candidates = RoundForm(), _candidates(root, rubric, year)
    ticked = set(flask.request.form.getlist("agency"))
    if not form.is_sound():
        return _show(root, rubric, year, form, candidates, ticked), HTTPStatus.UNPROCESSABLE_ENTITY
    wish = RoundWish(
        code=form.code.data or "",
        name=form.name.data or "",
        name_en=form.name_en.data or None,
        year=year,
        survey_is_run=bool(form.survey_is_run.data),
        **{name: form[name].day for name in DAYS},
    )
    chosen = [one for one in candidates if str(one.id) in ticked]
    try:
        planned = plan_round(
            db.session(), root, rubric, wish, agencies=chosen, by=signed_in_official().id, today=local_today()
        )
    except ServiceError as refusal:
        db.session.rollback()
        root, rubric = _chosen(flask.request.form)
        page = _show(root, rubric, year, form, candidates, ticked, problem=refusal.text(current_language()))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.commit()
    flask.flash(gettext("Đã lập kỳ đánh giá. Khi sẵn sàng, hãy mở bước tự chấm điểm."), "done")
    return flask.redirect(flask.url_for("desk.index_round", round_id=planned.id), HTTPStatus.SEE_OTHER)


def _chosen(values: Any) -> tuple[Agency | None, Rubric | None]:  # noqa: ANN401 -- of the form or the address
    roots = list_round_roots(db.session(), current_scope(), today=local_today())
    root = next((one for one in roots if str(one.id) == values.get("root", "")), None)
    if root is None:
        return None, None
    rubrics = _rubrics([root])
    return root, next((one for one in rubrics if str(one.id) == values.get("rubric", "")), None)


def _rubrics(roots: list[Agency]) -> list[Rubric]:
    return list_rubrics_for(db.session(), [root.id for root in roots], only_published=True)


def _year(values: Any, rubric: Rubric | None) -> int | None:  # noqa: ANN401 -- of the form or the address
    """Return the year that is assessed, the rubric's where nobody said otherwise; None where it is none."""
    text = values.get("year", "").strip()
    if not text:
        return rubric.year if rubric else None
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == len("2026") else 0
    return year if YEARS[0] <= year <= YEARS[1] else None


def _no_year() -> str:
    told: str = gettext("Năm đánh giá phải từ %(first)s đến %(last)s; hãy sửa.", first=YEARS[0], last=YEARS[1])
    return told


def _candidates(root: Agency, rubric: Rubric, year: int) -> list[Agency]:
    return list_candidates(db.session(), root, rubric.content["applies_to"], year=year)


def _own(roots: list[Agency]) -> Agency | None:
    """Return the root that an official most likely means: the agency of his own role, the highest of several."""
    own = {path for path, _ in current_scope().grants}
    return min(roots, key=lambda one: (one.path not in own, len(one.path), one.sort_key), default=None)


def _fitting(root: Agency, rubrics: list[Rubric]) -> Rubric | None:
    """Return the rubric that most likely suits a root: of a kind that stands below it, its own before examples."""
    kinds = list_kinds_below(db.session(), root)
    among = [one for one in rubrics if one.agency_id in {None, root.id}]
    return min(among, key=lambda one: (one.content["applies_to"] not in kinds, one.agency_id is None), default=None)


def _choose(root: Agency | None, rubric: Rubric | None, *, refusal: str = "") -> ResponseReturnValue:
    roots = list_round_roots(db.session(), current_scope(), today=local_today())
    rubrics, root = _rubrics(roots), root or _own(roots)
    page = flask.render_template(
        "desk/index_round_choice.html",
        roots=roots,
        rubrics=rubrics,
        chosen=root,
        fitting=rubric or (_fitting(root, rubrics) if root else None),
        year=flask.request.values.get("year", ""),
        refusal=refusal,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK


def _show(
    root: Agency | None,
    rubric: Rubric | None,
    year: int,
    form: RoundForm,
    candidates: list[Agency],
    ticked: set[str],
    *,
    problem: str = "",
) -> str:
    return flask.render_template(
        "desk/index_round_new.html",
        root=root,
        rubric=rubric,
        year=year,
        form=form,
        days=DAYS,
        candidates=candidates,
        ticked=ticked,
        problem=problem,
    )
