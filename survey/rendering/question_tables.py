"""The questions that are not rated, as tables: an option a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.numbers import count
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from survey.findings.values import AgencyFindings, AnnualFindings, QuestionFindings


def questions_table(findings: AgencyFindings | AnnualFindings, language: str) -> Table:
    """How the questions that are not rated were answered."""
    say = speaker(language)
    title = say("Trải nghiệm, mong muốn và người trả lời", "Experience, wishes and who answered")
    return _table("questions", title, say("Câu hỏi khác", "Other questions"), findings, findings.questions, language)


def perception_table(findings: AnnualFindings, language: str) -> Table:
    """What people met with, and why they were not satisfied."""
    say = speaker(language)
    asked = [question for question in findings.questions if question.kind in {"perception", "reasons"}]
    title = say("Trải nghiệm và lý do", "Experience and reasons")
    return _table("perception", title, say("Trải nghiệm", "Experience"), findings, asked, language)


def respondents_table(findings: AnnualFindings, language: str) -> Table:
    """Who answered, by demographic group."""
    say = speaker(language)
    asked = [question for question in findings.questions if question.kind == "demographic"]
    title = say("Người trả lời theo nhóm", "Respondents by group")
    return _table("respondents", title, say("Người trả lời", "Respondents"), findings, asked, language)


def expectations_table(findings: AnnualFindings, language: str) -> Table:
    """What people wish for, the most wished first: by the share of the strongest of its levels."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    asked = [question for question in findings.questions if question.kind == "expectation"]
    asked.sort(key=_strongest, reverse=True)
    return Table(
        code="expectations",
        title=say("Mong muốn của người dân, tổ chức", "What citizens and organisations wish for"),
        sheet=say("Mong muốn", "Wishes"),
        columns=(
            Column(say("Thứ tự", "Order"), Kind.COUNT, 0.8),
            Column(say("Nội dung", "Wish"), Kind.TEXT, 4.2),
            Column("n", Kind.COUNT, 1, "–"),
            Column(say(f"Mức mong muốn cao nhất, {interval}", f"Strongest wish, {interval}"), Kind.SHARE, 2.2),
            Column(say(f"Mức liền dưới, {interval}", f"The level below, {interval}"), Kind.SHARE, 2.2),
        ),
        rows=tuple(
            (place, question.wording.text(language), question.n, *_two_strongest(question))
            for place, question in enumerate(asked, start=1)
        ),
        note=say(
            "Thứ tự theo tỷ lệ quan sát được; hai tỷ lệ có khoảng tin cậy chồng lên nhau thì chưa chắc khác nhau.",
            "In the order of the shares observed; two shares whose intervals overlap may not differ.",
        ),
    )


def _two_strongest(question: QuestionFindings) -> tuple[Value, Value]:
    shares = [option.share for option in question.options]
    return shares[-1], shares[-2]


def _strongest(question: QuestionFindings) -> float:
    share = question.options[-1].share
    return -1.0 if share is None else share.value


def _table(
    code: str,
    title: str,
    sheet: str,
    findings: AgencyFindings | AnnualFindings,
    asked: Iterable[QuestionFindings],
    language: str,
) -> Table:
    say = speaker(language)
    interval = interval_name(findings.confidence_level, language)
    how = (
        say(
            " Tỷ lệ tính theo tầng, cụm và trọng số của mẫu; số người là số đếm được.",
            " Shares follow the strata, clusters and weights of the sample; people are as counted.",
        )
        if findings.weighting == "design"
        else say(" Nhiều cơ quan được gộp theo phiếu.", " Agencies are pooled by answer.")
    )
    return Table(
        code=code,
        title=title,
        sheet=sheet,
        columns=(
            Column(say("Câu hỏi", "Question"), Kind.TEXT, 3.6),
            Column(say("Lựa chọn", "Option"), Kind.TEXT, 2.6),
            Column(say("Số người", "People"), Kind.COUNT, 1.2),
            Column(say(f"Tỷ lệ, {interval}", f"Share, {interval}"), Kind.SHARE, 2.3),
        ),
        rows=tuple(row for question in asked for row in _rows(question, language)),
        note=say(
            "Không gộp vào mức hài lòng. Tỷ lệ tính trên số người đã chọn một phương án; câu được chọn nhiều phương án "
            "thì tổng có thể quá 100 %.",
            "Never pooled into satisfaction. Shares are of those who chose an option; where several could be chosen "
            "they may add up to more than 100%.",
        )
        + how,
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
