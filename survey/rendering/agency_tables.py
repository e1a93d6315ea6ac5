"""The tables of an agency's report."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.exclusion_tables import effect_table
from survey.rendering.level_tables import level_shares_table, levels_table
from survey.rendering.measures_tables import measure_columns, measured
from survey.rendering.numbers import NOT_ENOUGH, UNKNOWN
from survey.rendering.question_tables import questions_table
from survey.rendering.words import (
    DIMENSIONS,
    POPULATIONS,
    SAMPLE_KINDS,
    WEIGHTINGS,
    Say,
    interval_label,
    participation_label,
    speaker,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AgencyFindings, AnnualFindings


def agency_tables(findings: AgencyFindings, language: str) -> dict[str, Table]:
    """Make every table of the report, by code, in the order of the report."""
    tables = (
        results_table(findings, language),
        items_table(findings, language),
        levels_table(findings, language),
        level_shares_table(findings, language),
        breakdowns_table(findings, language),
        questions_table(findings, language),
        points_table(findings, language),
        sample_table(findings, language),
        ledger_table(findings, language),
        effect_table(findings, language),
    )
    return {table.code: table for table in tables if table.rows}


def results_table(findings: AgencyFindings, language: str) -> Table:
    """The whole, the overall question beside it, and the elements."""
    say = speaker(language)
    rows: list[tuple[Value, ...]] = [
        measured(say("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)"), findings.overall)
    ]
    if findings.overall_question:
        label = say("Câu hỏi “nhìn chung” (không gộp)", "The question “all in all” (not pooled)")
        rows.append(measured(label, findings.overall_question.measures))
    rows += [measured(element.name.text(language), element.measures) for element in findings.elements]
    return Table(
        code="results",
        title=say("Kết quả chung và theo yếu tố", "Results overall and by element"),
        sheet=say("Kết quả", "Results"),
        columns=measure_columns(say("Nội dung", "What was rated"), findings, language),
        rows=tuple(rows),
        note=_label(findings, language),
    )


def items_table(findings: AgencyFindings, language: str) -> Table:
    """Every question, under the wording it was asked in."""
    say = speaker(language)
    items = chain.from_iterable(element.items for element in findings.elements)
    return Table(
        code="items",
        title=say("Kết quả theo câu hỏi", "Results by question"),
        sheet=say("Câu hỏi", "Questions"),
        columns=measure_columns(say("Câu hỏi", "Question"), findings, language),
        rows=tuple(measured(item.wording.text(language), item.measures) for item in items),
        note=_label(findings, language),
    )


def breakdowns_table(findings: AgencyFindings, language: str) -> Table:
    """The whole for each counter, field of service and language, with or without a one-time code, and channel."""
    say = speaker(language)
    first, *others = measure_columns(say("Tên", "Name"), findings, language)
    rows = tuple(
        (DIMENSIONS[row.dimension].text(language), *measured(row.name.text(language), row.measures))
        for row in findings.breakdowns
    )
    return Table(
        code="breakdowns",
        title=say(
            "Kết quả theo quầy, lĩnh vực, ngôn ngữ, mã, kênh", "Results by counter, field, language, code, channel"
        ),
        sheet=say("Quầy, lĩnh vực", "Counters, fields"),
        columns=(Column(say("Theo", "By"), Kind.TEXT, 1.5), first, *others),
        rows=rows,
        note=_label(findings, language),
    )


def points_table(findings: AgencyFindings, language: str) -> Table:
    """Points of the index that each element brings and loses, at the estimate."""
    say = speaker(language)
    return Table(
        code="points",
        title=say("Điểm theo yếu tố, tại ước lượng", "Points by element, at the estimate"),
        sheet=say("Điểm", "Points"),
        columns=(
            Column(say("Yếu tố", "Element"), Kind.TEXT, 6),
            Column(say("Điểm đạt", "Points"), Kind.POINTS_PART, 1.5),
            Column(say("Điểm mất", "Points lost"), Kind.POINTS_PART, 1.5),
            Column(say("Điểm tối đa", "At most"), Kind.POINTS_PART, 1.5),
        ),
        rows=tuple((part.name.text(language), part.value, part.lost, part.maximum) for part in findings.element_points),
    )


def sample_table(findings: AgencyFindings, language: str) -> Table:
    """Where the figures come from: what AAPOR asks a report to disclose."""
    say, wave = speaker(language), findings.wave
    waiting = max(0, findings.stored - (findings.n or 0))
    rows: list[tuple[Value, ...]] = [
        (say("Đợt khảo sát", "Wave"), wave.name.text(language)),
        (say("Thời gian: từ", "Fieldwork: from"), wave.opens_on),
        (say("Thời gian: đến", "Fieldwork: to"), wave.closes_on),
        (say("Đối tượng", "Population"), POPULATIONS[wave.sample_kind].text(language)),
        (say("Cách chọn người trả lời", "How respondents were reached"), SAMPLE_KINDS[wave.sample_kind].text(language)),
        (say("Phiếu, phiên bản", "Questionnaire, edition"), f"{wave.questionnaire}, {wave.questionnaire_edition}"),
        (say("Mã kiểm SHA-256 của phiếu", "SHA-256 of the questionnaire"), wave.questionnaire_sha256),
        (say("Phiên bản phương pháp", "Method edition"), wave.method_edition),
        (say("Cách gộp", "Weighting"), WEIGHTINGS[findings.weighting].text(language)),
        (say("Số người trả lời được tính (n)", "Respondents counted (n)"), findings.n),
        (say("Số phiếu đã nhận, chờ tính", "Answers received, waiting to be counted"), waiting),
        (
            say("Số giao dịch đã giải quyết (N)", "Finished transactions (N)"),
            UNKNOWN.text(language)
            if findings.participation.population_size is None
            else findings.participation.population_size,
        ),
        (say("Tỷ lệ tham gia n/N", "Participation rate n/N"), _or_unknown(findings.participation.rate, language)),
        (say("Có mã một lần trên phiếu kết quả", "With the one-time code of a slip"), findings.verified),
        *_channel_rows(findings, say, language),
        (say("Số liệu tính đến hết ngày", "Figures up to the end of"), _or_unknown(findings.folded_until, language)),
    ]
    return sample_rows_table(rows, language)


def sample_rows_table(rows: list[tuple[Value, ...]], language: str) -> Table:
    """Make the description of a sample out of its lines."""
    say = speaker(language)
    return Table(
        code="sample",
        title=say("Mô tả mẫu khảo sát", "Description of the sample"),
        sheet=say("Mẫu", "Sample"),
        columns=(
            Column(say("Nội dung", "Item"), Kind.TEXT, 4),
            Column(say("Giá trị", "Value"), Kind.MIXED, 6, NOT_ENOUGH.text(language)),
        ),
        rows=tuple(rows),
    )


def ledger_table(findings: AgencyFindings | AnnualFindings, language: str) -> Table:
    """What was left out of the figures, by rule."""
    say = speaker(language)
    rows: list[tuple[Value, ...]] = [(rule.name.text(language), rule.count) for rule in findings.exclusions]
    rows.append(
        (say("Người trả lời tự rút lại (đã xoá)", "Withdrawn by the respondent (erased)"), findings.withdrawals)
    )
    if findings.corrections:
        entered = say("Cán bộ nhập rồi xoá để sửa", "Entered by an official and erased again")
        rows.append((entered, findings.corrections))
    return Table(
        code="ledger",
        title=say("Phiếu không được tính", "Answers that do not count"),
        sheet=say("Không tính", "Left out"),
        columns=(
            Column(say("Quy tắc", "Rule"), Kind.TEXT, 7),
            Column(say("Số phiếu", "Answers"), Kind.COUNT, 2),
        ),
        rows=tuple(rows),
    )


def _channel_rows(findings: AgencyFindings, say: Say, language: str) -> Iterator[tuple[Value, ...]]:
    for channel in findings.channels:
        yield (say("Trả lời qua: ", "Answered by: ") + channel.name.text(language), channel.count)


def _or_unknown(value: Value, language: str) -> Value:
    return UNKNOWN.text(language) if value is None else value


def _label(findings: AgencyFindings, language: str) -> str:
    label = interval_label(findings.wave.sample_kind, findings.confidence_level, language)
    return f"{label[0].upper()}{label[1:]}; {participation_label(findings.participation, language)}."
