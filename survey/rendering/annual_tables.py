"""The tables of the annual summary: a line an agency, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.rendering.agency_tables import ledger_table, sample_rows_table
from survey.rendering.blocks import Column, Kind, Standing, Table, Value
from survey.rendering.composition import is_preview
from survey.rendering.exclusion_tables import effect_table
from survey.rendering.measures_tables import measures_table
from survey.rendering.numbers import NOT_ENOUGH, UNKNOWN, margin
from survey.rendering.period_words import period_before
from survey.rendering.proof_tables import proof_table
from survey.rendering.question_tables import expectations_table, perception_table, respondents_table
from survey.rendering.summary_label import annual_label, weakest_sample
from survey.rendering.summary_tables import each_table
from survey.rendering.words import POPULATIONS, SAMPLE_KINDS, WEIGHTINGS, interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AnnualFindings, RankedAgency
    from survey.rendering.words import Say

__all__ = ["annual_label", "annual_tables", "weakest_sample"]

# From here on the ends of a rank set have a dot, and need room.
_THOUSAND: Final = 1000
_FEW_ELEMENTS: Final = 6


def annual_tables(findings: AnnualFindings, language: str) -> dict[str, Table]:
    """Make every table of the summary, by code, in the order of the summary."""
    tables = (
        *each_table(findings, language),
        ranking_table(findings, language),
        elements_table(findings, language),
        proof_table(findings, language),
        channels_table(findings, language),
        perception_table(findings, language),
        expectations_table(findings, language),
        respondents_table(findings, language),
        points_table(findings, language),
        sample_table(findings, language),
        left_out_table(findings, language),
        ledger_table(findings, language),
        effect_table(findings, language),
    )
    return {table.code: table for table in tables if table.rows}


def channels_table(findings: AnnualFindings, language: str) -> Table:
    """The whole by channel, since each reaches other people; no rows where all answers came by one."""
    say = speaker(language)
    return measures_table(
        findings,
        findings.by_channel,
        language,
        code="channels",
        names=(say("Kết quả theo kênh trả lời", "Results by channel"), say("Kênh", "Channels"), say("Kênh", "Channel")),
        note=annual_label(findings, language),
    )


def ranking_table(findings: AnnualFindings, language: str) -> Table:
    """Agencies with rank and its set, n of N, both statistics, change and movement; a preview has neither of these."""
    say = speaker(language)
    interval = interval_name(findings.confidence_level, language)
    columns = [
        Column(say("Hạng, tập hạng", "Rank, set"), Kind.STANDING, 1.2 if len(findings.agencies) < _THOUSAND else 2),
        Column(say("Mã", "Code"), Kind.TEXT, 1.15, sheet_only=True),
        Column(say("Cơ quan", "Agency"), Kind.TEXT, 3),
        Column(say("n/N, tham gia", "n/N, participation"), Kind.PARTICIPATION, 1.85),
        Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 2.1),
        Column(say("Điểm TB (1–5)", "Mean (1–5)"), Kind.SCORE, 1.55),
    ]
    if not is_preview(findings):
        columns += [
            Column(say("Thay đổi (điểm %)", "Change (points)"), Kind.CHANGE, 3.1),
            Column(say("Biến động hạng", "Rank movement"), Kind.MOVEMENT, 3.1, "–"),
        ]
    return Table(
        code="ranking",
        title=say("Xếp hạng các cơ quan", "Ranking of agencies"),
        sheet=say("Xếp hạng", "Ranking"),
        columns=tuple(columns),
        rows=tuple(_ranking_row(row, language)[: len(columns)] for row in findings.agencies),
        note=_ranking_note(findings, language),
    )


def elements_table(findings: AnnualFindings, language: str) -> Table:
    """Agency by element: share satisfied, n and interval."""
    say = speaker(language)
    # Beside many elements a narrow column would break the word.
    rank = 0.9 if len(findings.element_names) <= _FEW_ELEMENTS else 1.5
    columns = (
        Column(say("Hạng", "Rank"), Kind.COUNT, rank, "–"),
        Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.6),
        *(
            Column(f"{at}. {name.text(language)}", Kind.SHARE_N, 2.25)
            for at, name in enumerate(findings.element_names, start=1)
        ),
    )
    note = annual_label(findings, language)
    return Table(
        code="elements",
        title=say("Tỷ lệ hài lòng theo yếu tố và cơ quan (n)", "Share satisfied by element and agency (n)"),
        sheet=say("Yếu tố", "Elements"),
        columns=columns,
        rows=tuple(
            (row.rank, row.agency.name.text(language), *(each.share_satisfied for each in row.elements))
            for row in findings.agencies
        ),
        note=say("Trong ngoặc: số người trả lời n. ", "In brackets: respondents n. ") + note,
    )


def points_table(findings: AnnualFindings, language: str) -> Table:
    """Points that satisfaction brings into the index: at the estimate, at both ends, and by element."""
    say = speaker(language)
    parts = (
        Column(f"{at}. {name.text(language)}", Kind.POINTS_PART, 1.7, "–")
        for at, name in enumerate(findings.element_names, start=1)
    )
    rank = 0.9 if len(findings.element_names) <= _FEW_ELEMENTS else 1.5
    nothing: tuple[Value, ...] = (None,) * len(findings.element_names)
    return Table(
        code="points",
        title=say("Điểm đưa vào Chỉ số cải cách hành chính", "Points for the PAR INDEX"),
        sheet=say("Điểm", "Points"),
        columns=(
            Column(say("Hạng", "Rank"), Kind.COUNT, rank, "–"),
            Column(say("Mã", "Code"), Kind.TEXT, 1.6),
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 4),
            Column(say("Điểm, hai đầu khoảng tin cậy", "Points, both ends"), Kind.POINTS, 2.1),
            *parts,
        ),
        rows=()
        if all(points is None for points in (findings.points, *(row.points for row in findings.agencies)))
        else (
            (
                None, findings.root.code, say("Tất cả", "All"), findings.points,
                *(tuple(part.value for part in findings.element_points) or nothing),
            ),
            *(
                (
                    row.rank, row.agency.code, row.agency.name.text(language), row.points,
                    *(tuple(part.value for part in row.element_points) or nothing),
                )
                for row in findings.agencies
            ),
        ),
        note=say(f"Quy tắc tính điểm: {findings.points_rule.vi}.", f"Rule of points: {findings.points_rule.en}."),
    )  # fmt: skip


def sample_table(findings: AnnualFindings, language: str) -> Table:
    """Where the figures of the year come from."""
    say, joined = speaker(language), "; ".join
    size, rate = findings.participation.population_size, findings.participation.rate
    unknown = UNKNOWN.text(language)
    rows: list[tuple[Value, ...]] = [
        (say("Cơ quan tổ chức", "Sponsor and organiser"), findings.root.name.text(language)),
        *_fieldwork(findings, say),
        (say("Cơ quan được khảo sát", "Agencies surveyed"), len(findings.agencies)),
        (say("Cơ quan có phiếu", "Agencies with answers"), findings.answered),
        (say("Cơ quan được xếp hạng", "Agencies ranked"), sum(row.rank is not None for row in findings.agencies)),
        (say("Đợt khảo sát", "Waves"), joined(wave.name.text(language) for wave in findings.waves) or "–"),
        (
            say("Đối tượng", "Population"),
            joined(sorted({POPULATIONS[wave.sample_kind].text(language) for wave in findings.waves})) or "–",
        ),
        (
            say("Cách chọn người trả lời", "How respondents were reached"),
            joined(sorted({SAMPLE_KINDS[wave.sample_kind].text(language) for wave in findings.waves})) or "–",
        ),
        (
            say("Phiếu, phiên bản", "Questionnaire, edition"),
            joined(sorted({f"{wave.questionnaire}, {wave.questionnaire_edition}" for wave in findings.waves})) or "–",
        ),
        (
            say("Mã kiểm SHA-256 của phiếu", "SHA-256 of the questionnaire"),
            joined(sorted({wave.questionnaire_sha256 for wave in findings.waves})) or "–",
        ),
        (
            say("Phiên bản phương pháp", "Method edition"),
            joined(sorted({wave.method_edition for wave in findings.waves})) or "–",
        ),
        (say("Cách gộp", "Weighting"), WEIGHTINGS[findings.weighting].text(language)),
        (say("Số người trả lời được tính (n)", "Respondents counted (n)"), findings.n),
        (say("Số giao dịch đã giải quyết (N)", "Finished transactions (N)"), unknown if size is None else size),
        (say("Tỷ lệ tham gia n/N", "Participation rate n/N"), unknown if rate is None else rate),
        *_precision(findings, language),
        (say("Có mã một lần trên phiếu kết quả", "With the one-time code of a slip"), findings.verified),
        *(
            (say("Trả lời qua: ", "Answered by: ") + channel.name.text(language), channel.count)
            for channel in findings.channels
        ),
    ]
    return sample_rows_table(rows, language)


def _fieldwork(findings: AnnualFindings, say: Say) -> Iterator[tuple[Value, ...]]:
    if findings.waves:
        yield say("Thời gian: từ", "Fieldwork: from"), min(wave.opens_on for wave in findings.waves)
        yield say("Thời gian: đến", "Fieldwork: to"), max(wave.closes_on for wave in findings.waves)
    if findings.folded_until is not None:
        yield say("Số liệu tính đến hết ngày", "Figures up to the end of"), findings.folded_until


def _precision(findings: AnnualFindings, language: str) -> Iterator[tuple[Value, ...]]:
    """Yield the margins of error: of the whole, and from the surest to the least sure ranked agency."""
    say = speaker(language)
    if findings.overall.share_satisfied is not None:
        whole = margin(findings.overall.share_satisfied.margin_of_error, language)
        yield say("Sai số của tỷ lệ chung", "Margin of error of the whole"), whole
    shares = (row.overall.share_satisfied for row in findings.agencies if row.rank is not None)
    margins = sorted(share.margin_of_error for share in shares if share is not None)
    if margins:
        low, high = (margin(margins[at], language) for at in (0, -1))
        yield say("Sai số của từng cơ quan được xếp hạng", "Margin of error of a ranked agency"), f"{low} – {high}"


def left_out_table(findings: AnnualFindings, language: str) -> Table:
    """Agencies that are not ranked, and waves still running, with the reason."""
    say = speaker(language)
    too_few = say(
        f"dưới {findings.smallest_n_index} người trả lời: không xếp hạng",
        f"fewer than {findings.smallest_n_index} respondents: not ranked",
    )
    rows: list[tuple[Value, ...]] = [
        (row.agency.name.text(language), NOT_ENOUGH.text(language) if row.overall.is_suppressed else too_few)
        for row in findings.agencies
        if row.rank is None
    ]
    running = say("đợt khảo sát đang mở: chưa đưa vào", "wave still open: left out")
    rows += [(wave.text(language), running) for wave in findings.open_waves]
    return Table(
        code="left_out",
        title=say("Những gì không có trong bảng xếp hạng", "What is not in the ranking"),
        sheet=say("Không xếp hạng", "Not ranked"),
        columns=(
            Column(say("Cơ quan hoặc đợt khảo sát", "Agency or wave"), Kind.TEXT, 6),
            Column(say("Lý do", "Reason"), Kind.TEXT, 4),
        ),
        rows=tuple(rows),
    )


def _ranking_row(row: RankedAgency, language: str) -> tuple[Value, ...]:
    return (
        Standing(row.rank, row.rank_low, row.rank_high),
        row.agency.code,
        row.agency.name.text(language),
        row.participation,
        row.overall.share_satisfied,
        row.overall.mean_score,
        row.change,
        row.change if row.rank else None,
    )


def _ranking_note(findings: AnnualFindings, language: str) -> str:
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    before = period_before(findings, language)
    sets = say(
        f"Tập hạng: các hạng không bị loại trừ, đồng thời cho mọi cơ quan. Thay đổi: so với {before}, kèm {interval}.",
        f"Rank set: ranks not excluded, for all agencies at once. Change: against {before}, with its {interval}.",
    )
    return f"{annual_label(findings, language)} {sets}"
