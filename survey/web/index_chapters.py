"""What a public page says of a decided round of the index: its lines of ranking, and the chapters below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from survey.rendering import index_told as told
from survey.rendering.index_tables import index_tables
from survey.rendering.index_words import change_words, class_words, place_words
from survey.rendering.page_tables import page_tables
from survey.web.summary_chapters import Chapter, set_chapters

if TYPE_CHECKING:
    from survey.findings.index_result_values import IndexAgency, IndexFindings


@dataclass(frozen=True, slots=True)
class RankLine:
    """A line of the ranking: the first line of each cell is the figure, the others explain it."""

    row: IndexAgency
    class_said: tuple[str, ...]
    change_said: tuple[str, ...]
    place_said: tuple[str, ...]


def rank_lines(findings: IndexFindings, language: str) -> list[RankLine]:
    """Return the agencies as they are ranked, those without a rank last."""
    return [
        RankLine(
            row,
            tuple(class_words(row, findings, language).split("\n")) if findings.classes else (),
            tuple(change_words(row.change, findings, language).split("\n")),
            tuple(place_words(row.change, language).split("\n")),
        )
        for row in findings.agencies
    ]


def main_points(findings: IndexFindings, language: str) -> list[str]:
    """Return what stands above the ranking."""
    every = (told.main_sentences, told.few_sentences, told.class_sentences)
    return [said for tell in every for said in tell(findings, language)]


def index_chapters(findings: IndexFindings, language: str) -> list[Chapter]:
    """Return the chapters that have anything to say; indexes of others stand alone, the last but the basis."""
    tables = page_tables(index_tables(findings, language).values(), language)
    before = findings.before_year
    planned = (
        (_("Tăng và giảm so với năm %(year)s", year=before), (told.movement_sentences,), ("index_baselines",)),
        (_("Theo lĩnh vực của bộ tiêu chí"), (told.component_sentences,), ("index_areas",)),
        (_("Vì sao mất điểm"), (told.lost_sentences, told.cost_sentences), ("index_components", "index_weak")),
        (_("Điểm từ khảo sát hài lòng"), (), ("index_survey", "index_costs", "index_lacking")),
        (_("Chỉ số của cơ quan khác, để đối chiếu"), (told.outside_sentences,), ("index_outside",)),
        (_("Căn cứ và lưu ý"), (), ("index_basis", "index_remarks")),
    )
    said = (
        (heading, (), [said for tell in tellers for said in tell(findings, language)], codes)
        for heading, tellers, codes in planned
    )
    return set_chapters(said, tables)
