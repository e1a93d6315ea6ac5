"""The tables of open data, made of findings: tidy, one thing a line, unrounded, each field as its dictionary says.

What is withheld in the findings is withheld here.  Counters and languages of answers are left out although an agency
sees them itself: a counter is often one person, and a language tells of an ethnic group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording
from survey.rendering import open_fields as dictionary
from survey.rendering.words import LEVELS

if TYPE_CHECKING:
    from analysis.results import Estimate
    from survey.findings.values import (
        AgencyFindings,
        AgencyName,
        AnnualFindings,
        Change,
        Count,
        Measures,
        Participation,
        Points,
        QuestionFindings,
        WaveName,
    )
    from survey.rendering.open_fields import OpenField

Cell = str | int | float | bool | date | None
Row = tuple[Cell, ...]
PUBLIC_DIMENSIONS: Final = ("channel", "field", "verified")
_WHOLE: Final = Wording("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)")
_CORRECTED: Final = Wording("Cán bộ nhập rồi xoá để sửa", "Entered by an official and erased again")
_NO_CHANGE: Final = (None,) * 10


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table: what it is called, its fields, those that name a line, and its lines."""

    name: str
    title: Wording
    fields: tuple[OpenField, ...]
    key: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What measures tell of: the agency, and the place within it."""

    agency: str
    scope: str
    code: str
    name: Wording
    measures: Measures


_TITLES: Final = {
    "agencies": Wording("Các cơ quan", "The agencies"),
    "results": Wording("Kết quả chung, mỗi cơ quan một dòng", "Overall results, an agency a line"),
    "figures": Wording("Mọi tỷ lệ và điểm trung bình", "Every share and mean score"),
    "levels": Wording("Số lượt đánh giá theo năm mức", "Ratings by level"),
    "questions": Wording("Các câu hỏi không chấm mức", "Questions that are not rated"),
    "counts": Wording("Số phiếu theo kênh, phiếu không tính", "Answers by channel and answers left out"),
    "waves": Wording("Các đợt khảo sát", "The waves"),
}
_SHAPES: Final = {
    "agencies": (dictionary.AGENCIES, ("agency_code",)),
    "results": (dictionary.RESULTS, ("agency_code",)),
    "figures": (dictionary.FIGURES, ("agency_code", "scope", "code", "statistic")),
    "levels": (dictionary.LEVELS, ("agency_code", "scope", "code", "level")),
    "questions": (dictionary.QUESTIONS, ("agency_code", "code", "option")),
    "counts": (dictionary.COUNTS, ("agency_code", "scope", "code")),
    "waves": (dictionary.WAVES, ("wave",)),
}
TABLES: Final = tuple(_SHAPES)


def empty_table(name: str) -> OpenTable:
    """Return a table without lines: what its fields are, whatever is released."""
    return _table(name, ())


def summary_open_tables(findings: AnnualFindings) -> dict[str, OpenTable]:
    """Make the tables of a year or a wave: the root and every agency right under it."""
    told = list(_summary_told(findings))
    root = findings.root.code
    return _tables(
        agencies=[_agency(findings.root), *(_agency(row.agency) for row in findings.agencies)],
        results=_summary_results(findings),
        told=told,
        questions=((root, each) for each in findings.questions),
        counts=[
            *_counts(root, "channel", findings.channels),
            *_counts(root, "exclusion", findings.exclusions),
            (root, "sample", "withdrawals", "Phiếu được rút lại", "Withdrawn", findings.withdrawals),
            (root, "sample", "corrections", _CORRECTED.vi, _CORRECTED.en, findings.corrections),
            (root, "sample", "verified", "Có mã một lần", "With a one-time code", findings.verified),
        ],
        waves=findings.waves,
    )


def agency_open_tables(findings: AgencyFindings) -> dict[str, OpenTable]:
    """Make the tables of one agency in a wave, with its items and groups."""
    code = findings.agency.code
    return _tables(
        agencies=[_agency(findings.agency)],
        results=[_agency_result(findings)],
        told=list(_agency_told(findings)),
        questions=((code, question) for question in findings.questions),
        counts=_agency_counts(findings),
        waves=[findings.wave],
    )


def _tables(
    *,
    agencies: Iterable[Row],
    results: Iterable[Row],
    told: Sequence[Told],
    questions: Iterable[tuple[str, QuestionFindings]],
    counts: Iterable[Row],
    waves: Iterable[WaveName],
) -> dict[str, OpenTable]:
    rows: dict[str, Iterable[Row]] = {
        "agencies": agencies,
        "results": results,
        "figures": (row for each in told for row in _figures(each)),
        "levels": (row for each in told for row in _levels(each)),
        "questions": (row for code, each in questions for row in _options(code, each)),
        "counts": counts,
        "waves": (_wave(each) for each in waves),
    }
    return {name: _table(name, tuple(rows[name])) for name in TABLES}


def lines_of(tables: Mapping[str, OpenTable], agencies: Collection[str]) -> dict[str, OpenTable]:
    """Return the lines of some agencies, of every table that tells of agencies."""
    return {
        name: replace(table, rows=tuple(row for row in table.rows if row[0] in agencies))
        for name, table in tables.items()
        if table.fields[0].name == "agency_code"
    }


def _table(name: str, rows: tuple[Row, ...]) -> OpenTable:
    fields, key = _SHAPES[name]
    return OpenTable(name, _TITLES[name], fields, key, rows)


def _agency(agency: AgencyName) -> Row:
    parent = agency.parent_name.vi if agency.parent_name else None
    return (agency.code, agency.kind, agency.name.vi, agency.name.en, parent, agency.is_demo)


def _wave(wave: WaveName) -> Row:
    return (
        wave.code, wave.name.vi, wave.name.en, wave.sample_kind, wave.index_year, wave.opens_on, wave.closes_on,
        wave.questionnaire, wave.questionnaire_edition, wave.questionnaire_sha256, wave.method_edition,
    )  # fmt: skip


def _summary_results(findings: AnnualFindings) -> Iterator[Row]:
    whole, change = findings.overall, findings.overall_change
    yield (
        findings.root.code, None, None, None,
        *_result(whole, findings.participation), *_change(change), *_points(findings.points), whole.is_suppressed,
    )  # fmt: skip
    for row in findings.agencies:
        yield (
            row.agency.code, row.rank, row.rank_low, row.rank_high,
            *_result(row.overall, row.participation), *_change(row.change), *_points(row.points),
            row.overall.is_suppressed,
        )  # fmt: skip


def _agency_result(findings: AgencyFindings) -> Row:
    whole = findings.overall
    return (
        findings.agency.code, None, None, None,
        *_result(whole, findings.participation), *_NO_CHANGE, *_points(findings.points), whole.is_suppressed,
    )  # fmt: skip


def _result(whole: Measures, part: Participation) -> Row:
    told = (part.population_size, part.rate, part.truth_low, part.truth_high)
    # Where too few answered, n of N and its rate would tell how many.
    known = (part.population_size, None, None, None) if whole.is_suppressed else told
    return (whole.n, *known, *_ends(whole.share_satisfied))


def _ends(estimate: Estimate | None) -> Row:
    return (estimate.value, estimate.ci.low, estimate.ci.high) if estimate else (None, None, None)


def _change(change: Change) -> Row:
    return (
        *_ends(change.previous), *_ends(change.difference), change.verdict,
        change.previous_rank, change.rank_change, change.movement,
    )  # fmt: skip


def _points(points: Points | None) -> Row:
    return (points.value, points.low, points.high, points.maximum) if points else (None,) * 4


def _summary_told(findings: AnnualFindings) -> Iterator[Told]:
    root = findings.root.code
    codes = [element.code for element in findings.items] or [str(at + 1) for at in range(len(findings.element_names))]
    named = list(zip(codes, findings.element_names, strict=True))
    yield from _named_elements(root, findings.overall, findings.elements, named)
    for element in findings.items:
        yield from (Told(root, "item", item.code, item.wording, item.measures) for item in element.items)
    for row in (*findings.by_channel, *findings.by_field):
        yield Told(root, row.dimension, row.member, row.name, row.measures)
    for each in findings.agencies:
        yield from _named_elements(each.agency.code, each.overall, each.elements, named)


def _named_elements(
    agency: str, whole: Measures, elements: Sequence[Measures], named: Sequence[tuple[str, Wording]]
) -> Iterator[Told]:
    yield Told(agency, "overall", "overall", _WHOLE, whole)
    for (code, name), measures in zip(named, elements, strict=True):
        yield Told(agency, "element", code, name, measures)


def _agency_told(findings: AgencyFindings) -> Iterator[Told]:
    code = findings.agency.code
    yield Told(code, "overall", "overall", _WHOLE, findings.overall)
    if question := findings.overall_question:
        yield Told(code, "overall_question", question.code, question.wording, question.measures)
    for element in findings.elements:
        yield Told(code, "element", element.code, element.name, element.measures)
        for item in element.items:
            yield Told(code, "item", item.code, item.wording, item.measures)
    for part in findings.breakdowns:
        if part.dimension in PUBLIC_DIMENSIONS:
            yield Told(code, part.dimension, part.member, part.name, part.measures)


def _figures(told: Told) -> Iterator[Row]:
    measures = told.measures
    for statistic, estimate in (("share_satisfied", measures.share_satisfied), ("mean_score", measures.mean_score)):
        about = (told.agency, told.scope, told.code, told.name.vi, told.name.en, statistic)
        yield (*about, *_estimate(estimate))


def _estimate(estimate: Estimate | None) -> Row:
    if estimate is None:
        return (None, None, None, None, None, None, None, True)
    return (
        estimate.value, estimate.ci.low, estimate.ci.high, estimate.standard_error, estimate.n,
        estimate.confidence_level, estimate.method, False,
    )  # fmt: skip


def _levels(told: Told) -> Iterator[Row]:
    shares = told.measures.level_shares or (None,) * len(LEVELS)
    for level, (ratings, share) in enumerate(zip(told.measures.levels or (), shares, strict=False), start=1):
        yield (told.agency, told.scope, told.code, level, ratings, *_ends(share), share.n if share else None)


def _options(agency: str, question: QuestionFindings) -> Iterator[Row]:
    asked = question.wording
    for number, option in enumerate(question.options, start=1):
        about = (agency, question.code, question.kind, number, asked.vi, asked.en, option.name.vi, option.name.en)
        yield (*about, option.count, *_estimate(option.share))


def _counts(agency: str, scope: str, counts: Iterable[Count]) -> Iterator[Row]:
    return ((agency, scope, each.code, each.name.vi, each.name.en, each.count) for each in counts)


def _agency_counts(findings: AgencyFindings) -> Iterator[Row]:
    # What is below the smallest n is not told by any other count either.
    if findings.overall.is_suppressed:
        return
    code = findings.agency.code
    yield from _counts(code, "channel", findings.channels)
    yield from _counts(code, "exclusion", findings.exclusions)
    yield (code, "sample", "withdrawals", "Phiếu được rút lại", "Withdrawn", findings.withdrawals)
    yield (code, "sample", "corrections", _CORRECTED.vi, _CORRECTED.en, findings.corrections)
    yield (code, "sample", "verified", "Có mã một lần", "With a one-time code", findings.verified)
