"""Typst: a template, its data and its pictures become a PDF.

The template is our own source; everything else reaches it as JSON or SVG files in memory.  Text of people is never
pasted into source, so no name can run as markup, and nothing outside these fonts and files is read.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import typst

FONTS: Final = Path(__file__).with_name("fonts")
_SOURCES: Final = Path(__file__).with_name("typst")
# What all our fonts hold: Latin with every Vietnamese letter, and the dashes, quotation marks and dots of a text.
_USUAL: Final = re.compile("[\n -~\xa0-\u017f\u1ea0-\u1ef9\u2010-\u2022\u2026\u2030\u2039\u203a]*")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def typeset(template: str, *, data: Mapping[str, Any], pictures: Mapping[str, bytes], made_on: date) -> bytes:
    """Typeset ``typst/<template>.typ`` as tagged PDF (PDF/UA-1); the same input gives the same bytes.

    ``pictures`` maps file names, which the data refer to, to SVG.  ``made_on`` becomes the creation date.
    """
    import typst  # noqa: PLC0415 -- half of the start-up time of a command that prints nothing

    sources = {path.name: path.read_bytes() for path in sorted(_SOURCES.glob("*.typ"))}
    files = {
        **sources,
        **pictures,
        "data.json": displayable(json.dumps(data, ensure_ascii=False)).encode(),
        "main": sources[f"{template}.typ"],
    }
    midnight = datetime.combine(made_on, time.min, tzinfo=UTC)
    # typst's type stub leaves out that the input may be a mapping of files.
    compile_files: Any = typst.compile
    pdf = compile_files(
        input=files, font_paths=_fonts(), format="pdf", pdf_standards=["1.7", "ua-1"], timestamp=midnight
    )
    return cast("bytes", pdf)


def pictures_png(pictures: Sequence[bytes], *, dots_an_inch: int = 144) -> list[bytes]:
    """Turn SVG pictures into PNG, for programs that draw no SVG; the same pictures give the same bytes."""
    if not pictures:
        return []
    import typst  # noqa: PLC0415 -- as above

    names = {f"{at}.svg": picture for at, picture in enumerate(pictures)}
    files = {
        **names,
        "data.json": json.dumps({"files": list(names)}).encode(),
        "main": (_SOURCES / "pictures.typ").read_bytes(),
    }
    compile_files: Any = typst.compile
    pages = compile_files(input=files, font_paths=_fonts(), format="png", ppi=dots_an_inch)
    return pages if isinstance(pages, list) else [cast("bytes", pages)]


def displayable(text: str) -> str:
    """Put the replacement character where no font of ours has a sign; PDF/UA refuses a document that lacks one glyph.

    So a picture sign in the name of one counter does not cost a province its report.
    """
    if _USUAL.fullmatch(text):
        return text
    held = _held()
    return "".join(
        sign if sign == "\n" or ord(sign) in held else _REPLACEMENT for sign in re.sub("[\ufe00-\ufe0f]", "", text)
    )


@cache
def _held() -> frozenset[int]:
    """Return the code points of which some font of ours has a glyph."""
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 -- takes most of a second, for rare signs only

    return frozenset(code for font in FONTS.glob("*.ttf") for code in FT2Font(str(font)).get_charmap())


@cache
def _fonts() -> typst.Fonts:
    import typst  # noqa: PLC0415 -- as above

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
