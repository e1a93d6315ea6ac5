"""The forms in which the register is edited, and how the second of two officials is told what the first has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from survey.models.opening_hours import USUAL_HOURS, shown_hours
from survey.services.row_version import version_of
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language

EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")
KIND_NAMES: Final = {
    "ministry": lazy_gettext("bộ, cơ quan trung ương"),
    "province": lazy_gettext("tỉnh, thành phố"),
    "department": lazy_gettext("sở, ban, ngành"),
    "commune": lazy_gettext("xã, phường, đặc khu"),
    "unit": lazy_gettext("đơn vị trực thuộc"),
}


class NamesForm(Form):
    """A Vietnamese name and perhaps an English one."""

    name = StringField(lazy_gettext("Tên"), validators=[InputRequired(EMPTY)])
    name_en = StringField(lazy_gettext("Tên tiếng Anh (nếu có)"))


class AgencyForm(NamesForm):
    """An agency to be added."""

    code = StringField(lazy_gettext("Mã cơ quan"), validators=[InputRequired(EMPTY)])
    kind = SelectField(lazy_gettext("Loại"))
    valid_from = DayField(lazy_gettext("Có hiệu lực từ ngày"), validators=[InputRequired(EMPTY)])


class EndForm(Form):
    """The day from which something is no longer there."""

    day = DayField(lazy_gettext("Không còn từ ngày"), validators=[InputRequired(EMPTY)])


class CounterForm(NamesForm):
    """A counter: whom it serves, what it offers, when it is open."""

    serves = StringField(lazy_gettext("Nhận hồ sơ cho cơ quan mang mã"), validators=[InputRequired(EMPTY)])
    services = SelectMultipleField(
        lazy_gettext("Thủ tục tại quầy"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opening_hours = StringField(lazy_gettext("Giờ mở cửa"))


class ServiceForm(NamesForm):
    """A service and the field that it belongs to."""

    service_field = SelectField(lazy_gettext("Lĩnh vực"))


class NewServiceForm(ServiceForm):
    """A service to be added."""

    code = StringField(lazy_gettext("Mã thủ tục"), validators=[InputRequired(EMPTY)])


class NewFieldForm(NamesForm):
    """A field of service to be added."""

    code = StringField(lazy_gettext("Mã lĩnh vực"), validators=[InputRequired(EMPTY)])


@dataclass(frozen=True, slots=True)
class Editing:
    """A page on which one thing is added or edited.

    ``stored`` is what is stored of the form's fields, as text, empty for what is new; ``back`` the address and name of
    the page that leads here; ``ends`` whether it can be retired here.
    """

    title: str
    form: Form
    back: tuple[str, str]
    stored: Mapping[str, str]
    note: str = ""

    @property
    def is_stale(self) -> bool:
        """Return whether somebody else has changed the thing since this official began to edit it."""
        return bool(self.stored) and flask.request.form.get("seen", "") != version_of(self.stored)

    def differing(self) -> dict[str, str]:
        """Return what is stored by now of the fields where that is not what was typed."""
        typed = {name: _as_text(self.form[name].data) for name in self.stored}
        return {name: value for name, value in self.stored.items() if value != typed[name]}

    def page(self, *, refusal: str = "", is_stale: bool = False, **more: Any) -> ResponseReturnValue:  # noqa: ANN401
        """Show the form with everything that was typed, and beside it what somebody else has stored meanwhile."""
        page = flask.render_template(
            "admin/register_edit.html",
            editing=self,
            form=self.form,
            refusal=refusal,
            differing=self.differing() if is_stale else {},
            is_stale=is_stale,
            seen=version_of(self.stored) if self.stored else "",
            usual_hours=shown_hours(USUAL_HOURS, current_language()),
            **more,
        )
        if is_stale:
            return page, HTTPStatus.CONFLICT
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if flask.request.method == "POST" else HTTPStatus.OK


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(sorted(map(str, value)))
    return " ".join(str(value or "").split())
