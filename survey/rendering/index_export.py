"""What other systems take over from a round: satisfaction with its interval, and the index, an agency a line."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from survey.rendering import numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from fractions import Fraction
    from uuid import UUID

    from survey.findings.index_result_values import IndexAgency, IndexFindings, IndexSurvey
    from survey.findings.values import AnnualFindings

FORMAT: Final = "hai-long/index-export"
FORMAT_VERSION: Final = 1
COLUMNS: Final = (
    "round", "index_year", "version", "status", "data", "agency_code", "agency",
    "satisfaction", "satisfaction_low", "satisfaction_high", "confidence_level", "n", "population_size",
    "participation_rate", "verified_share", "survey_points", "survey_points_low", "survey_points_high",
    "survey_points_maximum", "points", "points_low", "points_high", "points_maximum", "index_percent", "rank",
    "rank_low", "rank_high", "class", "class_name", "class_is_certain", "previous_points", "difference",
    "difference_low", "difference_high", "verdict", "previous_rank", "rank_change", "movement", "is_converted",
    "breaks", "rubric", "questionnaire", "method_edition", "release", "sha256",
)  # fmt: skip
_SHARES: Final = (
    "satisfaction", "satisfaction_low", "satisfaction_high", "confidence_level", "participation_rate", "verified_share",
)  # fmt: skip
_SHARE_DECIMALS: Final = 6
_PERCENT_DECIMALS: Final = 4
# Of points before they are cut; those that were cut have fewer.
_POINTS_DECIMALS: Final = 4
Line = dict[str, Any]


def export_lines(
    findings: IndexFindings, language: str = "vi", *, sha256: str = "", agency_ids: Collection[UUID] | None = None
) -> list[Line]:
    """Return a line an agency, of all or of some; shares are 0–1, ``sha256`` is that of the open JSON of the result."""
    return [
        _rounded(_line(findings, row, language) | _survey_cells(row.survey) | {"sha256": sha256}, findings.decimals)
        for row in findings.agencies
        if agency_ids is None or row.agency.id in agency_ids
    ]


def _line(findings: IndexFindings, row: IndexAgency, language: str) -> Line:
    change = row.change
    return dict.fromkeys(COLUMNS) | {
        "round": findings.round_code,
        "index_year": findings.year,
        "version": findings.version,
        "status": "draft" if findings.is_draft else "decided",
        "data": "demo" if findings.root.is_demo else "real",
        "agency_code": row.agency.code,
        "agency": row.agency.name.text(language),
        "confidence_level": findings.confidence_level,
        "points": float(row.points),
        "points_low": float(row.low),
        "points_high": float(row.high),
        "points_maximum": float(row.maximum),
        "index_percent": float(row.index * 100),
        "rank": row.rank,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "class": row.class_code,
        "class_name": findings.class_name(row.class_code).text(language) if findings.classes else None,
        "class_is_certain": int(row.is_class_certain),
        "previous_points": _float(change.previous),
        "difference": _float(change.difference),
        "difference_low": change.low,
        "difference_high": change.high,
        "verdict": change.verdict,
        "previous_rank": change.previous_rank,
        "rank_change": change.rank_change,
        "movement": change.movement,
        "is_converted": int(change.is_converted),
        "breaks": " ".join(change.breaks),
        "rubric": findings.rubric,
        "questionnaire": findings.questionnaire,
        "method_edition": findings.method_edition,
    }


def _survey_cells(survey: IndexSurvey | None) -> Line:
    if survey is None:
        return {}
    share = survey.share
    return {
        "n": survey.n,
        "population_size": survey.population,
        "participation_rate": survey.rate,
        "verified_share": survey.verified_share,
        "survey_points": survey.points,
        "survey_points_low": survey.low,
        "survey_points_high": survey.high,
        "survey_points_maximum": float(survey.maximum),
        "release": survey.release,
        "satisfaction": share.value if share else None,
        "satisfaction_low": share.ci.low if share else None,
        "satisfaction_high": share.ci.high if share else None,
    }


def summary_lines(
    findings: AnnualFindings,
    language: str = "vi",
    *,
    release: str,
    sha256: str,
    agency_ids: Collection[UUID] | None = None,
) -> list[Line]:
    """Return the lines of a released summary: satisfaction and its points, for an index that others count."""
    lines = []
    forms = ", ".join(sorted({f"{wave.questionnaire}/{wave.questionnaire_edition}" for wave in findings.waves}))
    methods = ", ".join(sorted({wave.method_edition for wave in findings.waves}))
    for row in findings.agencies:
        if agency_ids is not None and row.agency.id not in agency_ids:
            continue
        share, points, taking = row.overall.share_satisfied, row.points, row.participation
        verified = row.proof.with_code.n if row.proof else None
        line: Line = dict.fromkeys(COLUMNS)
        line |= {
            "index_year": findings.year,
            "status": "draft" if findings.is_draft else "released",
            "data": "demo" if findings.root.is_demo else "real",
            "agency_code": row.agency.code,
            "agency": row.agency.name.text(language),
            "confidence_level": findings.confidence_level,
            "n": row.overall.n,
            "population_size": taking.population_size,
            "participation_rate": taking.rate,
            "verified_share": verified / row.overall.n if verified is not None and row.overall.n else None,
            "questionnaire": forms,
            "method_edition": methods,
            "release": release,
            "sha256": sha256,
        }
        if share is not None:
            line |= {
                "satisfaction": share.value,
                "satisfaction_low": share.ci.low,
                "satisfaction_high": share.ci.high,
            }
        if points is not None:
            line |= {
                "survey_points": points.value,
                "survey_points_low": points.low,
                "survey_points_high": points.high,
                "survey_points_maximum": points.maximum,
            }
        lines.append(_rounded(line))
    return lines


def export_json(lines: Sequence[Line], *, year: int) -> bytes:
    """Write lines with the checksum of their canonical JSON."""
    document = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "year": year,
        "sha256": export_checksum(lines),
        "agencies": list(lines),
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def export_checksum(lines: Sequence[Line]) -> str:
    """Return the SHA-256 of lines as canonical JSON: sorted keys, no spaces."""
    text = json.dumps(list(lines), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _rounded(line: Line, decimals: int = 0) -> Line:
    """Return a line without digits that say nothing: points that the rubric cut are exact in its decimals."""
    places = dict.fromkeys(_SHARES, _SHARE_DECIMALS) | {"index_percent": _PERCENT_DECIMALS}
    return {
        name: float(numbers.rounded(value, places.get(name, max(decimals, _POINTS_DECIMALS))))
        if isinstance(value, float)
        else value
        for name, value in line.items()
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
