"""The report of one agency in one wave, before it is set in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering import sentences
from survey.rendering.agency_tables import agency_tables
from survey.rendering.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from survey.rendering.charts import elements_chart, levels_chart
from survey.rendering.composition import agency_marks, numbered, watermark_of
from survey.rendering.exclusion_tables import effect_missing
from survey.rendering.letter import letter_of
from survey.rendering.method_annex import agency_method
from survey.rendering.words import NOT_OFFICIAL, Say, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from survey.findings.values import AgencyFindings


def agency_report(findings: AgencyFindings, language: str) -> Report:
    """Compose the report; draws its charts."""
    say, agency, wave = speaker(language), findings.agency, findings.wave
    tables = agency_tables(findings, language)
    marks = agency_marks(findings, language)
    name = agency.name.text(language)
    return Report(
        language=language,
        title=say(
            "Kết quả khảo sát mức độ hài lòng của người dân, tổ chức",
            "Satisfaction of citizens and organisations: survey results",
        ),
        subtitle=f"{name} – {wave.name.text(language)}",
        letter=letter_of(findings.letterhead, agency, made_on=findings.made_on, language=language),
        made_on=findings.made_on,
        marks=marks,
        watermark=watermark_of(is_draft=not wave.is_released, is_demo=agency.is_demo, language=language),
        body=tuple(numbered(_body(findings, tables, say, language))),
        annexes=tuple(numbered(_annexes(findings, tables, say, language), say("Phụ lục ", "Annex "))),
    )


def _body(findings: AgencyFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    yield Paragraph(NOT_OFFICIAL.text(language))
    yield Heading(1, say("Kết quả chính", "Main results"))
    yield Bullets(tuple(filter(None, _main_sentences(findings, language))))
    yield tables["results"]
    yield from elements_chart(findings, language)
    yield Heading(1, say("Phân bố theo năm mức", "Distribution over the five levels"))
    yield tables["levels"]
    yield tables["level_shares"]
    yield from levels_chart(findings, language)
    if any(len(element.items) > 1 for element in findings.elements):
        yield Heading(1, say("Theo câu hỏi", "By question"))
        yield tables["items"]
    if "breakdowns" in tables:
        yield Heading(1, say("Theo quầy, lĩnh vực, ngôn ngữ, mã và kênh", "By counter, field, language, code, channel"))
        yield tables["breakdowns"]
    if "questions" in tables:
        yield Heading(1, say("Trải nghiệm, mong muốn và người trả lời", "Experience, wishes and who answered"))
        yield tables["questions"]
    yield Heading(1, say("Điểm cho Chỉ số cải cách hành chính", "Points for the PAR INDEX"))
    yield Paragraph(sentences.index_points(findings.points, language))
    if "points" in tables:
        yield tables["points"]


def _annexes(findings: AgencyFindings, tables: Mapping[str, Table], say: Say, language: str) -> Iterator[Block]:
    yield Heading(1, say("Mẫu khảo sát và phiếu không tính", "Sample and answers left out"))
    yield tables["sample"]
    yield tables["ledger"]
    if "exclusion_effect" in tables:
        yield tables["exclusion_effect"]
    elif why := effect_missing(findings, language):
        yield Paragraph(why)
    yield Heading(1, say("Câu hỏi và phương pháp", "Questions and method"))
    yield from agency_method(findings, language)


def _main_sentences(findings: AgencyFindings, language: str) -> Iterator[str]:
    yield sentences.satisfaction(findings.overall, findings.confidence_level, language)
    yield sentences.taking_part(findings.participation, language)
    yield sentences.lowest_and_highest(findings.elements, language)
    yield sentences.waiting(findings, language)
