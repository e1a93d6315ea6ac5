"""Further tables of a summary: forms, elements with their range, levels, fields, groups, years, what is alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.element_ranges import element_ranges
from survey.rendering.level_tables import level_shares_table
from survey.rendering.measures_tables import measures_table
from survey.rendering.period_words import period_before
from survey.rendering.summary_label import annual_label
from survey.rendering.words import BREAKS, LEVELS, WEIGHTED, Say, interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from survey.findings.values import AnnualFindings, Measures, PeriodFigures, RankedAgency

# As many agencies of a group as are named one by one; of more the first and the last.
_NAMED: Final = 12
# Beyond these not every group is listed.
_MOST_RUNS: Final = 60


def forms_table(findings: AnnualFindings, language: str) -> Table:
    """Forms issued, returned and valid; of paper and of codes only where any were issued."""
    say = speaker(language)
    return Table(
        code="forms",
        title=say("Phiếu phát ra, thu về, hợp lệ", "Forms issued, returned, valid"),
        sheet=say("Phiếu phát, thu", "Forms"),
        columns=(
            Column(say("Nội dung", "Item"), Kind.TEXT, 6),
            Column(say("Số phiếu", "Forms"), Kind.COUNT, 2),
        ),
        rows=tuple(_forms(findings, say)),
        note=say(
            "Phiếu trên mạng không có số phát ra: mã QR ở quầy ai cũng quét được.",
            "Online forms have no number issued: anybody may scan the QR code at a counter.",
        ),
    )


def _forms(findings: AnnualFindings, say: Say) -> Iterator[tuple[Value, ...]]:
    forms = findings.forms
    if forms is None:
        return
    if forms.paper_issued or forms.paper_returned:
        yield say("Phiếu giấy: phát ra (in)", "Paper forms: issued (printed)"), forms.paper_issued
        yield say("Phiếu giấy: thu về", "Paper forms: returned"), forms.paper_returned
        yield say("Phiếu giấy: hợp lệ", "Paper forms: valid"), forms.paper_valid
    if forms.codes_issued or findings.verified:
        yield say("Mã một lần: phát ra cùng phiếu kết quả", "One-time codes: issued with slips"), forms.codes_issued
        yield say("Mã một lần: đã dùng, trong số liệu", "One-time codes: used, in the figures"), findings.verified
    yield say("Mọi kênh: phiếu thu về", "All channels: answers received"), forms.received
    yield say("– không tính theo quy tắc", "– excluded by a rule"), forms.excluded
    yield say("– người trả lời rút lại", "– withdrawn by the respondent"), forms.withdrawn
    yield say("– còn chờ được tính", "– waiting to be counted"), forms.waiting
    yield say("Mọi kênh: phiếu hợp lệ, được tính (n)", "All channels: valid and counted (n)"), forms.valid


def whole_table(findings: AnnualFindings, language: str) -> Table:
    """All agencies together: the whole and each element, with the change and the range over the ranked agencies."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    measures = (findings.overall, *findings.elements)
    names = (
        say("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)"),
        *(name.text(language) for name in findings.element_names),
    )
    changes = (findings.overall_change, *findings.element_changes)
    before = period_before(findings, language)
    rows = tuple(
        (
            name,
            each.n,
            each.share_satisfied,
            each.mean_score,
            changes[at] if at < len(changes) else None,
            spread.low.share if spread else None,
            spread.high.share if spread else None,
        )
        for at, (name, each, spread) in enumerate(zip(names, measures, element_ranges(findings), strict=True))
    )
    return Table(
        code="whole",
        title=say("Kết quả chung và theo yếu tố", "Results overall and by element"),
        sheet=say("Kết quả chung", "Whole"),
        columns=(
            Column(say("Nội dung", "What was rated"), Kind.TEXT, 3.2),
            Column("n", Kind.COUNT, 1, "–"),
            Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 1.9),
            Column(say(f"Điểm trung bình (1–5), {interval}", f"Mean score (1–5), {interval}"), Kind.SCORE, 1.7),
            Column(say(f"So với {before} (điểm %)", f"Against {before} (points)"), Kind.CHANGE, 2.6, "–"),
            Column(say("Cơ quan thấp nhất (n)", "Lowest agency (n)"), Kind.SHARE_N, 1.9, "–"),
            Column(say("Cơ quan cao nhất (n)", "Highest agency (n)"), Kind.SHARE_N, 1.9, "–"),
        ),
        rows=rows,
        note=annual_label(findings, language),
    )


def levels_table(findings: AnnualFindings, language: str) -> Table:
    """How many ratings of each level, overall and by element."""
    say = speaker(language)
    named = [(say("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)"), findings.overall)]
    named += zip((name.text(language) for name in findings.element_names), findings.elements, strict=True)
    note = say("Số lượt đếm được, chưa gia trọng.", "Ratings as counted, not weighted.")
    return Table(
        code="levels",
        title=say("Số lượt đánh giá theo năm mức", "Ratings by level"),
        sheet=say("Năm mức", "Levels"),
        columns=(
            Column(say("Nội dung", "What was rated"), Kind.TEXT, 3.6),
            *(Column(f"{at} {level.text(language)}", Kind.COUNT, 1.5, "–") for at, level in enumerate(LEVELS, start=1)),
            Column(say("Không ý kiến", "No opinion"), Kind.COUNT, 1.3, "–"),
        ),
        rows=tuple(_level_row(name, each) for name, each in named),
        note=note if findings.weighting in WEIGHTED else "",
    )


def fields_table(findings: AnnualFindings, language: str) -> Table:
    """The whole by field of service."""
    say = speaker(language)
    return measures_table(
        findings,
        findings.by_field,
        language,
        code="fields",
        names=(
            say("Kết quả theo lĩnh vực", "Results by field of service"),
            say("Lĩnh vực", "Fields"),
            say("Lĩnh vực", "Field"),
        ),
        note=annual_label(findings, language)
        + " "
        + say(
            "Chỉ gồm phiếu biết lĩnh vực; cơ quan phải ẩn một lĩnh vực của mình không cộng vào lĩnh vực đó.",
            "Only answers whose field is known; an agency that must withhold a field of its own adds nothing to it.",
        ),
    )


def groups_table(findings: AnnualFindings, language: str) -> Table:
    """The whole by demographic group, where the survey is a sample with a design."""
    say = speaker(language)
    return measures_table(
        findings,
        findings.by_group,
        language,
        code="groups",
        names=(
            say("Mức độ hài lòng theo nhóm người trả lời", "Satisfaction by group of respondents"),
            say("Nhóm người trả lời", "Groups"),
            say("Nhóm", "Group"),
        ),
        note=annual_label(findings, language),
    )


def series_table(findings: AnnualFindings, language: str) -> Table:
    """The periods one after the other; no rows where there is only this one."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    told = findings.series if len(findings.series) > 1 else ()
    return Table(
        code="series",
        title=say("Kết quả qua các kỳ", "Results over the periods"),
        sheet=say("Qua các kỳ", "Periods"),
        columns=(
            Column(say("Kỳ", "Period"), Kind.TEXT, 2.4),
            Column("n", Kind.COUNT, 1.1, "–"),
            Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 2),
            Column(say(f"Điểm trung bình (1–5), {interval}", f"Mean score (1–5), {interval}"), Kind.SCORE, 2),
            Column(say("So với kỳ ngay trước (điểm %)", "Against the period before (points)"), Kind.CHANGE, 2.8),
            Column(say("Lưu ý", "Remarks"), Kind.TEXT, 2.6),
        ),
        rows=tuple(
            (
                each.name.text(language),
                each.overall.n,
                each.overall.share_satisfied,
                each.overall.mean_score,
                each.change,
                remarks(each, say, language) or "–",
            )
            for each in told
        ),
        note=annual_label(findings, language),
    )


def remarks(point: PeriodFigures, say: Say, language: str) -> str:
    """Say why a period cannot be compared with the one before, or that its channels are other ones."""
    said = [BREAKS[code].text(language) for code in point.breaks]
    if said:
        said[0] = say("đứt chuỗi: ", "break: ") + said[0]
    if point.channels_moved:
        said.append(say("cơ cấu kênh trả lời đã khác", "another mix of channels"))
    return "; ".join(said)


def alike_table(findings: AnnualFindings, language: str) -> Table:
    """Runs of the ranking of whom no two agencies are proven different; no rows where each stands alone."""
    say = speaker(language)
    every = [(first, last) for first, last in findings.alike if last > first]
    runs = every if len(every) <= _MOST_RUNS else _cover(every)
    return Table(
        code="alike",
        title=say("Những nhóm cơ quan không phân biệt được", "Groups of agencies that cannot be told apart"),
        sheet=say("Không phân biệt", "Not told apart"),
        columns=(
            Column(say("Từ hạng", "From rank"), Kind.COUNT, 1),
            Column(say("Đến hạng", "To rank"), Kind.COUNT, 1),
            Column(say("Số cơ quan", "Agencies"), Kind.COUNT, 1),
            Column(say("Cơ quan", "Agencies, by name"), Kind.TEXT, 7),
        ),
        rows=tuple(
            (
                findings.agencies[first].rank,
                findings.agencies[last].rank,
                last - first + 1,
                _names(findings.agencies[first : last + 1], say, language),
            )
            for first, last in runs
        ),
        note=say(
            "Trong mỗi nhóm không có hai cơ quan nào được chứng minh là khác nhau (dạng từng cặp, đồng thời); các nhóm "
            "có thể chồng lên nhau.",
            "Within a group no two agencies are proven different (all pairs at once); groups may overlap.",
        )
        + (
            say(" Chỉ nêu vừa đủ nhóm để phủ bảng xếp hạng.", " Only as many groups as cover the ranking are listed.")
            if runs is not every
            else ""
        ),
    )


def _cover(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Choose as few runs as cover all that the runs cover, each reaching as far as it can."""
    chosen: list[tuple[int, int]] = []
    reached = -1
    for at, run in enumerate(runs):
        goes_on = runs[at + 1][0] <= reached + 1 if at + 1 < len(runs) else False
        if run[1] > reached and not goes_on:
            chosen.append(run)
            reached = run[1]
    return chosen


def _level_row(name: str, measures: Measures) -> tuple[Value, ...]:
    return (name, *(measures.levels or (None,) * len(LEVELS)), measures.no_opinion)


def _names(rows: tuple[RankedAgency, ...], say: Say, language: str) -> str:
    if len(rows) <= _NAMED:
        return "; ".join(row.agency.name.text(language) for row in rows)
    first, last = (row.agency.name.text(language) for row in (rows[0], rows[-1]))
    return say(f"từ {first} đến {last}", f"from {first} to {last}")


def each_table(findings: AnnualFindings, language: str) -> Iterator[Table]:
    """Yield the tables of this module that stand once in a summary."""
    for make in (
        forms_table,
        whole_table,
        levels_table,
        level_shares_table,
        alike_table,
        fields_table,
        groups_table,
        series_table,
    ):
        yield make(findings, language)
