"""Paper forms: numbered sheets to be filled in with a pen, and read by whoever enters them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from survey.rendering.numbers import day
from survey.rendering.poster import qr_svg
from survey.rendering.typesetting import typeset
from survey.rendering.words import speaker


@dataclass(frozen=True, slots=True)
class Group:
    """Rated questions under one heading."""

    name: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What every sheet of a series says; ``asked`` are the other questions: text, options, whether several fit."""

    language: str
    title: str
    agency_name: str
    counter_name: str
    wave_name: str
    scale: tuple[str, ...]
    rated: tuple[Group, ...]
    asked: tuple[tuple[str, tuple[str, ...], bool], ...]
    is_demo: bool
    printed_on: date


def paper_forms_pdf(form: PaperForm, numbers: Sequence[str]) -> bytes:
    """Draw a sheet for every number, in their order, as one PDF; each page carries the number of its sheet."""
    data = {
        "language": form.language if form.language in {"vi", "en"} else "vi",
        "title": form.title,
        "agency": form.agency_name,
        "counter": form.counter_name,
        "wave": form.wave_name,
        "scale": list(form.scale),
        "rated": [{"name": group.name, "items": list(group.items)} for group in form.rated],
        "asked": [
            {"text": text, "options": list(options), "several": several} for text, options, several in form.asked
        ],
        "is_demo": form.is_demo,
        "words": _words(form),
        "sheets": [{"number": number, "qr": f"qr-{at}.svg"} for at, number in enumerate(numbers)],
    }
    pictures = {f"qr-{at}.svg": qr_svg(number) for at, number in enumerate(numbers)}
    return typeset("paper_form", data=data, pictures=pictures, made_on=form.printed_on)


def _words(form: PaperForm) -> dict[str, Any]:
    say = speaker(form.language)
    return {
        "demo": say("DỮ LIỆU MINH HOẠ", "ILLUSTRATIVE DATA"),
        "sheet": say("Tờ số", "Sheet no."),
        "page": say("trang", "page"),
        "agency": say("Cơ quan", "Agency"),
        "counter": say("Quầy", "Counter"),
        "day": say("Ngày ghi phiếu", "Date"),
        "promise": say(
            "Phiếu không hỏi tên; xin đừng ghi tên, số điện thoại hay số giấy tờ. Số tờ chỉ để mỗi tờ được tính một "
            "lần, không cho biết ai đã ghi. Kết quả chỉ được xem gộp, từ mười phiếu trở lên.",
            "This form does not ask who you are; please write no name, telephone or document number. The sheet number "
            "only makes each sheet count once and tells nobody who filled it in. Results are shown together only, "
            "from ten forms on.",
        ),
        "how": say(
            "Mỗi dòng đánh dấu × vào một ô. Có thể bỏ trống câu không muốn trả lời.",
            "Put one × in each line. Leave out whatever you do not want to answer.",
        ),
        "question": say("Câu hỏi", "Question"),
        "no_opinion": say("Không có ý kiến", "No opinion"),
        "overall": say("Nhìn chung", "All in all"),
        "others": say("Câu hỏi khác (không bắt buộc)", "Other questions (as you like)"),
        "several": say("có thể chọn nhiều ô", "more than one box may be ticked"),
        "comment": say("Góp ý thêm (không bắt buộc)", "Anything else (as you like)"),
        "return": say(
            "Xin bỏ phiếu vào hòm phiếu tại quầy. Cảm ơn Ông/Bà!", "Please put the form into the box. Thank you!"
        ),
        "printed": say(f"In ngày {day(form.printed_on, 'vi')}", f"Printed {day(form.printed_on, 'en')}"),
    }
