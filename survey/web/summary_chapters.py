"""What the page of a year and that of a wave say beyond the ranking: the chapters of their documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _

from survey.rendering import summary_sentences as told
from survey.rendering.exclusion_tables import effect_missing, effect_table
from survey.rendering.page_tables import PageTable, page_tables
from survey.rendering.summary_tables import each_table

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings

# Longer ones stand in the documents and the open data alone.
_MOST_ROWS: Final = 100
# A heading, the sentences below it, the points, and the codes of the tables.
Planned = tuple[str, Sequence[str], Sequence[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading with what stands under it."""

    heading: str
    sentences: tuple[str, ...]
    points: tuple[str, ...]
    tables: tuple[PageTable, ...]


def chapters(findings: AnnualFindings, language: str) -> list[Chapter]:
    """Return the chapters that have anything to say."""
    every = (*each_table(findings, language), effect_table(findings, language))
    tables = page_tables((table for table in every if table.rows), language)
    planned = (
        (
            _("Phiếu phát ra, thu về, hợp lệ"),
            (told.returns(findings, language), told.mode_mix(findings.channels, language)),
            (),
            ("forms",),
        ),
        (_("Từng yếu tố"), (), tuple(told.ranges(findings, language)), ("whole", "levels", "level_shares")),
        (_("Biến động hạng"), (), tuple(told.movements(findings, language)), ()),
        (_("Những cơ quan không phân biệt được"), (told.alike(findings, language),), (), ("alike",)),
        (_("Theo lĩnh vực"), (), (), ("fields",)),
        (_("Theo nhóm người trả lời"), (), (), ("groups",)),
        (_("Qua các kỳ"), (told.fixed_mix(findings, language),), (), ("series",)),
        (
            _("Những gì không đưa vào"),
            (effect_missing(findings, language),),
            tuple(told.not_told(findings, language)),
            ("exclusion_effect",),
        ),
    )
    return set_chapters(planned, tables)


def set_chapters(planned: Iterable[Planned], tables: Mapping[str, PageTable]) -> list[Chapter]:
    """Return the chapters that have anything to say of those that were planned."""
    made = [
        Chapter(
            heading,
            tuple(filter(None, sentences)),
            tuple(points),
            tuple(tables[code] for code in codes if code in tables and len(tables[code].rows) <= _MOST_ROWS),
        )
        for heading, sentences, points, codes in planned
    ]
    return [chapter for chapter in made if chapter.sentences or chapter.points or chapter.tables]
