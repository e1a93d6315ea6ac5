"""The five levels of an agency's ratings as tables: how many of each, and which share with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.findings.values import AnnualFindings
from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.numbers import NOT_ENOUGH
from survey.rendering.words import LEVELS, WEIGHTED, interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AgencyFindings, Measures

Named = tuple[str, "Measures"]


def levels_table(findings: AgencyFindings, language: str) -> Table:
    """How many ratings of each level, and how many answers withheld one."""
    say = speaker(language)
    heads = [level.text(language) for level in LEVELS]
    columns = (
        Column(say("Nội dung", "What was rated"), Kind.TEXT, 4.4),
        *(Column(f"{at} {head}", Kind.COUNT, 1.5, "–") for at, head in enumerate(heads, start=1)),
        Column(say("Không ý kiến", "No opinion"), Kind.COUNT, 1.3, "–"),
    )
    return Table(
        code="levels",
        title=say("Số lượt đánh giá theo năm mức", "Ratings by level"),
        sheet=say("Năm mức", "Levels"),
        columns=columns,
        rows=tuple(_level_row(name, measures, language) for name, measures in _named(findings, language)),
        note=unweighted_note(findings, language),
    )


def level_shares_table(findings: AgencyFindings | AnnualFindings, language: str) -> Table:
    """The share of each level among the ratings, with its interval, of the whole, the elements and the questions."""
    say = speaker(language)
    heads = [level.text(language) for level in LEVELS]
    whole = (say("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)"), findings.overall)
    if isinstance(findings, AnnualFindings):
        names = (name.text(language) for name in findings.element_names)
        named = [whole, *zip(names, findings.elements, strict=True)]
        # What was frozen before there were such shares has counts alone.
        named = named if findings.overall.level_shares else []
    else:
        named = [whole, *_named(findings, language, with_items=True)]
    return Table(
        code="level_shares",
        title=say("Tỷ lệ của từng mức, ", "Share of each level, ") + interval_name(findings.confidence_level, language),
        sheet=say("Tỷ lệ năm mức", "Shares of levels"),
        columns=(
            Column(say("Nội dung", "What was rated"), Kind.TEXT, 3.2),
            Column("n", Kind.COUNT, 1, "–"),
            *(Column(f"{at} {head}", Kind.SHARE, 1.9, "–") for at, head in enumerate(heads, start=1)),
        ),
        rows=tuple(_share_row(name, measures, language) for name, measures in named),
        note=level_shares_note(findings, language),
    )


def level_shares_note(findings: AgencyFindings | AnnualFindings, language: str) -> str:
    """Say what the shares of the levels are shares of, and what their intervals hold for."""
    say = speaker(language)
    if findings.weighting == "design":
        how = say(
            "Tỷ lệ tính theo thiết kế mẫu (tầng, cụm, trọng số)",
            "Shares by the survey's design (strata, clusters, weights)",
        )
    else:
        how = say("Tỷ lệ trong các lượt đánh giá đếm được", "Shares of the ratings as counted")
        if findings.weighting in WEIGHTED:
            how += say(", chưa gia trọng", ", not weighted")
        how += say(
            "; khoảng Wilson dựa trên số người trả lời n, không dựa trên số lượt",
            "; Wilson's intervals rest on the n respondents, not on their ratings",
        )
    return how + say(
        "; mỗi khoảng đúng cho riêng một mức, không đúng cùng lúc cho cả năm mức.",
        "; each interval holds for its level alone, not for all five at once.",
    )


def unweighted_note(findings: AgencyFindings, language: str) -> str:
    """Say that counts of ratings are not weighted, where the shares beside them are; else nothing."""
    if findings.weighting not in WEIGHTED:
        return ""
    return speaker(language)("Số lượt đếm được, chưa gia trọng.", "Ratings as counted, not weighted.")


def _named(findings: AgencyFindings, language: str, *, with_items: bool = False) -> Iterator[Named]:
    for element in findings.elements:
        yield element.name.text(language), element.measures
        if with_items and len(element.items) > 1:
            yield from ((item.wording.text(language), item.measures) for item in element.items)
    if question := findings.overall_question:
        yield speaker(language)("Câu hỏi “nhìn chung”", "The question “all in all”"), question.measures


def _level_row(name: str, measures: Measures, language: str) -> tuple[Value, ...]:
    if measures.levels is None:
        return (f"{name} – {NOT_ENOUGH.text(language)}", None, None, None, None, None, None)
    return (name, *measures.levels, measures.no_opinion)


def _share_row(name: str, measures: Measures, language: str) -> tuple[Value, ...]:
    if measures.level_shares is None:
        return (f"{name} – {NOT_ENOUGH.text(language)}", None, None, None, None, None, None)
    return (name, measures.n, *measures.level_shares)
