"""The documents of a round of the index: the report, and the draft of the decision with its annexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from survey.findings.errors import FindingsError
from survey.findings.index import decided_findings, findings_of_round
from survey.findings.index_plans import plan_overview, plan_year
from survey.findings.index_result_values import IndexFindings
from survey.jobs.work import Work
from survey.models.index_rounds import IndexRound
from survey.rendering.docx import report_docx
from survey.rendering.index_csv import index_csv, index_points_csv
from survey.rendering.index_report import index_decision, index_report
from survey.rendering.json import index_json
from survey.rendering.pdf import report_pdf
from survey.rendering.xlsx import index_xlsx

_DECISION: Final = "Dự thảo quyết định"


def make_index_documents(work: Work) -> None:
    """Make all documents of ``round_id`` in ``language`` from one value: the frozen result, or a draft of it.

    ``round`` is its code and ``version`` that of the frozen result, 0 for a draft, by which lists of documents name the
    job.  With ``of`` "decided" only what everybody in the round may read is made: no draft, and no decision, whose
    annex tells what all agencies plan.
    """
    language = str(work.arguments["language"])
    round_ = work.session.get(IndexRound, UUID(work.arguments["round_id"]))
    if round_ is None:
        raise FindingsError(vi="Kỳ đánh giá không còn nữa.", en="The round is no longer there.")
    is_decided = work.arguments.get("of") == "decided"
    findings = _findings(work, round_, is_decided=is_decided)
    year = plan_year(round_.year, work.today)
    plans = plan_overview(work.session, round_, None, year=year, today=work.today)
    # Nothing below reads the database; whoever writes must not wait for the drawing of charts.
    work.session.close()
    report, decision = index_report(findings, language), index_decision(findings, language, plans)
    stem = f"hai-long-cchc-{findings.round_code}"
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PDF": ("pdf", lambda: report_pdf(report)),
        "DOCX": ("docx", lambda: report_docx(report)),
        f"{_DECISION} PDF": ("decision.pdf", lambda: report_pdf(decision)),
        f"{_DECISION} DOCX": ("decision.docx", lambda: report_docx(decision)),
        "XLSX": ("xlsx", lambda: index_xlsx(findings, language)),
        "CSV": ("csv", lambda: index_csv(findings, language)),
        "CSV Excel Việt Nam": ("excel.csv", lambda: index_csv(findings, language, excel_vietnam=True)),
        "CSV tiêu chí": ("points.csv", lambda: index_points_csv(findings, language)),
        "JSON": ("json", lambda: index_json(findings, language)),
    }
    if is_decided:
        makers = {label: made for label, made in makers.items() if not label.startswith(_DECISION)}
    steps = len(makers) + 1
    work.step(1, steps)
    for done, (label, (ending, make)) in enumerate(makers.items(), start=2):
        work.write(label, f"{stem}.{ending}", make())
        work.step(done, steps)


def _findings(work: Work, round_: IndexRound, *, is_decided: bool) -> IndexFindings:
    version = work.arguments.get("version")
    if not (is_decided or version):
        return findings_of_round(work.session, round_, today=work.today)
    # The version that was asked for: made anew after a correction the documents still are what their name says.
    found = decided_findings(work.session, round_, version=version or None)
    if found is None:
        raise FindingsError(vi="Kỳ đánh giá chưa có quyết định.", en="The round is not decided.")
    return found
