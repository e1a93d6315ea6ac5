"""The one check that every code and name typed by an official or read from a file passes."""

from __future__ import annotations

import unicodedata
from typing import Final

from survey.services.errors import ServiceError
from survey.services.readable import readable

LONGEST_CODE: Final = 60
LONGEST_NAME: Final = 200


def checked_code(code: str, *, of: tuple[str, str], error: type[ServiceError]) -> str:
    """Return a code without surrounding spaces, or raise ``error``; ``of`` says of what, in both languages."""
    return _checked(code, longest=LONGEST_CODE, of=(f"Mã {of[0]}", f"The code of the {of[1]}"), error=error)


def checked_name(name: str, *, of: tuple[str, str], error: type[ServiceError]) -> str:
    """Return a name in composed form without surrounding spaces, or raise ``error``; ``of`` as for codes."""
    return _checked(name, longest=LONGEST_NAME, of=(f"Tên {of[0]}", f"The name of the {of[1]}"), error=error)


def checked_translation(name: str | None, *, of: tuple[str, str], error: type[ServiceError]) -> str | None:
    """Check an English name, which may be missing."""
    return checked_name(name, of=of, error=error) if name and name.strip() else None


def _checked(text: str, *, longest: int, of: tuple[str, str], error: type[ServiceError]) -> str:
    written = unicodedata.normalize("NFC", text)
    # Signs that nobody sees come along when names are copied; those that turn the direction would let a name lie.
    text = readable(written).strip()
    if not text:
        raise error(vi=f"{of[0]} còn trống; hãy ghi vào.", en=f"{of[1]} is empty; write it.")
    if len(text) > longest:
        raise error(
            vi=f"{of[0]} dài {len(text)} ký tự, tối đa {longest}; hãy rút ngắn: “{text[:40]}…”.",
            en=f"{of[1]} has {len(text)} characters, {longest} at most; shorten it: “{text[:40]}…”.",
        )
    if any(unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"} for character in written.strip()):
        raise error(
            vi=f"{of[0]} có ký tự điều khiển hoặc xuống dòng; hãy viết trên một dòng: {text!r}.",
            en=f"{of[1]} holds a control character or a line break; write it on one line: {text!r}.",
        )
    return text
