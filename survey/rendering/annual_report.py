"""The annual summary of all agencies under one, before it is set in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering import numbers, sentences
from survey.rendering import summary_sentences as told
from survey.rendering.agency_pages import agency_pages
from survey.rendering.annual_charts import heat_map, movement_chart, ranking_charts
from survey.rendering.annual_tables import annual_tables
from survey.rendering.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from survey.rendering.composition import annual_marks, is_preview, numbered, watermark_of
from survey.rendering.exclusion_tables import effect_missing
from survey.rendering.letter import letter_of
from survey.rendering.method_annex import annual_method
from survey.rendering.period_words import period_before, subtitle, title
from survey.rendering.summary_charts import element_spread_chart, funnel_chart, series_chart, summary_levels_chart
from survey.rendering.words import NOT_OFFICIAL, Say, speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from survey.findings.values import AnnualFindings, RankedAgency

_ENDS: Final = 5
# A table longer than this is an annex, so that the report itself can be read through.
_LONG: Final = 40
_MAY_BE_LONG: Final = frozenset({"ranking", "alike", "elements", "proof", "points", "fields", "perception"})


def annual_report(findings: AnnualFindings, language: str) -> Report:
    """Compose the summary of a year, or the report of a wave; draws its charts."""
    say, root = speaker(language), findings.root
    tables = annual_tables(findings, language)
    return Report(
        language=language,
        title=title(findings, language),
        subtitle=subtitle(findings, language),
        letter=letter_of(findings.letterhead, root, made_on=findings.made_on, language=language),
        made_on=findings.made_on,
        marks=annual_marks(findings, language),
        watermark=watermark_of(is_draft=findings.is_draft, is_demo=root.is_demo, language=language),
        body=tuple(numbered(_body(findings, tables, say, language))),
        annexes=tuple(numbered(_annexes(findings, tables, say, language), say("Phụ lục ", "Annex "))),
    )


def _body(findings: AnnualFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    yield Heading(1, say("Mở đầu", "Foreword"))
    yield Paragraph(" ".join(filter(None, (told.foreword(findings, language), NOT_OFFICIAL.text(language)))))
    yield Heading(1, say("Mẫu khảo sát", "Sample"))
    yield from _sentences(told.returns(findings, language), told.mode_mix(findings.channels, language))
    yield from _those(tables, "forms", "sample")
    yield Heading(1, say("Kết quả chung", "Overall result"))
    yield Bullets(tuple(filter(None, _main_sentences(findings, language))))
    yield from _those(tables, "whole", "levels", "level_shares")
    yield from summary_levels_chart(findings, language)
    yield Heading(1, say("Xếp hạng", "Ranking"))
    yield from _ranking(findings, tables, say, language)
    if not is_preview(findings):
        before = period_before(findings, language)
        yield Heading(1, say(f"Tăng và giảm so với {before}", f"Rises and falls against {before}"))
        yield Paragraph(sentences.risen_and_fallen(findings, language))
        yield from _bullets(told.movements(findings, language))
        yield from movement_chart(findings, language)
    yield Heading(1, say("Theo yếu tố", "By element"))
    yield from _bullets(told.ranges(findings, language))
    yield from _short(tables.get("elements"), say)
    yield from heat_map(findings, language)
    yield from element_spread_chart(findings, language)
    yield from _parts(findings, tables, say, language)
    yield Heading(1, say("Điểm cho Chỉ số cải cách hành chính", "Points for the PAR INDEX"))
    yield Paragraph(sentences.index_points(findings.points, language))
    yield from _short(tables.get("points"), say)
    yield Heading(1, say("Những gì không đưa vào", "What is left out"))
    yield Paragraph(sentences.left_out(findings, language))
    yield from _those(tables, "ledger", "exclusion_effect")
    yield from _sentences(effect_missing(findings, language))
    yield from _bullets(told.not_told(findings, language))


def _parts(findings: AnnualFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    """Yield the chapters that only some surveys have."""
    chapters = (
        ("fields", say("Theo lĩnh vực", "By field of service"), ""),
        ("proof", say("Có mã một lần và không có mã", "With a one-time code and without"), ""),
        ("channels", say("Theo kênh trả lời", "By channel"), told.fixed_mix(findings, language)),
        ("perception", say("Cảm nhận và trải nghiệm", "Perception and experience"), ""),
        ("expectations", say("Mong muốn", "Expectations"), ""),
        ("respondents", say("Người trả lời", "Who answered"), ""),
        ("groups", say("Theo nhóm người trả lời", "By group of respondents"), ""),
        ("series", say("Qua các kỳ", "Over the periods"), ""),
    )
    for code, heading, sentence in chapters:
        if code in tables:
            yield Heading(1, heading)
            yield from _sentences(sentence)
            yield from _short(tables[code], say)
        if code == "series":
            yield from series_chart(findings, language)


def _ranking(findings: AnnualFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    ranked = [row for row in findings.agencies if row.rank is not None]
    if not ranked:
        smallest = numbers.count(findings.smallest_n_index, language)
        yield Paragraph(
            say(
                f"Chưa có cơ quan nào đủ {smallest} người trả lời để xếp hạng.",
                f"No agency has the {smallest} respondents it takes to be ranked.",
            )
        )
    else:
        yield Heading(2, say("Các cơ quan đứng đầu", "The first agencies"))
        yield _placings(ranked[:_ENDS], findings, language)
        if len(ranked) > _ENDS:
            yield Heading(2, say("Các cơ quan đứng cuối", "The last agencies"))
            yield _placings(ranked[_ENDS:][-_ENDS:], findings, language)
        yield from ranking_charts(findings, language)
        yield from funnel_chart(findings, language)
    yield from _short(tables.get("ranking"), say)
    if alike := told.alike(findings, language):
        yield Heading(2, say("Những gì không phân biệt được", "What cannot be told apart"))
        yield Paragraph(alike)
        yield from _short(tables.get("alike"), say)


def _placings(rows: list[RankedAgency], findings: AnnualFindings, language: str) -> Bullets:
    ranked = sum(row.rank is not None for row in findings.agencies)
    with_movement = not is_preview(findings)
    return Bullets(tuple(sentences.placing(row, ranked, language, with_movement=with_movement) for row in rows))


def _those(tables: Mapping[str, Table], *codes: str) -> Iterator[Table]:
    for code in codes:
        if code in tables:
            yield tables[code]


def _sentences(*texts: str) -> Iterator[Paragraph]:
    if said := " ".join(filter(None, texts)):
        yield Paragraph(said)


def _bullets(items: Iterable[str]) -> Iterator[Bullets]:
    if said := tuple(items):
        yield Bullets(said)


def _short(table: Table | None, say: Say) -> Iterator[Block]:
    if table is None:
        return
    if len(table.rows) <= _LONG:
        yield table
    else:
        title = f"“{table.title}”"
        yield Paragraph(say(f"Bảng đầy đủ {title} ở phụ lục.", f"The whole table {title} stands in the annex."))


def _annexes(findings: AnnualFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    yield Heading(1, say("Phương pháp", "Method"))
    yield from annual_method(findings, language)
    for code, table in tables.items():
        if code == "left_out" or (code in _MAY_BE_LONG and len(table.rows) > _LONG):
            yield Heading(1, table.title)
            yield table
    if findings.agencies:
        yield Heading(1, say("Từng cơ quan", "Agency by agency"), new_page=True)
        yield from agency_pages(findings, language)


def _main_sentences(findings: AnnualFindings, language: str) -> Iterator[str]:
    if not findings.waves:
        yield sentences.nothing_closed(findings, language)
    yield sentences.satisfaction(findings.overall, findings.confidence_level, language)
    if not is_preview(findings):
        before = period_before(findings, language)
        yield sentences.change(findings.overall_change, findings.year, language, before=before)
    yield told.overall_range(findings, language)
    yield sentences.taking_part(findings.participation, language)
