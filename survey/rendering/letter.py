"""The head and the foot of an official document: Decree 30/2020/NĐ-CP, annex I."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from survey.rendering.blocks import Letter
from survey.rendering.numbers import official_day
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from datetime import date

    from survey.findings.values import AgencyName, Letterhead

_BLANK: Final = "\N{HORIZONTAL ELLIPSIS}" * 4
_ENDS: Final = " ;.,"
# "TỈNH" with its name: in the narrow block above the number it goes to the next line as a whole.
_PLACE: Final = re.compile(r"\b((?:TỈNH|THÀNH PHỐ|XÃ|PHƯỜNG|ĐẶC KHU) \S.{0,19})$")


def letter_of(letterhead: Letterhead, agency: AgencyName, *, made_on: date, language: str) -> Letter:
    """Compose head and foot of a document of ``agency``; what is not set is dotted, to be filled in by hand."""
    say = speaker(language)
    superior = letterhead.superior.text(language)
    if not superior and agency.parent_name:
        superior = agency.parent_name.text(language)
    number, symbol = letterhead.number or _BLANK, letterhead.symbol or f"BC-{_BLANK}"
    post = letterhead.signer_post.text(language) or say(
        "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ", "AUTHORITY AND POST OF THE SIGNER"
    )
    issuer = letterhead.issuer.text(language) or agency.name.text(language)
    return Letter(
        superior=superior.upper(),
        issuer=issuer.upper(),
        republic=say("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
        motto=say("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
        number=say(f"Số: {number}/{symbol}", f"No. {number}/{symbol}"),
        place_and_date=f"{letterhead.place or _BLANK * 2}, {official_day(made_on, language)}",
        kind=say("BÁO CÁO", "REPORT"),
        closing=say(f"Trên đây là báo cáo của {issuer}./.", f"This is the report of {issuer}."),
        recipients_head=say("Nơi nhận:", "Recipients:"),
        recipients=_recipients(letterhead.recipients.text(language), language),
        authority=tuple(post.upper().splitlines()),
        signature=say("(Chữ ký, dấu của cơ quan)", "(Signature and seal)"),
        signer=letterhead.signer_name or _BLANK * 3,
    )


def place_kept(name: str) -> str:
    """Return a name in capitals so that the name of its province or commune is not broken over two lines."""
    return _PLACE.sub(lambda found: found[1].replace(" ", "\N{NO-BREAK SPACE}"), name)


def head_of(agency: AgencyName, language: str) -> str:
    """Return who leads an agency: of a people's committee its chairperson."""
    name = agency.name.text(language)
    if language == "en":
        of = name if name.startswith("People's") else f"People's Committee of {name}"
        is_committee = agency.kind in {"province", "commune"}
        return f"The chairperson of the {of}" if is_committee else f"The head of {name}"
    if name.casefold().startswith(("ủy ban", "uỷ ban", "ubnd")):
        return f"Chủ tịch {name}"
    if agency.kind in {"province", "commune"}:
        is_named = name.casefold().startswith(("tỉnh ", "thành phố ", "xã ", "phường ", "đặc khu "))
        return f"Chủ tịch Ủy ban nhân dân {name[:1].lower() + name[1:] if is_named else name}"
    return f"Thủ trưởng {name}"


def _recipients(text: str, language: str) -> tuple[str, ...]:
    """Write each recipient behind a dash, ended by a semicolon and the last by a full stop, however it was typed."""
    names = [line.strip().lstrip("-–").strip().rstrip(_ENDS) for line in text.splitlines()]
    names = [name for name in names if name]
    if not names:
        names = [_BLANK * 3, _BLANK * 3, speaker(language)(f"Lưu: VT, {_BLANK}", f"Files: {_BLANK}")]
    last = len(names) - 1
    return tuple(f"- {name}{'.' if at == last else ';'}" for at, name in enumerate(names))
