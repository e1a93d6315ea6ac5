"""What no edition's file looks like: keys, depths and numbers that only cost the time of whoever reads them."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any, Final

from survey.services.errors import EditionError

MOST_DEEP: Final = 20
LONGEST_KEY: Final = 100
LONGEST_LINE: Final = 20_000
LARGEST_WHOLE: Final = 10**15
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|$)|\'[^\']*+(?:\'|$)')
# Reading a dotted key takes the square of its length.
_DOTTED: Final = re.compile(rf"(?<![\w-])[\w-]++(?:\s*+\.\s*+[\w-]++){{{MOST_DEEP}}}")


def refuse_long_lines(text: str, *, name: str) -> None:
    """Refuse lines and dotted keys of a length that no file has, before they are read.

    Raises:
        EditionError: It names the line.

    """
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise EditionError(
                vi=f"Tệp {name} có dòng {number} dài {len(line)} ký tự, tối đa {LONGEST_LINE}; hãy chia dòng hoặc dùng "
                "tệp mẫu.",
                en=f"Line {number} of the file {name} has {len(line)} characters, {LONGEST_LINE} at most; split it, or "
                "begin with the template.",
            )
        if line.count(".") >= MOST_DEEP and _DOTTED.search(_QUOTED.sub("q", line)):
            raise EditionError(
                vi=f"Tệp {name} có khoá nhiều dấu chấm hơn mọi tệp mẫu ở dòng {number}; hãy xem lại dòng đó.",
                en=f"Line {number} of the file {name} has a key with more dots than any template has; look at it.",
            )


def refuse_monsters(content: dict[str, Any], *, name: str) -> None:
    """Refuse what was read but is nested too deeply, or holds numbers, keys or values that no edition has.

    Raises:
        EditionError: It names the key.

    """
    waiting: list[tuple[object, str, int]] = [(content, "", 0)]
    while waiting:
        value, key, depth = waiting.pop()
        if depth > MOST_DEEP:
            raise EditionError(
                vi=f"Tệp {name} lồng quá sâu ở “{key}”; hãy dùng tệp mẫu.",
                en=f"The file {name} nests “{key}” too deeply; begin with the template.",
            )
        if isinstance(value, dict):
            long = next((one for one in value if len(one) > LONGEST_KEY or not one.isprintable()), None)
            if long is not None:
                shown = "".join(sign for sign in long[:40] if sign.isprintable())
                raise EditionError(
                    vi=f"Tệp {name} có khoá “{shown}…” quá dài hoặc có ký tự ẩn; hãy sửa khoá đó.",
                    en=f"The file {name} has a key “{shown}…” that is too long or holds hidden signs; change it.",
                )
            waiting += [(inner, one, depth + 1) for one, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, key, depth + 1) for inner in value]
        elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
            raise EditionError(
                vi=f"Tệp {name} ghi ở “{key}” một số quá lớn; hãy sửa số đó.",
                en=f"The file {name} gives “{key}” a number that is too large; change it.",
            )
        elif isinstance(value, date | time):
            raise EditionError(
                vi=f"Tệp {name} ghi ở “{key}” một ngày giờ không có dấu nháy; hãy thêm dấu nháy hoặc ghi số.",
                en=f"The file {name} gives “{key}” a date or time without quotes; quote it, or write a number.",
            )
