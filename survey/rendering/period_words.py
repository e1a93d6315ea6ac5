"""What a summary speaks of, and what it is compared with: a year, or a wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.words import speaker

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings


def period(findings: AnnualFindings, language: str) -> str:
    """Name the period: "năm 2026", "đợt “…”"; "2026", "the wave “…”"."""
    say = speaker(language)
    if findings.wave is None:
        return say(f"năm {findings.year}", str(findings.year))
    name = findings.wave.name.text(language)
    return say(f"đợt “{name}”", f"the wave “{name}”")


def period_before(findings: AnnualFindings, language: str) -> str:
    """Name what changes are measured against; where there is nothing, the year or the wave before."""
    say = speaker(language)
    if findings.against is not None:
        return findings.against.text(language)
    if findings.wave is not None:
        return say("đợt trước", "the wave before")
    return say(f"năm {findings.year - 1}", str(findings.year - 1))


def title(findings: AnnualFindings, language: str) -> str:
    """Title the report."""
    say, year = speaker(language), findings.year
    if findings.wave is None:
        return say(
            f"Tổng hợp mức độ hài lòng của người dân, tổ chức năm {year} (kiểu SIPAS)",
            f"Satisfaction of citizens and organisations in {year}: summary (SIPAS-style)",
        )
    return say(
        "Báo cáo đợt khảo sát mức độ hài lòng của người dân, tổ chức",
        "Satisfaction of citizens and organisations: report of a wave",
    )


def subtitle(findings: AnnualFindings, language: str) -> str:
    """Name the body, and the wave where it is one."""
    name = findings.root.name.text(language)
    return name if findings.wave is None else f"{name} – {findings.wave.name.text(language)}"
