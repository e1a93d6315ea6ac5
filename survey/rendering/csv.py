"""Findings as CSV: one statistic a line for an agency, one agency a line for a year, and its other questions beside.

Numbers have full precision and a decimal point, shares are 0–1, dates ISO, words of the software are its English
codes.  ``excel_vietnam`` writes what a Vietnamese spreadsheet opens by a double click: a byte-order mark, semicolons,
decimal commas, Vietnamese headings.  A suppressed figure is empty and says so in ``note``; it is never 0.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.csv_headings import vietnamese_heading
from survey.rendering.numbers import NOT_ENOUGH
from survey.rendering.plain_text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analysis.results import Estimate
    from survey.findings.chosen_values import ChosenComparison
    from survey.findings.values import (
        AgencyFindings,
        AnnualFindings,
        Change,
        Measures,
        Points,
        ProofMeasures,
        QuestionFindings,
        RankedAgency,
    )

Cell = str | int | float | None
Row = dict[str, Cell]

_AGENCY_COLUMNS: Final = (
    "wave", "index_year", "status", "data", "agency_code", "agency", "scope", "code", "name", "statistic",
    "estimate", "low", "high", "standard_error", "n", "confidence_level", "method", "note",
)  # fmt: skip


def agency_csv(findings: AgencyFindings, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write every figure of an agency in one wave, a statistic a line."""
    wave, agency = findings.wave, findings.agency
    same: Row = {
        "wave": wave.code,
        "index_year": wave.index_year,
        "status": "released" if wave.is_released else "draft",
        "data": "demo" if agency.is_demo else "real",
        "agency_code": agency.code,
        "agency": agency.name.text(language),
    }
    rows = ({**same, **row} for row in _agency_rows(findings, language))
    return written(_AGENCY_COLUMNS, rows, excel_vietnam=excel_vietnam)


def annual_csv(findings: AnnualFindings, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write the year, an agency a line, best first; the first line is all of them together."""
    same: Row = {
        "index_year": findings.year,
        "status": "draft" if findings.is_draft else "released",
        "data": "demo" if findings.root.is_demo else "real",
    }
    agencies = ({**same, **_annual_row(row, language)} for row in findings.agencies)
    rows = list(chain([{**same, **_whole_row(findings, language)}], agencies))
    columns = dict.fromkeys(chain.from_iterable(rows))
    return written(tuple(columns), rows, excel_vietnam=excel_vietnam)


def annual_questions_csv(findings: AnnualFindings, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write how the questions of a year that are not rated were answered by all together, a statistic a line."""
    same: Row = {
        "index_year": findings.year,
        "status": "draft" if findings.is_draft else "released",
        "data": "demo" if findings.root.is_demo else "real",
        "agency_code": findings.root.code,
        "agency": findings.root.name.text(language),
    }
    rows = ({**same, **row} for question in findings.questions for row in _options(question, language))
    return written(_AGENCY_COLUMNS[1:], rows, excel_vietnam=excel_vietnam)


def annual_whole_csv(findings: AnnualFindings, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write everything of all agencies together, a statistic a line: questions, channels, fields, groups, periods."""
    same: Row = {
        "wave": findings.wave.code if findings.wave else "",
        "index_year": findings.year,
        "status": "draft" if findings.is_draft else "released",
        "data": "demo" if findings.root.is_demo else "real",
        "agency_code": findings.root.code,
        "agency": findings.root.name.text(language),
    }
    rows = ({**same, **row} for row in _all_rows(findings, language))
    return written(_AGENCY_COLUMNS, rows, excel_vietnam=excel_vietnam)


def _all_rows(findings: AnnualFindings, language: str) -> Iterator[Row]:
    names = [name.text(language) for name in findings.element_names]
    yield from _measured("overall", "overall", "", findings.overall, language)
    yield _changed("overall", "overall", "", findings.overall_change)
    for at, each in enumerate(findings.elements, start=1):
        yield from _measured("element", f"element_{at}", names[at - 1], each, language)
    for at, change in enumerate(findings.element_changes, start=1):
        yield _changed("element", f"element_{at}", names[at - 1], change)
    for element in findings.items:
        for item in element.items:
            yield from _measured("item", item.code, item.wording.text(language), item.measures, language)
    for part in (*findings.by_channel, *findings.by_field, *findings.by_group, *findings.exclusion_effect):
        yield from _measured(part.dimension, part.member, part.name.text(language), part.measures, language)
    for point in findings.series:
        period = point.name.text(language)
        yield from _measured("period", str(point.year), period, point.overall, language)
        yield {**_changed("period", str(point.year), period, point.change), "note": " ".join(point.breaks) or None}
    if findings.fixed_mix is not None:
        mix: Row = {"scope": "fixed_mix", "code": "overall"}
        yield {**mix, "statistic": "share_satisfied", **_estimate(findings.fixed_mix.share, language)}
        yield {**mix, "statistic": "difference_within", "estimate": findings.fixed_mix.within}
        yield {**mix, "statistic": "difference_mix", "estimate": findings.fixed_mix.mix}
    yield from _answer_counts(findings, language)
    if findings.forms is not None:
        for statistic, count in asdict(findings.forms).items():
            yield {"scope": "forms", "statistic": statistic, "estimate": count}


def _changed(scope: str, code: str, name: str, change: Change) -> Row:
    about: Row = {"scope": scope, "code": code, "name": name, "statistic": "difference"}
    told = {} if change.difference is None else _estimate(change.difference, "en")
    return {**about, **told, "note": change.verdict}


def comparison_csv(findings: ChosenComparison, language: str = "vi", *, excel_vietnam: bool = False) -> bytes:
    """Write a comparison of agencies, a statistic a line; a pair stands under both codes, the first less the second."""
    wave = findings.wave
    same: Row = {
        "wave": wave.code,
        "index_year": wave.index_year,
        "status": "released" if wave.is_released else "draft",
        "data": "demo" if any(one.agency.is_demo for one in findings.agencies) else "real",
    }
    rows = ({**same, **row} for row in _compared_rows(findings, language))
    return written(_AGENCY_COLUMNS, rows, excel_vietnam=excel_vietnam)


def _compared_rows(findings: ChosenComparison, language: str) -> Iterator[Row]:
    for one in findings.agencies:
        named: Row = {"agency_code": one.agency.code, "agency": one.agency.name.text(language)}
        measured = [_measured("overall", "overall", "", one.overall, language)]
        for at, (name, each) in enumerate(zip(findings.element_names, one.elements, strict=True), start=1):
            measured.append(_measured("element", f"element_{at}", name.text(language), each, language))
        yield from ({**named, **row} for row in chain.from_iterable(measured))
    for pair in findings.pairs:
        first, second = (findings.agencies[at].agency for at in (pair.first, pair.second))
        about: Row = {"scope": "pair", "code": second.code, "name": second.name.text(language)}
        told = _estimate(pair.difference, language) if pair.difference else {}
        yield {
            "agency_code": first.code,
            "agency": first.name.text(language),
            **about,
            "statistic": "difference",
            **told,
            "note": pair.words,
        }


def _agency_rows(findings: AgencyFindings, language: str) -> Iterator[Row]:
    yield from _measured("overall", "overall", "", findings.overall, language)
    if question := findings.overall_question:
        yield from _measured(
            "overall_question", question.code, question.wording.text(language), question.measures, language
        )
    for element in findings.elements:
        yield from _measured("element", element.code, element.name.text(language), element.measures, language)
        for item in element.items:
            yield from _measured("item", item.code, item.wording.text(language), item.measures, language)
    for part in (*findings.breakdowns, *findings.exclusion_effect):
        yield from _measured(part.dimension, part.member, part.name.text(language), part.measures, language)
    for asked in findings.questions:
        yield from _options(asked, language)
    yield from _counts(findings, language)
    yield from _point_rows(findings, language)


def _measured(scope: str, code: str, name: str, measures: Measures, language: str) -> Iterator[Row]:
    about: Row = {"scope": scope, "code": code, "name": name}
    for statistic, estimate in (("share_satisfied", measures.share_satisfied), ("mean_score", measures.mean_score)):
        yield {**about, "statistic": statistic, **_estimate(estimate, language)}
    for level, count in enumerate(measures.levels or (), start=1):
        yield {**about, "statistic": f"ratings_{level}", "estimate": count}
    for level, share in enumerate(measures.level_shares or (), start=1):
        yield {**about, "statistic": f"ratings_share_{level}", **_estimate(share, language)}
    if measures.no_opinion is not None:
        yield {**about, "statistic": "no_opinion", "estimate": measures.no_opinion}


def _options(question: QuestionFindings, language: str) -> Iterator[Row]:
    about: Row = {"scope": question.kind, "code": question.code}
    for number, option in enumerate(question.options, start=1):
        name = f"{question.wording.text(language)} – {option.name.text(language)}"
        yield {**about, "name": name, "statistic": f"share_{number}", **_estimate(option.share, language)}
        yield {**about, "name": name, "statistic": f"answers_{number}", "estimate": option.count}
    if question.no_opinion is not None:
        name = question.wording.text(language)
        yield {**about, "name": name, "statistic": "no_opinion", "estimate": question.no_opinion}


def _estimate(estimate: Estimate | None, language: str) -> Row:
    if estimate is None:
        return {"note": NOT_ENOUGH.text(language)}
    return {
        "estimate": estimate.value,
        "low": estimate.ci.low,
        "high": estimate.ci.high,
        "standard_error": estimate.standard_error,
        "n": estimate.n,
        "confidence_level": estimate.confidence_level,
        "method": estimate.method,
    }


def _counts(findings: AgencyFindings, language: str) -> Iterator[Row]:
    part = findings.participation
    figures = {
        "respondents": findings.n,
        "stored": findings.stored,
        "population_size": part.population_size,
        "participation_rate": part.rate,
        "truth_low": part.truth_low,
        "truth_high": part.truth_high,
        "verified": findings.verified,
        "withdrawals": findings.withdrawals,
        "corrections": findings.corrections,
    }
    for statistic, figure in figures.items():
        yield {"scope": "sample", "statistic": statistic, "estimate": figure}
    yield from _answer_counts(findings, language)


def _answer_counts(findings: AgencyFindings | AnnualFindings, language: str) -> Iterator[Row]:
    for scope, counts in (("channel", findings.channels), ("exclusion", findings.exclusions)):
        for each in counts:
            name = each.name.text(language)
            yield {"scope": scope, "code": each.code, "name": name, "statistic": "answers", "estimate": each.count}


def _point_rows(findings: AgencyFindings, language: str) -> Iterator[Row]:
    about: Row = {"scope": "points", "statistic": "points"}
    if points := findings.points:
        yield {**about, "code": "overall", "estimate": points.value, "low": points.low, "high": points.high}
        yield {**about, "code": "overall", "statistic": "points_maximum", "estimate": points.maximum}
    else:
        yield {**about, "code": "overall", "note": NOT_ENOUGH.text(language)}
    for part in findings.element_points:
        named: Row = {**about, "code": part.code, "name": part.name.text(language)}
        yield {**named, "estimate": part.value}
        yield {**named, "statistic": "points_lost", "estimate": part.lost}
        yield {**named, "statistic": "points_maximum", "estimate": part.maximum}


def _whole_row(findings: AnnualFindings, language: str) -> Row:
    change = findings.overall_change
    return {
        "scope": "whole",
        "agency_code": findings.root.code,
        "agency": findings.root.name.text(language),
        "rank": None, "rank_low": None, "rank_high": None,
        **_shared(findings, change, language),
        **_spread("points", None),
    }  # fmt: skip


def _annual_row(row: RankedAgency, language: str) -> Row:
    parts = {f"element_{at}_points": part.value for at, part in enumerate(row.element_points, start=1)}
    return {
        "scope": "agency",
        "agency_code": row.agency.code,
        "agency": row.agency.name.text(language),
        "rank": row.rank, "rank_low": row.rank_low, "rank_high": row.rank_high,
        **_shared(row, row.change, language),
        **_spread("points", row.points),
        **parts,
    }  # fmt: skip


def _shared(row: RankedAgency | AnnualFindings, change: Any, language: str) -> Row:  # noqa: ANN401 -- see below
    # ``change`` is a Change; both kinds of row carry it under their own name.
    part = row.participation
    cells: Row = {
        "n": row.overall.n,
        "population_size": part.population_size,
        "participation_rate": part.rate,
        "truth_low": part.truth_low,
        "truth_high": part.truth_high,
        **_flat("share_satisfied", row.overall.share_satisfied),
        **_flat("mean_score", row.overall.mean_score),
        "note": NOT_ENOUGH.text(language) if row.overall.is_suppressed else None,
        **_flat("previous_share_satisfied", change.previous),
        **_flat("difference", change.difference),
        "verdict": change.verdict,
        "previous_rank": change.previous_rank,
        "rank_change": change.rank_change,
        "movement": change.movement,
    }
    for name, measures in _both(row.proof):
        cells[f"{name}_n"] = measures.n if measures else None
        cells |= _flat(f"{name}_share_satisfied", measures.share_satisfied if measures else None)
    for at, element in enumerate(row.elements, start=1):
        cells[f"element_{at}_n"] = element.n
        cells |= _flat(f"element_{at}_share_satisfied", element.share_satisfied)
        cells |= _flat(f"element_{at}_mean_score", element.mean_score)
    return cells


def _both(proof: ProofMeasures | None) -> Iterator[tuple[str, Measures | None]]:
    yield "with_code", proof.with_code if proof else None
    yield "without_code", proof.without_code if proof else None


def _flat(name: str, estimate: Estimate | None) -> Row:
    if estimate is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: estimate.value, f"{name}_low": estimate.ci.low, f"{name}_high": estimate.ci.high}


def _spread(name: str, points: Points | None) -> Row:
    keys = (name, f"{name}_low", f"{name}_high", f"{name}_maximum")
    values = (points.value, points.low, points.high, points.maximum) if points else (None,) * len(keys)
    return dict(zip(keys, values, strict=True))


def written(columns: tuple[str, ...], rows: Iterable[Row], *, excel_vietnam: bool, language: str = "vi") -> bytes:
    """Write lines under their columns; for a Vietnamese spreadsheet with its separators, and its headings in "vi"."""
    named = excel_vietnam and language == "vi"
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", delimiter=";" if excel_vietnam else ",")
    writer.writerow({name: vietnamese_heading(name) if named else name for name in columns})
    for row in rows:
        writer.writerow({name: _cell(value, excel_vietnam=excel_vietnam) for name, value in row.items()})
    return text.getvalue().encode("utf-8-sig" if excel_vietnam else "utf-8")


def _cell(value: Cell, *, excel_vietnam: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    return repr(value).replace(".", ",") if excel_vietnam else repr(value)
