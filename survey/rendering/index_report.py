"""The report of a round of the index, and the draft of the decision that announces it, before they are set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from survey.rendering import numbers
from survey.rendering.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from survey.rendering.composition import numbered, watermark_of
from survey.rendering.index_charts import index_areas_chart, index_movement_chart, index_ranking_charts
from survey.rendering.index_plan_report import overview_tables
from survey.rendering.index_tables import index_tables
from survey.rendering.index_told import (
    class_sentences,
    component_sentences,
    cost_sentences,
    few_sentences,
    lost_sentences,
    main_sentences,
    movement_sentences,
    outside_sentences,
)
from survey.rendering.index_words import KINDS, index_marks
from survey.rendering.letter import head_of, letter_of
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from survey.findings.index_plan_values import PlanOverview
    from survey.findings.index_result_values import IndexFindings
    from survey.rendering.blocks import Letter

_BLANK: Final = "\N{HORIZONTAL ELLIPSIS}" * 4
_LONG: Final = 40
_WIDE: Final = 14


def index_report(findings: IndexFindings, language: str) -> Report:
    """Compose the report; draws its charts."""
    say, tables = speaker(language), index_tables(findings, language)
    return Report(
        language=language,
        title=say(
            f"Kết quả Chỉ số cải cách hành chính năm {findings.year}",
            f"Results of the administrative reform index of {findings.year}",
        ),
        subtitle=f"{findings.root.name.text(language)} – {findings.name.text(language)}",
        letter=letter_of(findings.letterhead, findings.root, made_on=findings.made_on, language=language),
        made_on=findings.made_on,
        marks=index_marks(findings, language),
        watermark=watermark_of(is_draft=findings.is_draft, is_demo=findings.root.is_demo, language=language),
        body=tuple(numbered(_body(findings, tables, language))),
        annexes=tuple(numbered(_annexes(tables, language), say("Phụ lục ", "Annex "))),
    )


def index_decision(findings: IndexFindings, language: str, plans: PlanOverview | None = None) -> Report:
    """Compose the draft of the decision with its annexes; a person completes what is dotted and signs it.

    The tasks of ``plans`` are the last annex, where there are any.
    """
    say, tables = speaker(language), index_tables(findings, language)
    kind = KINDS[findings.applies_to].text(language) if findings.applies_to in KINDS else ""
    letter = letter_of(findings.letterhead, findings.root, made_on=findings.made_on, language=language)
    return Report(
        language=language,
        title=say(
            f"Về việc công bố Chỉ số cải cách hành chính năm {findings.year} của các {kind}",
            f"On announcing the administrative reform index of {findings.year} of the {kind}",
        ),
        subtitle=" ".join(letter.authority),
        letter=_decision_letter(letter, findings, language),
        made_on=findings.made_on,
        marks=index_marks(findings, language),
        watermark=watermark_of(is_draft=True, is_demo=findings.root.is_demo, language=language),
        body=tuple(_articles(findings, kind, language)),
        annexes=tuple(numbered(_decided({**tables, **_planned(plans, language)}), say("Phụ lục ", "Annex "))),
    )


def _decision_letter(letter: Letter, findings: IndexFindings, language: str) -> Letter:
    say = speaker(language)
    return replace(
        letter,
        number=say(f"Số: {_BLANK}/QĐ-{_BLANK}", f"No. {_BLANK}/QĐ-{_BLANK}"),
        kind=say("QUYẾT ĐỊNH", "DECISION"),
        issues=True,
        closing_lead=say("Điều 3.", "Article 3."),
        closing=say(
            f"{head_of(findings.root, language)}, thủ trưởng các cơ quan nêu tại Điều 1 và các "
            "tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này./.",
            f"{head_of(findings.root, language)}, the heads of the agencies of Article 1 and "
            "whom it concerns carry out this Decision.",
        ),
    )


def _articles(findings: IndexFindings, kind: str, language: str) -> Iterator[Block]:
    say = speaker(language)
    yield Paragraph(say(f"Căn cứ {_BLANK * 3};", f"Pursuant to {_BLANK * 3};"), italic=True)
    yield Paragraph(
        say(
            f"Căn cứ bộ tiêu chí “{findings.rubric_title.text(language)}” ({findings.rubric}) ban hành kèm theo "
            f"{_BLANK * 2};",
            f"Pursuant to the rubric “{findings.rubric_title.text(language)}” ({findings.rubric}) issued with "
            f"{_BLANK * 2};",
        ),
        italic=True,
    )
    yield Paragraph(say(f"Theo đề nghị của {_BLANK * 3}.", f"At the proposal of {_BLANK * 3}."), italic=True)
    yield Heading(1, say("QUYẾT ĐỊNH:", "DECIDES:"), centred=True)
    first = " ".join(main_sentences(findings, language))
    yield Paragraph(
        say(
            f"Công bố Chỉ số cải cách hành chính năm {findings.year} của {len(findings.agencies)} {kind} kèm "
            f"theo Quyết định này. {first}",
            f"The administrative reform index of {findings.year} of {len(findings.agencies)} {kind} is "
            f"announced with this Decision. {first}",
        ),
        lead=say("Điều 1.", "Article 1."),
    )
    if classes := tuple(class_sentences(findings, language)):
        yield Paragraph(say("Kết quả xếp loại như sau:", "The classes are:"))
        yield Bullets(classes)
    yield Paragraph(
        say(
            "Căn cứ kết quả, các cơ quan ban hành kế hoạch khắc phục những tiêu chí mất điểm nêu trong phụ "
            "lục, trong đó rõ việc, người chịu trách nhiệm, thời hạn. Quyết định có hiệu lực từ ngày ký.",
            "The agencies plan how to mend the criteria that cost points as annexed, naming tasks, persons "
            "and dates. The Decision holds from the day it is signed.",
        ),
        lead=say("Điều 2.", "Article 2."),
    )


def _decided(tables: Mapping[str, Table]) -> Iterator[Block]:
    for code in ("index_ranking", "index_areas", "index_components", "index_survey", "index_baselines",
                 "index_remarks", "index_basis", "index_tasks"):  # fmt: skip
        yield from _annexed(tables, code)


def _planned(plans: PlanOverview | None, language: str) -> Mapping[str, Table]:
    return overview_tables(plans, language) if plans else {}


def _body(findings: IndexFindings, tables: Mapping[str, Table], language: str) -> Iterator[Block]:
    say = speaker(language)
    yield Heading(1, say("Kết quả chung", "Overall result"))
    told = (main_sentences, few_sentences, class_sentences)
    yield Bullets(tuple(sentence for tell in told for sentence in tell(findings, language)))
    yield Heading(1, say("Xếp hạng", "Ranking"))
    yield from index_ranking_charts(findings, language)
    yield from _short(tables, language, "index_ranking")
    if findings.before_year is not None:
        yield Heading(1, say(f"Tăng và giảm so với năm {findings.before_year}", f"Against {findings.before_year}"))
        yield from _bullets(movement_sentences(findings, language))
        yield from index_movement_chart(findings, language)
        yield from _short(tables, language, "index_baselines")
    yield Heading(1, say("Theo lĩnh vực và tiêu chí", "By area and criterion"))
    yield from _bullets(component_sentences(findings, language))
    yield from index_areas_chart(findings, language)
    yield from _short(tables, language, "index_areas")
    yield Heading(1, say("Vì sao mất điểm", "Why points were lost"))
    yield from _bullets((*lost_sentences(findings, language), *cost_sentences(findings, language)))
    yield from _short(tables, language, "index_costs", "index_lacking", "index_weak", "index_survey")
    if "index_outside" in tables:
        yield Heading(1, say("Chỉ số của cơ quan khác", "Indexes of others"))
        yield from _bullets(outside_sentences(findings, language))
        yield from _short(tables, language, "index_outside")


def _annexes(tables: Mapping[str, Table], language: str) -> Iterator[Block]:
    for code in ("index_components", "index_leaves", "index_remarks", "index_basis"):
        if code == "index_leaves" and code in tables and len(tables[code].columns) > _WIDE:
            yield Heading(1, tables[code].title)
            yield from _in_pieces(tables[code], language)
        else:
            yield from _annexed(tables, code)
    for table in tables.values():
        if table.code in {"index_ranking", "index_areas", "index_outside", "index_survey"} and len(table.rows) > _LONG:
            yield Heading(1, table.title)
            yield table


def _in_pieces(table: Table, language: str) -> Iterator[Table]:
    """Yield a table that is too wide for a page as several, each with the first columns again."""
    heads, width = 3, _WIDE - 5
    rest = range(heads, len(table.columns))
    pieces = [rest[start : start + width] for start in range(0, len(rest), width)]
    for number, piece in enumerate(pieces, start=1):
        chosen = (*range(heads), *piece)
        yield replace(
            table,
            title=f"{table.title} ({numbers.count(number, language)}/{numbers.count(len(pieces), language)})",
            columns=tuple(table.columns[at] for at in chosen),
            rows=tuple(tuple(row[at] for at in chosen) for row in table.rows),
        )


def _annexed(tables: Mapping[str, Table], code: str) -> Iterator[Block]:
    if code in tables:
        yield Heading(1, tables[code].title)
        yield tables[code]


def _short(tables: Mapping[str, Table], language: str, *codes: str) -> Iterator[Block]:
    for code in codes:
        if code not in tables:
            continue
        if len(tables[code].rows) <= _LONG:
            yield tables[code]
        else:
            title = f"“{tables[code].title}”"
            say = speaker(language)
            yield Paragraph(say(f"Bảng đầy đủ {title} ở phụ lục.", f"The whole table {title} stands in the annex."))


def _bullets(items: Iterable[str]) -> Iterator[Bullets]:
    if said := tuple(items):
        yield Bullets(said)
