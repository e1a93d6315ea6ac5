"""The tables of a round that say what its result rests on, and what is particular about an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering import numbers
from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.index_words import INDEX_BREAKS, exactly
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from survey.findings.index_result_values import IndexFindings


def remarks_table(findings: IndexFindings, language: str) -> Table:
    """Agencies that were there for part of the year, are not ranked, or have leaves that nobody scored."""
    say = speaker(language)
    rows: list[tuple[Value, ...]] = []
    for row in findings.agencies:
        name = row.agency.name.text(language)
        if row.joined_on:
            rows.append((name, say("Tham gia từ ", "Joined on ") + numbers.day(row.joined_on, language)))
        if row.left_on:
            rows.append((name, say("Rời từ ", "Left on ") + numbers.day(row.left_on, language)))
        if row.rank is None or row.note:
            unranked = say("Không xếp hạng. ", "Not ranked. ") if row.rank is None else ""
            rows.append((name, f"{unranked}{row.note}".strip()))
        if row.too_few_answered:
            rows.append(
                (
                    name,
                    say("Quá ít người trả lời khảo sát: ", "Too few answered: ")
                    + (
                        say("phần còn lại được quy đổi", "the rest stands for the whole")
                        if row.is_rescaled
                        else say("phần khảo sát tính không điểm", "the survey part counts nothing")
                    ),
                )
            )
        if row.unscored:
            codes = ", ".join(row.unscored)
            rows.append((name, say(f"Chưa ai chấm: {codes}", f"Scored by nobody: {codes}")))
    return Table(
        code="index_remarks",
        title=say("Lưu ý về từng cơ quan", "Remarks on agencies"),
        sheet=say("Lưu ý", "Remarks"),
        columns=(
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.4),
            Column(say("Lưu ý", "Remark"), Kind.TEXT, 6),
        ),
        rows=tuple(rows),
    )


def _survey(findings: IndexFindings, language: str) -> str:
    """Return the survey's name, year and release, and why one of another year counts."""
    say, source = speaker(language), findings.survey_source
    if source is None:
        return findings.release or "–"
    year, release = source.year, findings.release
    said = say(f"{source.name.vi}, năm {year} (công bố {release})", f"{source.name.en}, {year} (release {release})")
    if year == findings.year:
        return said
    return said + say(
        f". Dùng kết quả năm {year} cho kỳ {findings.year}: {source.reason}",
        f". Results of {year} taken for the round of {findings.year}: {source.reason}",
    )


def basis_table(findings: IndexFindings, language: str) -> Table:
    """What the result rests on."""
    say = speaker(language)
    breaks = "; ".join(INDEX_BREAKS[one].text(language) for one in findings.breaks)
    rows: list[tuple[Value, ...]] = [
        (say("Bộ tiêu chí", "Rubric"), f"{findings.rubric_title.text(language)} ({findings.rubric})"),
        (say("Mã kiểm SHA-256 của bộ tiêu chí", "SHA-256 of the rubric"), findings.rubric_sha256),
        (say("Điểm tối đa", "Most points"), exactly(findings.maximum, language)),
        (say("Cơ quan tham gia", "Agencies taking part"), len(findings.agencies)),
        (say("Cơ quan được xếp hạng", "Agencies ranked"), len(findings.ranked)),
        (say("Kết quả khảo sát đã công bố", "Released survey"), _survey(findings, language)),
        (say("Phiếu hỏi", "Questionnaire"), findings.questionnaire or "–"),
        (say("Phiên bản phương pháp", "Method edition"), findings.method_edition or "–"),
        (say("So với năm", "Compared with"), str(findings.before_year or "–")),
        (say("Điều làm khó so sánh", "What stands in the way"), breaks or "–"),
    ]
    return Table(
        code="index_basis",
        title=say("Căn cứ của kết quả", "What the result rests on"),
        sheet=say("Căn cứ", "Basis"),
        columns=(
            Column(say("Nội dung", "What"), Kind.TEXT, 3.6),
            Column(say("Giá trị", "Value"), Kind.MIXED, 6),
        ),
        rows=tuple(rows),
    )
