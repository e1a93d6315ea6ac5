"""What the intervals of a summary mean, in one sentence for pages, tables and sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.numbers import sample
from survey.rendering.words import interval_label, participation_label

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings


def annual_label(findings: AnnualFindings, language: str) -> str:
    """Say what the intervals mean, where the weakest of the samples decides, and how many of all took part."""
    kind, part = weakest_sample(findings), findings.participation
    label = interval_label(kind, findings.confidence_level, language)
    # Those who were drawn did not come of themselves: how many of all transactions they are says nothing.
    drawn = kind != "self_selected" and part.rate is None
    told = sample(findings.n, language) if drawn else participation_label(part, language)
    return f"{label[0].upper()}{label[1:]}; {told}."


def weakest_sample(findings: AnnualFindings) -> str:
    """Return the sample kind that decides what may be said: self-selected as soon as one wave is."""
    kinds = {wave.sample_kind for wave in findings.waves}
    return "self_selected" if "self_selected" in kinds or not kinds else min(kinds)
