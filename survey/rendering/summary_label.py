"""What the intervals of a summary mean, in one sentence for pages, tables and sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.numbers import sample
from survey.rendering.words import interval_label

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings


def annual_label(findings: AnnualFindings, language: str) -> str:
    """Say what the intervals mean; the weakest of the samples decides."""
    label = interval_label(weakest_sample(findings), findings.confidence_level, language)
    return f"{label[0].upper()}{label[1:]}; {sample(findings.n, language)}."


def weakest_sample(findings: AnnualFindings) -> str:
    """Return the sample kind that decides what may be said: self-selected as soon as one wave is."""
    kinds = {wave.sample_kind for wave in findings.waves}
    return "self_selected" if "self_selected" in kinds or not kinds else min(kinds)
