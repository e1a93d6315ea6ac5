"""The boxes of a rubric's line and of its general part; rows that are left empty are not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from survey.desk.index_words import comma, pair
from survey.services import rubric_words
from survey.services.rubric_editing import FIELDS, MOST_STEPS, NUMBERS, texts_of
from survey.services.rubric_faults import MOST_DECIMALS
from survey.services.rubric_general import GENERAL_FIELDS, GENERAL_NUMBERS, MOST_BANDS, general_texts
from survey.web.forms import Form

_FEWEST_ROWS: Final = 4
_MORE_ROWS: Final = 2
STEP_BOXES: Final = ("limit", "points")
BAND_BOXES: Final = ("band_code", "band_name", "band_name_en", "band_from")
_ELEMENTS: Final = ("access", "procedure", "staff", "result", "feedback")


class LineForm(Form):
    """A line of a rubric; the rows of bands are added to it."""

    code = StringField(lazy_gettext("Mã"))
    name = TextAreaField(lazy_gettext("Tên"))
    name_en = TextAreaField(lazy_gettext("Tên tiếng Anh"))
    maximum = StringField(lazy_gettext("Điểm tối đa"))
    source = SelectField(lazy_gettext("Nguồn điểm"), validate_choice=False)
    element = StringField(lazy_gettext("Yếu tố hài lòng"))
    indicator = StringField(lazy_gettext("Mã chỉ tiêu"))
    survey = StringField(lazy_gettext("Mã khảo sát"))
    formula = SelectField(lazy_gettext("Cách tính"), validate_choice=False)
    step = StringField(lazy_gettext("Bước điểm"))
    nothing_at = StringField(lazy_gettext("Được 0 điểm khi giá trị là"))
    all_at = StringField(lazy_gettext("Được đủ điểm khi giá trị là"))
    direction = SelectField(lazy_gettext("Chiều của các bậc"), validate_choice=False)
    decimals = SelectField(lazy_gettext("Số thập phân"), validate_choice=False)
    rounding = SelectField(lazy_gettext("Làm tròn"), validate_choice=False)
    requires = StringField(lazy_gettext("Điều kiện"))
    guide = TextAreaField(lazy_gettext("Hướng dẫn chấm"))
    guide_en = TextAreaField(lazy_gettext("Hướng dẫn tiếng Anh"))
    rows: int = 0

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 -- the library's own
        super().__init__(**arguments)
        self.source.choices = [("", gettext("chưa chọn")), *_choices(rubric_words.SOURCES)]
        self.formula.choices = _choices(rubric_words.FORMULAS)
        self.direction.choices = [
            ("at_least", gettext("từ mốc trở lên (≥)")),
            ("at_most", gettext("từ mốc trở xuống (≤)")),
        ]
        as_all = ("", gettext("như cả bộ tiêu chí"))
        self.decimals.choices = [as_all, *((str(number), str(number)) for number in range(MOST_DECIMALS + 1))]
        self.rounding.choices = [as_all, *_choices(rubric_words.ROUNDINGS)]

    @property
    def elements(self) -> tuple[str, ...]:
        """Return the elements of satisfaction that the built-in questionnaires have."""
        return _ELEMENTS


class GeneralForm(Form):
    """What is said of a rubric as a whole; the rows of classes are added to it."""

    rubric = StringField(lazy_gettext("Mã bộ tiêu chí"))
    edition = StringField(lazy_gettext("Phiên bản"))
    year = StringField(lazy_gettext("Năm"))
    title = TextAreaField(lazy_gettext("Tên bộ tiêu chí"))
    title_en = TextAreaField(lazy_gettext("Tên tiếng Anh"))
    origin = TextAreaField(lazy_gettext("Nguồn gốc"))
    origin_en = TextAreaField(lazy_gettext("Nguồn gốc tiếng Anh"))
    applies_to = SelectField(lazy_gettext("Áp dụng cho"), validate_choice=False)
    maximum = StringField(lazy_gettext("Tổng điểm tối đa"))
    decimals = SelectField(lazy_gettext("Số thập phân của điểm"), validate_choice=False)
    rounding = SelectField(lazy_gettext("Cách làm tròn"), validate_choice=False)
    without_survey = SelectField(lazy_gettext("Khi không khảo sát"), validate_choice=False)
    bonus_maximum = StringField(lazy_gettext("Điểm thưởng tối đa"))
    penalty_maximum = StringField(lazy_gettext("Điểm trừ tối đa"))
    may_exceed = BooleanField(lazy_gettext("Điểm thưởng được đưa tổng vượt điểm tối đa"))
    rows: int = 0

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 -- the library's own
        super().__init__(**arguments)
        self.applies_to.choices = _choices(rubric_words.APPLIES_TO)
        self.decimals.choices = [(str(number), str(number)) for number in range(MOST_DECIMALS + 1)]
        self.rounding.choices = _choices(rubric_words.ROUNDINGS)
        self.without_survey.choices = _choices(rubric_words.WITHOUT_SURVEY)


def line_form(texts: Mapping[str, str]) -> LineForm:
    """Return the boxes of a line holding what was stored or typed, with rows to spare."""
    made = _with_rows(LineForm, STEP_BOXES, texts, MOST_STEPS)
    assert isinstance(made, LineForm)  # noqa: S101 -- it was made of it
    return made


def general_form(texts: Mapping[str, str]) -> GeneralForm:
    """Return the boxes of the general part, likewise."""
    made = _with_rows(GeneralForm, BAND_BOXES, texts, MOST_BANDS)
    assert isinstance(made, GeneralForm)  # noqa: S101 -- it was made of it
    made.may_exceed.data = texts.get("may_exceed", "") == "true"
    return made


def stored_texts(line: Mapping[str, Any]) -> dict[str, str]:
    """Return a line as its boxes show it, with the decimal sign of the language."""
    return {
        name: comma(text) if name in NUMBERS or name.startswith(STEP_BOXES) else text
        for name, text in texts_of(line).items()
    }


def stored_general(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the general part as its boxes show it, likewise."""
    return {
        name: comma(text) if name.startswith(GENERAL_NUMBERS) else text for name, text in general_texts(content).items()
    }


def typed_texts(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for a line; its rows move up over those left empty."""
    return {name: form.get(name, "") for name in FIELDS} | rows_of(form, STEP_BOXES, MOST_STEPS)


def typed_general(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for the general part, likewise."""
    ticked = "true" if form.get("may_exceed") else "false"
    typed = {name: form.get(name, "") for name in GENERAL_FIELDS} | rows_of(form, BAND_BOXES, MOST_BANDS)
    return typed | {"may_exceed": ticked}


def said_in(form: Form, name: str, value: str) -> str:
    """Return a stored value in the words of its box, where it is one of a few."""
    choices = getattr(form[name], "choices", None) or [] if name in form else []
    return str(dict(choices).get(value, value))


def rows_of(form: Mapping[str, str], boxes: tuple[str, ...], most: int) -> dict[str, str]:
    """Return the rows in which anything was typed, numbered from 1."""
    rows = [[form.get(f"{box}_{number}", "") for box in boxes] for number in range(1, most + 1)]
    written = [row for row in rows if any(text.strip() for text in row)]
    return {
        f"{box}_{number}": text
        for number, row in enumerate(written, start=1)
        for box, text in zip(boxes, row, strict=True)
    }


def _with_rows(kind: type[Form], boxes: tuple[str, ...], texts: Mapping[str, str], most: int) -> Form:
    used = sum(1 for name in texts if name.startswith(f"{boxes[0]}_"))
    number = min(max(_FEWEST_ROWS, used + _MORE_ROWS), most)
    fields = {f"{box}_{row}": StringField(_row_label(box, row)) for row in range(1, number + 1) for box in boxes}
    form: Form = type(kind.__name__, (kind,), fields)(formdata=None, data=dict(texts))
    form.rows = number
    return form


def _row_label(box: str, row: int) -> str:
    words = {
        "limit": gettext("Bậc %(row)s: mốc", row=row),
        "points": gettext("Bậc %(row)s: điểm", row=row),
        "band_code": gettext("Mức %(row)s: mã", row=row),
        "band_name": gettext("Mức %(row)s: tên", row=row),
        "band_name_en": gettext("Mức %(row)s: tên tiếng Anh", row=row),
        "band_from": gettext("Mức %(row)s: từ %% điểm tối đa", row=row),
    }
    return str(words[box])


def _choices(words: Mapping[str, rubric_words.Words]) -> list[tuple[str, str]]:
    return [(code, pair(names)) for code, names in words.items()]
