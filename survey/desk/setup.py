"""The guided first set-up: province, agencies, counters, questionnaire, wave, posters; each step seen in the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import NotFound
from wtforms import StringField
from wtforms.validators import InputRequired

from survey.db import db
from survey.desk.arrival import go_on_after_password
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.queries.scope import RUNS_SURVEYS
from survey.queries.setup import SetUp, find_root, find_unfinished, is_empty, list_without_counters, read_set_up
from survey.services.agencies import add_agency
from survey.services.audit import record
from survey.services.errors import AgencyError
from survey.services.official_accounts import give_role
from survey.services.second_factor import lock_official
from survey.web.access import current_scope, signed_in, signed_in_official
from survey.web.day_field import DayField
from survey.web.filters import called
from survey.web.forms import Form
from survey.web.identity import must_give_second_factor
from survey.web.language import current_language

MOST_NAMED: Final = 5
EMPTY: Final = _("Ô này còn trống; hãy ghi vào.")
# The units of today began on this day.
USUAL_START: Final = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, what is there, and the pages on which it is done, the first the usual one."""

    key: str
    name: str
    is_done: bool
    what: str
    ways: tuple[tuple[str, str], ...] = ()


class ProvinceForm(Form):
    """The body at the top: a province, or the one office that uses this alone."""

    code = StringField(_("Mã"), validators=[InputRequired(EMPTY)])
    name = StringField(_("Tên"), validators=[InputRequired(EMPTY)])
    name_en = StringField(_("Tên tiếng Anh (không bắt buộc)"))
    valid_from = DayField(_("Có hiệu lực từ"), validators=[InputRequired(EMPTY)])


@blueprint.get("/desk/setup")
@signed_in
def setup() -> ResponseReturnValue:
    """Show what is done of the first set-up and what comes next."""
    return _show(ProvinceForm(formdata=None, data={"valid_from": USUAL_START.isoformat()}))


@blueprint.post("/desk/setup/province")
@signed_in
def found_province() -> ResponseReturnValue:
    """Add the first body of an empty installation; whoever adds it administers it."""
    form, official = ProvinceForm(), signed_in_official()
    lock_official(db.session(), official)
    if not is_empty(db.session()):
        flask.flash(gettext("Đã có cơ quan đứng đầu; không thêm lần nữa."), "note")
        return flask.redirect(flask.url_for("desk.home"), HTTPStatus.SEE_OTHER)
    if not form.validate():
        return _show(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        root = add_agency(
            db.session(),
            code=form.code.data.strip(),
            kind="province",
            name=form.name.data,
            name_en=form.name_en.data or None,
            valid_from=form.valid_from.day,
        )
    except AgencyError as refusal:
        db.session.rollback()
        form.code.errors = [refusal.text(current_language())]
        return _show(form), HTTPStatus.UNPROCESSABLE_ENTITY
    give_role(db.session(), official, agency=root, role="administrator")
    record(db.session(), "agency.added", subject=f"{root.code} {root.name}", agency_id=root.id)
    db.session.commit()
    flask.g.pop("must_have_second_factor", None)
    if must_give_second_factor(official) and not flask.session.get("second_factor"):
        flask.flash(gettext("Đã thêm. Tài khoản quản trị của một tỉnh thật cần xác thực hai bước: lập ngay bây giờ."))
    else:
        flask.flash(gettext("Đã thêm %(name)s.", name=root.name), "done")
    # His sessions ended with his new role; he goes on from here without his password once more.
    return go_on_after_password(official)


def _show(form: ProvinceForm) -> str:
    root_scope = current_scope().holds(RUNS_SURVEYS, at_a_root=True)
    if not root_scope and not is_empty(db.session()):
        raise NotFound
    state = find_unfinished(db.session(), current_scope()) or read_set_up(
        db.session(), find_root(db.session(), current_scope())
    )
    steps = _steps(state)
    return flask.render_template(
        "desk/setup.html",
        steps=steps,
        current=next((step for step in steps if not step.is_done), None),
        form=form,
        root=state.root,
        is_demo=state.root is not None and state.root.is_demo,
    )


def _steps(state: SetUp) -> list[Step]:
    root = state.root
    steps = [
        Step("province", gettext("Tỉnh, thành phố"), root is not None, root.name if root else ""),
        Step(
            "agencies",
            gettext("Cơ quan: sở, ban, ngành; xã, phường, đặc khu"),
            state.agencies > 0 or state.counters > 0,
            gettext("%(number)s cơ quan bên dưới", number=state.agencies),
        ),
        Step(
            "counters",
            gettext("Quầy"),
            state.counters > 0,
            ngettext("%(number)s quầy", "%(number)s quầy", state.counters, number=state.counters),
        ),
        Step(
            "edition",
            gettext("Phiếu hỏi"),
            state.editions > 0,
            gettext("%(number)s phiếu dùng được; có sẵn phiếu ngắn tại quầy", number=state.editions),
        ),
        Step("wave", gettext("Đợt khảo sát"), state.is_open or state.is_paused, _wave_words(state)),
        Step(
            "posters",
            gettext("Áp phích"),
            state.printed > 0 or state.has_answers,
            gettext("%(number)s quầy đã in áp phích", number=state.printed)
            if state.printed or not state.has_answers
            else gettext("đã có phiếu trả lời, nên coi như áp phích đã treo; chưa quầy nào ghi ngày in"),
        ),
    ]
    if root is None:
        return steps
    ways = _ways(state, root)
    return [Step(step.key, step.name, step.is_done, step.what, ways.get(step.key, ())) for step in steps]


def _wave_words(state: SetUp) -> str:
    if state.is_open:
        return str(gettext("đã mở"))
    if state.is_paused:
        return str(gettext("đang tạm dừng: quầy chưa phát phiếu; hãy mở lại ở trang của đợt"))
    if state.has_opened and state.planned:
        return str(gettext("đợt trước đã đóng, đợt mới đã lập mà chưa mở; hãy mở đợt đó để quầy lại phát phiếu"))
    if state.has_opened:
        return str(gettext("đã đóng: quầy không còn phát phiếu; muốn hỏi tiếp, hãy lập đợt mới"))
    return str(gettext("đã lập, chưa mở") if state.planned else gettext("chưa lập"))


def _ways(state: SetUp, root: Agency) -> dict[str, tuple[tuple[str, str], ...]]:
    url = flask.url_for
    bare = list_without_counters(db.session(), root, today=local_today(), limit=MOST_NAMED + 1)
    every = "admin.register_agencies" if current_scope().administers(root.path) else "desk.agencies"
    return {
        "agencies": (
            (url("admin.add_agency_below", agency_id=root.id), gettext("Thêm một cơ quan")),
            (url("admin.register_import"), gettext("Nhập danh sách từ tệp")),
        ),
        "counters": (
            *(
                (url("admin.add_counter", agency_id=each.id), gettext("Thêm quầy của %(name)s", name=called(each)))
                for each in bare[:MOST_NAMED]
            ),
            *(((url(every), gettext("Xem mọi cơ quan")),) if len(bare) > MOST_NAMED else ()),
            (url("admin.register_import"), gettext("Nhập danh sách từ tệp")),
        ),
        "edition": ((url("admin.questionnaires"), gettext("Xem các phiếu hỏi")),),
        "wave": (_wave_way(state, root),),
        "posters": ((url("desk.counters", agency_id=root.id), gettext("In áp phích")),),
    }


def _wave_way(state: SetUp, root: Agency) -> tuple[str, str]:
    url = flask.url_for
    if state.is_paused and not state.is_open:
        return url("desk.waves"), gettext("Xem các đợt khảo sát")
    if state.planned:
        return url("desk.wave_opening", wave_id=state.planned), gettext("Mở đợt đã lập")
    return url("desk.plan_a_wave", agency_id=root.id), gettext("Lập đợt khảo sát")
