"""The documents of a year, which take too long for a page to wait for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final
from uuid import UUID

from survey.findings.annual import annual_findings
from survey.findings.values import AnnualFindings
from survey.jobs.work import Work
from survey.rendering.annual_report import annual_report
from survey.rendering.csv import annual_csv, annual_questions_csv, annual_whole_csv
from survey.rendering.docx import report_docx
from survey.rendering.json import annual_json
from survey.rendering.pdf import report_pdf
from survey.rendering.xlsx import annual_xlsx

_QUESTIONS: Final = "CSV câu hỏi khác"
_WHOLE: Final = "CSV kết quả chung"


def make_annual_documents(work: Work) -> None:
    """Make the annual summary of ``root_id`` and ``year`` in ``language``, in every format, from one value.

    ``form`` names an edition of the form it tells of; where it is missing, that is the one with the most answers.
    """
    year = int(work.arguments["year"])
    form = work.arguments.get("form")
    findings = annual_findings(
        work.session,
        root_id=UUID(work.arguments["root_id"]),
        year=year,
        today=work.today,
        form=form,
    )
    # Nothing below reads the database; whoever writes must not wait for the drawing of charts.
    work.session.close()
    write_summary(work, findings, f"hai-long-{findings.root.code}-{year}" + (f"-{form}" if form else ""))


def write_summary(work: Work, findings: AnnualFindings, stem: str) -> None:
    """Write the documents of a summary, of a year or of a wave; ``stem`` begins their names."""
    language = str(work.arguments["language"])
    # Its charts are drawn once, for both documents that officials sign.
    composed = cache(lambda: annual_report(findings, language))
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PDF": ("pdf", lambda: report_pdf(composed())),
        "DOCX": ("docx", lambda: report_docx(composed())),
        "XLSX": ("xlsx", lambda: annual_xlsx(findings, language=language)),
        "CSV": ("csv", lambda: annual_csv(findings, language=language)),
        "CSV Excel Việt Nam": ("excel.csv", lambda: annual_csv(findings, language=language, excel_vietnam=True)),
        "JSON": ("json", lambda: annual_json(findings, language=language)),
        _WHOLE: ("whole.csv", lambda: annual_whole_csv(findings, language=language)),
        f"{_WHOLE} Excel Việt Nam": (
            "whole.excel.csv",
            lambda: annual_whole_csv(findings, language=language, excel_vietnam=True),
        ),
    }
    if findings.questions:
        makers[_QUESTIONS] = ("questions.csv", lambda: annual_questions_csv(findings, language=language))
        makers[f"{_QUESTIONS} Excel Việt Nam"] = (
            "questions.excel.csv",
            lambda: annual_questions_csv(findings, language=language, excel_vietnam=True),
        )
    steps = len(makers) + 1
    work.step(1, steps)
    for done, (label, (ending, make)) in enumerate(makers.items(), start=2):
        work.write(label, f"{stem}.{ending}", make())
        work.step(done, steps)
