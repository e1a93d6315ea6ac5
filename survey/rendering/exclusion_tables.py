"""What leaving answers out has done: the whole before and after, or why it is not told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.measures_tables import measures_table
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from survey.findings.values import AgencyFindings, AnnualFindings
    from survey.rendering.blocks import Table


def effect_table(findings: AgencyFindings | AnnualFindings, language: str) -> Table:
    """The whole with the answers that a rule left out, and without; no rows where it is not told."""
    say = speaker(language)
    return measures_table(
        findings,
        findings.exclusion_effect,
        language,
        code="exclusion_effect",
        names=(
            say("Kết quả chung trước và sau khi loại phiếu", "The whole before and after answers were left out"),
            say("Trước, sau khi loại", "Before and after"),
            say("Cách tính", "Counted"),
        ),
        note=say(
            "Cả hai dòng gộp theo phiếu, mỗi phiếu như nhau, nên có thể khác kết quả chung đã gia trọng.",
            "Both lines take all answers together, each counting alike, and may differ from a weighted whole.",
        ),
    )


def effect_missing(findings: AgencyFindings | AnnualFindings, language: str) -> str:
    """Say why the result before the exclusions is not told; empty where it is, or nothing was excluded."""
    if findings.exclusion_effect or not sum(rule.count for rule in findings.exclusions):
        return ""
    return speaker(language)(
        "Kết quả trước khi loại không nêu riêng: đợt chưa kết thúc, mẫu có thiết kế riêng, hoặc quá ít phiếu bị loại "
        "nên có thể suy ra câu trả lời của từng người.",
        "The result before the exclusions is not told: the wave is not over, the sample has a design of its own, or "
        "so few answers were excluded that single ones could be read from it.",
    )
