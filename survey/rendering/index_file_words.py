"""What a spreadsheet of an index says instead of codes, in its own language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from survey.findings.values import Wording
from survey.rendering.index_words import INDEX_BREAKS, SCORE_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_YES, _NO = Wording("có", "yes"), Wording("không", "no")
_WORDS: Final[Mapping[str, Mapping[Any, Wording]]] = {
    "status": {
        "draft": Wording("bản nháp", "draft"),
        "decided": Wording("đã quyết định", "decided"),
        "released": Wording("đã công bố", "released"),
    },
    "data": {"demo": Wording("dữ liệu mẫu", "demonstration"), "real": Wording("dữ liệu thật", "real")},
    "verdict": SCORE_VERDICTS,
    "movement": {
        "up": Wording("tăng hạng", "up"),
        "down": Wording("giảm hạng", "down"),
        "same": Wording("giữ nguyên", "same"),
        "cannot_tell": Wording("chưa phân biệt được", "cannot be told apart"),
        "not_comparable": Wording("không so sánh được", "not comparable"),
        "new": Wording("chưa có năm trước", "no year before"),
    },
    "level": {
        "area": Wording("lĩnh vực", "area"),
        "criterion": Wording("tiêu chí", "criterion"),
        "leaf": Wording("tiêu chí chấm điểm", "scored criterion"),
        "bonus": Wording("điểm thưởng", "bonus"),
        "penalty": Wording("điểm trừ", "penalty"),
    },
    "class_is_certain": {1: _YES, 0: _NO},
    "is_converted": {1: _YES, 0: _NO},
}


def in_words(line: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a line with words for its codes."""
    told = {
        name: _WORDS[name][value].text(language) if name in _WORDS and value in _WORDS[name] else value
        for name, value in line.items()
    }
    if line.get("breaks"):
        told["breaks"] = "; ".join(INDEX_BREAKS[one].text(language) for one in line["breaks"].split())
    return told
