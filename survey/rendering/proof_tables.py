"""Ratings with a one-time code and without, side by side, agency by agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings, Measures, ProofMeasures


def proof_table(findings: AnnualFindings, language: str) -> Table:
    """The whole of those who had a code and of those who had none; no rows where nobody had one."""
    say = speaker(language)
    named = [(say("Tất cả", "All"), findings.overall, findings.proof)]
    named += [(row.agency.name.text(language), row.overall, row.proof) for row in findings.agencies]
    share = say("tỷ lệ hài lòng (n)", "share satisfied (n)")
    return Table(
        code="proof",
        title=say("Có mã một lần trên phiếu kết quả và không có mã", "With the one-time code of a slip, and without"),
        sheet=say("Có và không có mã", "With and without code"),
        columns=(
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.6),
            Column(say("Chung: ", "All: ") + share, Kind.SHARE_N, 2.25),
            Column(say("Có mã: ", "With a code: ") + share, Kind.SHARE_N, 2.25),
            Column(say("Không có mã: ", "Without a code: ") + share, Kind.SHARE_N, 2.25),
        ),
        rows=() if findings.proof is None else tuple(_row(*each) for each in named),
        note=say(
            "Người có mã chắc chắn đã được phục vụ. Hai nhóm gộp theo phiếu; nhóm quá ít phiếu thì ẩn cả hai, và phiếu "
            "của đơn vị phải ẩn không cộng vào đơn vị cấp trên.",
            "Who has a code was certainly served. Both groups are pooled by response; where one is too small both are "
            "withheld, and an agency that must withhold them adds nothing to the one above it.",
        ),
    )


def _row(name: str, overall: Measures, proof: ProofMeasures | None) -> tuple[Value, ...]:
    # Where nobody had a code, those without one are all there are.
    without = overall if proof is None else proof.without_code
    return (
        name,
        overall.share_satisfied,
        proof.with_code.share_satisfied if proof else None,
        without.share_satisfied,
    )
