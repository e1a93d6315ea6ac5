"""Text as it can be seen: without signs that turn its direction, hide in it, or mean something only to machines."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Scripts of Vietnam that are written with signs of no width: Khmer, Cham, Tai Viet.  Khmer parts its words by them.
_SCRIPTS: Final = "\u1780-\u17ff\u19e0-\u19ff\uaa00-\uaa5f\uaa80-\uaadf"
# Pictures, as far as they are joined to one another: people, signs, and the mark that makes a picture of a sign.
_PICTURES: Final = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_RIGHTLY: Final = re.compile(
    rf"(?<=[{_SCRIPTS}])[\u200b-\u200d](?=[{_SCRIPTS}])|(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])"
)
# Letters and marks that show nothing although they are no format signs.
_EMPTY: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_FIRST_SUPPLEMENTARY_SELECTOR, _LAST_SUPPLEMENTARY_SELECTOR = 0xE0100, 0xE01EF
_NONCHARACTERS: Final = range(0xFDD0, 0xFDF0)
_LAST_OF_PLANE: Final = 0xFFFE


def readable(text: str) -> str:
    """Return a text in composed form without what nobody sees; line ends and other control characters stay.

    A joiner stays between two signs of a script or of pictures that need it.
    """
    if text.isascii():
        return text
    rightly = {found.start() for found in _RIGHTLY.finditer(text)}
    seen = (sign for place, sign in enumerate(text) if place in rightly or not _hides(sign))
    return unicodedata.normalize("NFC", "".join(seen))


def _hides(sign: str) -> bool:
    number = ord(sign)
    return (
        # Format signs: those of direction, of no width, tags, the soft hyphen; and signs without common meaning.
        unicodedata.category(sign) in {"Cf", "Co", "Cs"}
        or sign in _EMPTY
        or _FIRST_SUPPLEMENTARY_SELECTOR <= number <= _LAST_SUPPLEMENTARY_SELECTOR
        or number in _NONCHARACTERS
        or number & _LAST_OF_PLANE == _LAST_OF_PLANE
    )
