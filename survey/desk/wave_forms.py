"""The forms of a wave: what it is called, when it runs, what it asks, how precise it is to be."""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from survey.db import db
from survey.models.fieldwork import SAMPLE_KINDS, Wave, WaveTarget
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.queries.wave_desk import list_methods, list_published_editions
from survey.services.waves import WavePlan
from survey.web.day_field import DayField
from survey.web.filters import sample_kind
from survey.web.forms import Form
from survey.web.language import current_language

EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")
_DECIMAL: Final = re.compile(r"\d{1,4}(?:[.,]\d{1,4})?")


class DecimalField(StringField):  # type: ignore[misc]  # the library carries no types
    """A number with a comma or a point, as in 1,5; ``value`` is there once the form is valid."""

    value: float

    def pre_validate(self, form: Form) -> None:
        """Read the number, or say how to write it."""
        del form
        text = (self.data or "").strip().removesuffix("%").strip()
        if not _DECIMAL.fullmatch(text):
            raise ValidationError(gettext("“%(text)s” không phải là số; hãy ghi như 5 hoặc 1,5.", text=text[:40]))
        self.value = float(text.replace(",", "."))


class NamesForm(Form):
    """What a wave is called; all that can change of one that is open."""

    name = StringField(lazy_gettext("Tên đợt khảo sát"), validators=[InputRequired(EMPTY)])
    name_en = StringField(lazy_gettext("Tên tiếng Anh (nếu có)"))


class WaveForm(NamesForm):
    """Everything of a wave that is not opened yet."""

    code = StringField(lazy_gettext("Mã đợt"), validators=[InputRequired(EMPTY)])
    opens_on = DayField(lazy_gettext("Ngày bắt đầu phát phiếu"), validators=[InputRequired(EMPTY)])
    closes_on = DayField(lazy_gettext("Ngày cuối phát phiếu"), validators=[InputRequired(EMPTY)])
    index_year = StringField(lazy_gettext("Năm chỉ số"), validators=[InputRequired(EMPTY)])
    sample_kind = SelectField(lazy_gettext("Cách lấy mẫu"), choices=[])
    questionnaire_edition = SelectField(lazy_gettext("Phiếu khảo sát"), choices=[])
    method_edition = SelectField(lazy_gettext("Phương pháp tính"), choices=[])

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 -- the library's own
        super().__init__(*arguments, **named)
        self.sample_kind.choices = [(kind, sample_kind(kind)) for kind in reversed(SAMPLE_KINDS)]
        self.questionnaire_edition.choices = [(str(each.id), title_of(each)) for each in self._asked()]
        self.method_edition.choices = [(str(each.id), method_title(each)) for each in self._methods()]

    def validate_index_year(self, field: StringField) -> None:
        """Ask for four digits; whether the year makes sense the service says."""
        if not re.fullmatch(r"\d{4}", (field.data or "").strip()):
            raise ValidationError(gettext("Hãy ghi năm bằng bốn chữ số, như 2026."))

    @property
    def plan(self) -> WavePlan:
        """Return what was asked for; the form must be valid."""
        return WavePlan(
            code=self.code.data,
            name=self.name.data,
            name_en=self.name_en.data or None,
            sample_kind=self.sample_kind.data,
            index_year=int(self.index_year.data),
            opens_on=self.opens_on.day,
            closes_on=self.closes_on.day,
        )

    def editions(self) -> dict[str, Any]:
        """Return the two editions that were chosen, under the names the services give them."""
        asked, method = self.questionnaire_edition.data, self.method_edition.data
        return {
            "questionnaire_edition": next(edition for edition in self._asked() if str(edition.id) == asked),
            "method_edition": next(edition for edition in self._methods() if str(edition.id) == method),
        }

    def _asked(self) -> list[QuestionnaireEdition]:
        return list_published_editions(db.session())

    def _methods(self) -> list[MethodEdition]:
        return list_methods(db.session())


class ExtensionForm(Form):
    """A later last day."""

    closes_on = DayField(lazy_gettext("Ngày cuối phát phiếu mới"), validators=[InputRequired(EMPTY)])


class TargetForm(Form):
    """The margin in percentage points, the design effect, and the expected participation in percent."""

    margin = DecimalField(lazy_gettext("Sai số cho phép, ± điểm phần trăm"), validators=[InputRequired(EMPTY)])
    design_effect = DecimalField(lazy_gettext("Hệ số thiết kế"), validators=[InputRequired(EMPTY)])
    participation = DecimalField(lazy_gettext("Tỷ lệ tham gia dự kiến, phần trăm"), validators=[InputRequired(EMPTY)])


def title_of(edition: QuestionnaireEdition) -> str:
    """Name an edition by its title, and by its code as far as that tells it from the next."""
    titles = edition.content["title"]
    return f"{titles.get(current_language()) or titles['vi']} ({edition.questionnaire}/{edition.edition})"


def method_title(method: MethodEdition) -> str:
    """Name a method by what it makes the index, and its code."""
    statistic = {
        "share": gettext("tỷ lệ hài lòng"),
        "mean": gettext("điểm trung bình"),
    }.get(method.content.get("statistic", ""), "")
    return f"{method.code} – {statistic}" if statistic else method.code


def known_of(wave: Wave) -> dict[str, str]:
    """Return a wave as its form shows it."""
    return {
        "code": wave.code,
        "name": wave.name,
        "name_en": wave.name_en or "",
        "opens_on": wave.opens_on.isoformat(),
        "closes_on": wave.closes_on.isoformat(),
        "index_year": str(wave.index_year),
        "sample_kind": wave.sample_kind,
        "questionnaire_edition": str(wave.questionnaire_edition_id),
        "method_edition": str(wave.method_edition_id),
    }


def known_target(target: WaveTarget | None) -> dict[str, str]:
    """Return a target as its form shows it; what is usual where there is none."""
    if target is None:
        return {"margin": "5", "design_effect": "1", "participation": "20"}
    return {
        "margin": _plain(target.margin * 100),
        "design_effect": _plain(target.design_effect),
        "participation": _plain(target.participation * 100),
    }


def _plain(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".").replace(".", "," if current_language() == "vi" else ".")
