"""The questions that are not rated, as tables: an option a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.numbers import count
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AgencyFindings, AnnualFindings, QuestionFindings


def questions_table(findings: AgencyFindings | AnnualFindings, language: str) -> Table:
    """How the questions that are not rated were answered."""
    say = speaker(language)
    interval = interval_name(findings.confidence_level, language)
    return Table(
        code="questions",
        title=say("Trải nghiệm, mong muốn và người trả lời", "Experience, wishes and who answered"),
        sheet=say("Câu hỏi khác", "Other questions"),
        columns=(
            Column(say("Câu hỏi", "Question"), Kind.TEXT, 3.6),
            Column(say("Lựa chọn", "Option"), Kind.TEXT, 2.6),
            Column(say("Số người", "People"), Kind.COUNT, 1.2),
            Column(say(f"Tỷ lệ, {interval}", f"Share, {interval}"), Kind.SHARE, 2.3),
        ),
        rows=tuple(row for question in findings.questions for row in _rows(question, language)),
        note=say(
            "Không gộp vào mức hài lòng. Tỷ lệ tính trên số người đã chọn một phương án; câu được chọn nhiều phương án "
            "thì tổng có thể quá 100 %. Nhiều cơ quan được gộp theo phiếu.",
            "Never pooled into satisfaction. Shares are of those who chose an option; where several could be chosen "
            "they may add up to more than 100%. Agencies are pooled by answer.",
        ),
    )


def _rows(question: QuestionFindings, language: str) -> Iterator[tuple[Value, ...]]:
    wording = question.wording.text(language)
    if question.n is None:
        yield (wording, "–", None, None)
        return
    about = f"{wording} ({_who_answered(question, language)})"
    for option in question.options:
        yield (about, option.name.text(language), option.count, option.share)


def _who_answered(question: QuestionFindings, language: str) -> str:
    say = speaker(language)
    n = f"n = {count(question.n or 0, language)}"
    if not question.no_opinion:
        return n
    if question.kind == "demographic":
        return n + say("; không muốn trả lời: ", "; prefer not to say: ") + count(question.no_opinion, language)
    return n + say("; không có ý kiến: ", "; no opinion: ") + count(question.no_opinion, language)
