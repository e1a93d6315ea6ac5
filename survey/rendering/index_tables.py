"""The tables of a round of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from survey.findings.values import Participation, Points
from survey.rendering import numbers
from survey.rendering.blocks import Column, Kind, Standing, Table, Value
from survey.rendering.index_basis_tables import basis_table, remarks_table
from survey.rendering.index_costs import costs_table, lacking_table
from survey.rendering.index_words import (
    WEIGHTS,
    change_words,
    class_words,
    exactly,
    index_label,
    place_words,
    points,
    signed,
    unscored_note,
)
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from fractions import Fraction
    from uuid import UUID

    from survey.findings.index_result_values import ComponentSpread, IndexAgency, IndexFindings

_NAMED: Final = 4


def index_tables(findings: IndexFindings, language: str) -> dict[str, Table]:
    """Make every table of a round that has a line, by code, in the order of the report."""
    tables = (
        ranking_table(findings, language),
        areas_table(findings, language),
        spread_table(findings, language),
        survey_table(findings, language),
        costs_table(findings.element_costs, language),
        lacking_table(findings.element_costs, language),
        weakness_table(findings, language),
        baseline_table(findings, language),
        outside_table(findings, language),
        leaves_table(findings, language),
        remarks_table(findings, language),
        basis_table(findings, language),
    )
    return {table.code: table for table in tables if table.rows}


def ranking_table(findings: IndexFindings, language: str) -> Table:
    """Agencies with rank and set, points with both ends, class, change and movement."""
    say = speaker(language)
    compared = findings.before_year is not None
    columns = [
        Column(say("Hạng, tập hạng", "Rank, set"), Kind.STANDING, 1.2, "–"),
        Column(say("Mã", "Code"), Kind.TEXT, 1.2, sheet_only=True),
        Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.2),
        Column(say("Điểm, hai đầu khoảng", "Points, both ends"), Kind.POINTS, 1.8),
        Column(say("Chỉ số", "Index"), Kind.PERCENT, 1.3),
        Column(say("Xếp loại", "Class"), Kind.TEXT, 1.7),
    ]
    if compared:
        columns += [
            Column(say(f"Điểm {findings.before_year}", f"Points {findings.before_year}"), Kind.POINTS_PART, 1.3, "–"),
            Column(say("Thay đổi", "Change"), Kind.TEXT, 3),
            Column(say("Biến động hạng", "Places"), Kind.TEXT, 1.9),
        ]
    return Table(
        code="index_ranking",
        title=say("Kết quả, xếp hạng và xếp loại", "Results, ranks and classes"),
        sheet=say("Xếp hạng", "Ranking"),
        columns=tuple(columns),
        rows=tuple(_ranked(row, findings, language)[: len(columns)] for row in findings.agencies),
        note=index_label(findings, language),
    )


def areas_table(findings: IndexFindings, language: str) -> Table:
    """Agency by area."""
    say = speaker(language)
    areas = [one for one in findings.components if one.level == "area"]
    return Table(
        code="index_areas",
        title=say("Điểm theo lĩnh vực", "Points by area"),
        sheet=say("Lĩnh vực", "Areas"),
        columns=(
            Column(say("Hạng", "Rank"), Kind.COUNT, 1.1, "–"),
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.4),
            *(
                Column(f"{one.code}. {one.name.text(language)} ({exactly(one.maximum, language)})",
                       Kind.POINTS_PART, 1.7, "–")
                for one in areas
            ),
        ),
        rows=tuple(
            (row.rank, row.agency.name.text(language), *(_points_of(row, one.code) for one in areas))
            for row in findings.agencies
        ),
        note=say("Trong ngoặc: điểm tối đa của lĩnh vực. ", "In brackets: the most an area brings. ")
        + unscored_note(findings, language),
    )  # fmt: skip


def spread_table(findings: IndexFindings, language: str) -> Table:
    """Each component: mean, points lost on average, best and last."""
    say = speaker(language)
    return Table(
        code="index_components",
        title=say("Từng lĩnh vực, tiêu chí: điểm mất, cao nhất, thấp nhất", "Areas and criteria: lost, best, last"),
        sheet=say("Tiêu chí", "Criteria"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.1),
            Column(say("Nội dung", "Component"), Kind.TEXT, 4),
            Column(say("Tối đa", "Most"), Kind.POINTS_PART, 1.1),
            Column(say("Trung bình", "Mean"), Kind.POINTS_PART, 1.2),
            Column(say("Mất bình quân", "Lost"), Kind.POINTS_PART, 1.2, "–"),
            Column(say("Cao nhất", "Best"), Kind.TEXT, 2.4),
            Column(say("Thấp nhất", "Last"), Kind.TEXT, 2.4),
        ),
        rows=tuple(
            (
                one.code,
                one.name.text(language),
                float(one.maximum),
                _signed(one.mean, one.level),
                None if one.lost is None else float(one.lost),
                f"{_written(one, one.highest, findings, language)}: {_agencies(one.best, findings, language)}",
                f"{_written(one, one.lowest, findings, language)}: {_agencies(one.last, findings, language)}",
            )
            for one in findings.components
        ),
        note=say(
            "Bình quân các lĩnh vực cộng lại bằng điểm bình quân chung trước điểm thưởng, điểm trừ, quy đổi và cắt số. "
            "Điểm trừ ghi dấu −, điểm mất của nó là số điểm đã bị trừ; không được thưởng không tính là mất. ",
            "The means of the areas add up to the overall mean before bonus, penalty, rescaling and cutting. Penalty "
            "points have a minus, and what they lost is what was taken off; no bonus is no loss. ",
        )
        + unscored_note(findings, language),
    )


def survey_table(findings: IndexFindings, language: str) -> Table:
    """What the survey brought to each agency, with what it rests on."""
    say = speaker(language)
    return Table(
        code="index_survey",
        title=say("Điểm khảo sát", "Points of the survey"),
        sheet=say("Khảo sát", "Survey"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.2, sheet_only=True),
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.2),
            Column(say("Tỷ lệ hài lòng", "Share satisfied"), Kind.SHARE, 2.1, "–"),
            Column(say("n/N, tham gia", "n/N, participation"), Kind.PARTICIPATION, 1.9),
            Column(say("Đã xác minh", "Verified"), Kind.PERCENT, 1.4, "–"),
            Column(say("Điểm, hai đầu khoảng", "Points, both ends"), Kind.POINTS, 1.9),
        ),
        rows=tuple(
            (
                row.agency.code,
                row.agency.name.text(language),
                row.survey.share,
                Participation(row.survey.n, row.survey.population, row.survey.rate, None, None),
                row.survey.verified_share,
                Points(row.survey.points, row.survey.low, row.survey.high, float(row.survey.maximum), 2),
            )
            for row in findings.agencies
            if row.survey is not None
        ),
        note=say("Điểm trước khi cắt hoặc làm tròn.", "Points before they are cut or rounded."),
    )


def weakness_table(findings: IndexFindings, language: str) -> Table:
    """Leaves in which agencies have nothing or less than half, the weakest first."""
    say = speaker(language)
    return Table(
        code="index_weak",
        title=say("Tiêu chí nhiều cơ quan không có điểm hoặc dưới một nửa", "Criteria with nothing, or less than half"),
        sheet=say("Tiêu chí yếu", "Weak criteria"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.1),
            Column(say("Tiêu chí", "Criterion"), Kind.TEXT, 3.8),
            Column(say("Đạt bình quân", "Mean share"), Kind.PERCENT, 1.4),
            Column(say("Không điểm", "Nothing"), Kind.TEXT, 2.6, "–"),
            Column(say("Dưới một nửa", "Below half"), Kind.TEXT, 2.8),
        ),
        rows=tuple(
            (
                one.code,
                one.name.text(language),
                float(one.mean_index),
                _counted(one.nothing, one.units, findings, language),
                _counted(one.low, one.units, findings, language),
            )
            for one in findings.weaknesses
        ),
    )  # fmt: skip


def baseline_table(findings: IndexFindings, language: str) -> Table:
    """What the baseline of a merged body was made of, with its weights."""
    say = speaker(language)
    return Table(
        code="index_baselines",
        title=say("Số liệu quy đổi của đơn vị sáp nhập", "Converted figures of merged bodies"),
        sheet=say("Quy đổi", "Converted"),
        columns=(
            Column(say("Đơn vị", "Body"), Kind.TEXT, 3),
            Column(say("Từ", "Made of"), Kind.TEXT, 3),
            Column(say("Điểm", "Points"), Kind.POINTS_PART, 1.2),
            Column(say("Trọng số", "Weight"), Kind.PERCENT, 1.2),
            Column(say("Cách lấy trọng số", "Weights"), Kind.TEXT, 2.2),
        ),
        rows=tuple(
            (
                row.agency.name.text(language),
                part.name.text(language),
                float(part.points),
                float(part.weight),
                WEIGHTS[row.change.weights].text(language),
            )
            for row in findings.agencies
            for part in row.change.parts
        ),
        note=say(
            "Đơn vị mới không có điểm của chính mình năm trước; điểm quy đổi là bình quân có trọng số, không có hạng.",
            "A new body had no points of its own; the converted ones are a weighted mean and have no rank.",
        ),
    )


def outside_table(findings: IndexFindings, language: str) -> Table:
    """Indexes of others, year by year, beside ours and never in it."""
    say = speaker(language)
    return Table(
        code="index_outside",
        title=say("Chỉ số của cơ quan khác, để đối chiếu", "Indexes of others, for comparison"),
        sheet=say("Chỉ số khác", "Other indexes"),
        columns=(
            Column(say("Chỉ số", "Index"), Kind.TEXT, 2.2),
            Column(say("Đơn vị", "Unit"), Kind.TEXT, 2.6),
            Column(say("Năm", "Year"), Kind.TEXT, 1),
            Column(say("Giá trị", "Value"), Kind.TEXT, 1.3),
            Column(say("Hạng", "Rank"), Kind.TEXT, 1.2),
            Column(say("Biến động", "Places"), Kind.TEXT, 2.2),
            Column(say("Nguồn", "Source"), Kind.TEXT, 2.2),
        ),
        rows=tuple(
            (
                index.name.text(language),
                unit.unit.text(language),
                str(step.year),
                numbers.decimal(float(step.value), 2, language),
                f"{step.rank}/{step.of}",
                _moved(step.change, step.breaks, language),
                f"{index.publisher}; {index.source}",
            )
            for index in findings.outside
            for unit in index.units
            for step in unit.steps
        ),
        note=say("Không cộng vào chỉ số của kỳ này.", "Nothing of these is counted into the index of this round."),
    )


def leaves_table(findings: IndexFindings, language: str) -> Table:
    """Points of every agency for every leaf: a line a leaf."""
    say = speaker(language)
    leaves = [one for one in findings.agencies[0].components if one.level in {"leaf", "bonus", "penalty"}]
    return Table(
        code="index_leaves",
        title=say("Điểm từng tiêu chí của từng cơ quan", "Points by criterion and agency"),
        sheet=say("Chi tiết", "Details"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.2),
            Column(say("Tiêu chí", "Criterion"), Kind.TEXT, 4, sheet_only=True),
            Column(say("Tối đa", "Most"), Kind.POINTS_PART, 1.1),
            *(Column(row.agency.code, Kind.POINTS_PART, 1.1, "–") for row in findings.agencies),
        ),
        rows=tuple(
            (
                leaf.code,
                leaf.name.text(language),
                float(leaf.maximum),
                *(_points_of(row, leaf.code) for row in findings.agencies),
            )
            for leaf in leaves
        ),
        note=unscored_note(findings, language),
    )


def _ranked(row: IndexAgency, findings: IndexFindings, language: str) -> tuple[Value, ...]:
    previous = row.change.previous
    return (
        Standing(row.rank, row.rank_low, row.rank_high),
        row.agency.code,
        row.agency.name.text(language),
        Points(float(row.points), float(row.low), float(row.high), float(row.maximum), findings.decimals),
        float(row.index),
        class_words(row, findings, language),
        None if previous is None else float(previous),
        change_words(row.change, findings, language),
        place_words(row.change, language),
    )


def _points_of(row: IndexAgency, code: str) -> float | None:
    own = row.component(code)
    return None if own is None or own.points is None else _signed(own.points, own.level)


def _signed(value: Fraction, level: str) -> float:
    return -float(value) if level == "penalty" and value else float(value)


def _written(one: ComponentSpread, value: Fraction, findings: IndexFindings, language: str) -> str:
    return signed(-value, findings, language) if one.level == "penalty" else points(value, findings, language)


def _agencies(ids: tuple[UUID, ...], findings: IndexFindings, language: str) -> str:
    if len(ids) == len(findings.ranked) > 1:
        return speaker(language)("tất cả", "all")
    names = {row.agency.id: row.agency.name.text(language) for row in findings.agencies}
    shown = ", ".join(names[one] for one in ids[:_NAMED])
    more = len(ids) - _NAMED
    return shown + (speaker(language)(f" và {more} cơ quan khác", f" and {more} more") if more > 0 else "")


def _counted(ids: tuple[UUID, ...], units: int, findings: IndexFindings, language: str) -> str | None:
    if not ids:
        return None
    return f"{len(ids)}/{units}: {_agencies(ids, findings, language)}"


def _moved(change: int | None, breaks: tuple[str, ...], language: str) -> str:
    say = speaker(language)
    if breaks:
        return say("không so hạng: đơn vị hoặc nội dung khác", "not compared: other units or dimensions")
    return "–" if change is None else numbers.signed_count(change, language)
