"""What an agency's documents print at head and foot, as an official sets it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.letterheads import Letterhead
from survey.services.audit import Detail, record
from survey.services.errors import ServiceError
from survey.services.readable import readable

LONGEST_LINE: Final = 200
MOST_LINES: Final = 20
# What stands on one line, by field, as the form calls it.
LINES: Final = {
    "superior": ("Cơ quan cấp trên", "Superior agency"),
    "issuer": ("Cơ quan ban hành", "Issuing agency"),
    "place": ("Địa danh", "Place"),
    "number": ("Số", "Number"),
    "symbol": ("Ký hiệu", "Symbol"),
    "signer_name": ("Họ tên người ký", "Name of the signer"),
    "superior_en": ("Cơ quan cấp trên (tiếng Anh)", "Superior agency (English)"),
    "issuer_en": ("Cơ quan ban hành (tiếng Anh)", "Issuing agency (English)"),
}
# What has a line each for what is printed on a line.
TEXTS: Final = {
    "signer_post": ("Quyền hạn, chức vụ", "Authority and post"),
    "recipients": ("Nơi nhận", "Recipients"),
    "signer_post_en": ("Quyền hạn, chức vụ (tiếng Anh)", "Authority and post (English)"),
    "recipients_en": ("Nơi nhận (tiếng Anh)", "Recipients (English)"),
}
FIELDS: Final = (*LINES, *TEXTS)


class LetterheadError(ServiceError):
    """What is to be printed does not fit into the head or the foot of a document; ``field`` says which text."""

    def __init__(self, field: str, *, vi: str, en: str) -> None:
        super().__init__(vi=vi, en=en)
        self.field = field


def set_letterhead(session: Session, agency: Agency, texts: Mapping[str, str], *, today: date) -> Letterhead:
    """Keep what the documents of an agency print from now on; every field of ``FIELDS`` that is missing is emptied.

    Raises:
        LetterheadError: where a line is longer than 200 characters, there are more than 20, a text that stands on
            one line has several, or there is English without Vietnamese.

    """
    new = {name: _checked(name, texts.get(name, "")) for name in FIELDS}
    for name in FIELDS:
        if name.endswith("_en") and new[name] and not new[name.removesuffix("_en")]:
            vi, en = (LINES | TEXTS)[name.removesuffix("_en")]
            raise LetterheadError(
                name,
                vi=f"{vi} mới có bản tiếng Anh; hãy ghi bản tiếng Việt trước.",
                en=f"{en} is in English only; write the Vietnamese first.",
            )
    letterhead = session.get(Letterhead, agency.id)
    if letterhead is None:
        letterhead = Letterhead(agency_id=agency.id)
        session.add(letterhead)
    before = stored_texts(letterhead)
    changed = {name: [before[name], text] for name, text in new.items() if text != before[name]}
    for name, text in new.items():
        setattr(letterhead, name, text)
    letterhead.changed_on = today
    session.flush()
    if changed:
        details: dict[str, Detail] = dict(changed)
        record(session, "letterhead.changed", subject=agency.code, agency_id=agency.id, details=details)
    return letterhead


def stored_texts(letterhead: Letterhead | None) -> dict[str, str]:
    """Return every text by field; empty where nothing is set."""
    return {name: getattr(letterhead, name, None) or "" for name in FIELDS}


def _checked(name: str, text: str) -> str:
    vi, en = (LINES | TEXTS)[name]
    written = (readable(unicodedata.normalize("NFC", line)) for line in text.splitlines())
    lines = [line for line in (" ".join(line.split()) for line in written) if line]
    if len(lines) > (MOST_LINES if name in TEXTS else 1):
        most = MOST_LINES if name in TEXTS else 1
        raise LetterheadError(
            name,
            vi=f"{vi} có {len(lines)} dòng, tối đa {most}; hãy rút gọn.",
            en=f"{en} has {len(lines)} lines, {most} at most; shorten it.",
        )
    for line in lines:
        if len(line) > LONGEST_LINE:
            raise LetterheadError(
                name,
                vi=f"{vi} có dòng dài {len(line)} ký tự, tối đa {LONGEST_LINE}; hãy rút ngắn: “{line[:40]}…”.",
                en=f"{en} has a line of {len(line)} characters, {LONGEST_LINE} at most; shorten it: “{line[:40]}…”.",
            )
        if any(unicodedata.category(sign) in {"Cc", "Cn", "Co", "Cs"} for sign in line):
            raise LetterheadError(
                name,
                vi=f"{vi} có ký tự điều khiển; hãy gõ lại: {line[:40]!r}.",
                en=f"{en} holds a control character; type it again: {line[:40]!r}.",
            )
    return "\n".join(lines)
