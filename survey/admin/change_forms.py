"""The forms in which a change of bodies is typed, one for each kind, and what they ask for."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from survey.db import db
from survey.models.agencies import Agency
from survey.queries.officials import find_agency_by_code
from survey.queries.scope import ADMINISTERS
from survey.services.change_request import ChangeRequest, NewBody
from survey.services.errors import AgencyError
from survey.services.lookups import find_agency
from survey.web.access import current_scope
from survey.web.day_field import DayField
from survey.web.forms import Form
from survey.web.language import current_language

KIND_NAMES: Final = {
    "merge": lazy_gettext("Sáp nhập"),
    "split": lazy_gettext("Tách"),
    "rename": lazy_gettext("Đổi tên"),
    "move": lazy_gettext("Chuyển, đổi mã"),
    "abolish": lazy_gettext("Giải thể"),
}
EMPTY: Final = lazy_gettext("Ô này còn trống; hãy ghi vào.")
_PERCENT: Final = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*%?")
_FEWEST_CELLS, _SHARE, _MOST_CELLS = 2, 2, 4


class ChangeForm(Form):
    """What every change holds: the day and the decision; ``confirm`` is the dry run that was looked at."""

    effective_on = DayField(lazy_gettext("Ngày có hiệu lực"), validators=[InputRequired(EMPTY)])
    decision = StringField(lazy_gettext("Căn cứ (số, ngày, trích yếu)"), validators=[InputRequired(EMPTY)])
    confirm = HiddenField()

    def request(self, agency: Agency) -> ChangeRequest:
        """Return what was asked for; the form must be valid."""
        raise NotImplementedError


class MergeForm(ChangeForm):
    """Several bodies become one."""

    others = TextAreaField(lazy_gettext("Mã các đơn vị cùng sáp nhập"), validators=[InputRequired(EMPTY)])
    code = StringField(lazy_gettext("Mã đơn vị mới"), validators=[InputRequired(EMPTY)])
    name = StringField(lazy_gettext("Tên đơn vị mới"), validators=[InputRequired(EMPTY)])
    name_en = StringField(lazy_gettext("Tên tiếng Anh (nếu có)"))
    parent = StringField(lazy_gettext("Mã cơ quan cấp trên"))
    counters = SelectField(
        lazy_gettext("Quầy, thủ tục, vai trò và khoá API"),
        choices=[
            ("hand_over", lazy_gettext("Chuyển sang đơn vị mới")),
            ("retire", lazy_gettext("Ngừng quầy; không chuyển gì")),
        ],
    )

    def request(self, agency: Agency) -> ChangeRequest:
        """Return the merger of the agency with the others that were named."""
        codes = [code for code in re.split(r"[\s,;]+", self.others.data or "") if code]
        others = [found_agency(code) for code in codes]
        body = NewBody(self.code.data.strip(), self.name.data, self.name_en.data)
        heir = body.code if self.counters.data == "hand_over" else ""
        above = self.parent.data or ""
        return ChangeRequest(
            "merge",
            self.effective_on.day,
            self.decision.data,
            (agency, *others),
            (body,),
            above_of(agency, above),
            heir,
        )


class SplitForm(ChangeForm):
    """One body becomes several."""

    bodies = TextAreaField(lazy_gettext("Các đơn vị mới"), validators=[InputRequired(EMPTY)])
    heir = StringField(lazy_gettext("Mã đơn vị mới nhận quầy, thủ tục, vai trò"))

    def request(self, agency: Agency) -> ChangeRequest:
        """Return the split of the agency into the bodies that were written, one a line."""
        lines = [line.strip() for line in (self.bodies.data or "").splitlines() if line.strip()]
        return ChangeRequest(
            "split",
            self.effective_on.day,
            self.decision.data,
            (agency,),
            tuple(_body(line) for line in lines),
            above_of(agency, ""),
            (self.heir.data or "").strip(),
        )


class RenameForm(ChangeForm):
    """A body gets another name and stays what it is."""

    name = StringField(lazy_gettext("Tên mới"), validators=[InputRequired(EMPTY)])
    name_en = StringField(lazy_gettext("Tên tiếng Anh (nếu có)"))

    def request(self, agency: Agency) -> ChangeRequest:
        """Return the new name of the agency."""
        body = NewBody(agency.code, self.name.data.strip(), (self.name_en.data or "").strip() or None)
        return ChangeRequest("rename", self.effective_on.day, self.decision.data, (agency,), (body,))


class MoveForm(ChangeForm):
    """A body goes below another one, or gets another code."""

    parent = StringField(lazy_gettext("Mã cơ quan cấp trên mới"))
    code = StringField(lazy_gettext("Mã mới (nếu đổi)"))

    def request(self, agency: Agency) -> ChangeRequest:
        """Return the move of the agency, which keeps its name."""
        body = NewBody((self.code.data or "").strip() or agency.code, agency.name, agency.name_en)
        return ChangeRequest(
            "move",
            self.effective_on.day,
            self.decision.data,
            (agency,),
            (body,),
            above_of(agency, self.parent.data or ""),
            body.code,
        )


class AbolishForm(ChangeForm):
    """A body ends; another one may take over."""

    heir = StringField(lazy_gettext("Mã đơn vị tiếp nhận (nếu có)"))

    def request(self, agency: Agency) -> ChangeRequest:
        """Return the end of the agency."""
        code = (self.heir.data or "").strip()
        heir = found_agency(code) if code else None
        if heir and find_agency(db.session(), heir.code, on=self.effective_on.day) != heir:
            # Codes have been given to other bodies: on that day this one is somebody else's.
            raise AgencyError(
                vi=f"Ngày {self.effective_on.day:%d/%m/%Y} mã {code} không phải của “{heir.name}”; hãy kiểm tra mã "
                "và ngày hiệu lực.",
                en=f"On {self.effective_on.day:%d/%m/%Y} the code {code} is not that of “{heir.name_en or heir.name}”; "
                "check the code and the day.",
            )
        return ChangeRequest(
            "abolish", self.effective_on.day, self.decision.data, (agency,), heir_code=heir.code if heir else ""
        )


FORMS: Final[dict[str, type[ChangeForm]]] = {
    "merge": MergeForm,
    "split": SplitForm,
    "rename": RenameForm,
    "move": MoveForm,
    "abolish": AbolishForm,
}


def above_of(agency: Agency, code: str) -> Agency | None:
    """Return the body above that was named, else the one above the agency now."""
    if code.strip():
        return found_agency(code.strip())
    return db.session.get(Agency, agency.parent_id) if agency.parent_id else None


def found_agency(code: str) -> Agency:
    """Return the agency of a code in the administrator's subtree: one outside it is as unknown as none."""
    agency = find_agency_by_code(db.session(), code, among=current_scope().agencies(ADMINISTERS))
    if agency is None:
        raise AgencyError(
            vi=f"Không có đơn vị nào mang mã {code} trong phạm vi quản trị của bạn; hãy kiểm tra mã.",
            en=f"No body in your subtree has the code {code}; check the code.",
        )
    return agency


def _body(line: str) -> NewBody:
    """Read "code; name; share in percent; name in English", the last two being optional."""
    cells = [cell.strip() for cell in line.split(";")]
    is_whole = _FEWEST_CELLS <= len(cells) <= _MOST_CELLS
    cells += [""] * (_MOST_CELLS - len(cells))
    match = _PERCENT.fullmatch(cells[_SHARE])
    if not is_whole or (cells[_SHARE] and not match):
        said = gettext(
            "Dòng “%(line)s” phải có dạng: mã; tên; phần trăm; tên tiếng Anh (hai phần sau có thể bỏ trống).",
            line=line[:60],
        )
        raise AgencyError(vi=said, en=said)
    share = float(match[1].replace(",", ".")) / 100 if match else None
    return NewBody(cells[0], cells[1], cells[-1] or None, share=share)


def words_of(refusal: AgencyError) -> str:
    """Return a refusal in the language of the page."""
    return refusal.text(current_language())
