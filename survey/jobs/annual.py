"""The documents of a year, which take too long for a page to wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from survey.findings.annual import annual_findings
from survey.jobs.work import Work
from survey.rendering.csv import annual_csv, annual_questions_csv
from survey.rendering.docx import annual_docx
from survey.rendering.json import annual_json
from survey.rendering.pdf import annual_pdf
from survey.rendering.xlsx import annual_xlsx

_QUESTIONS: Final = "CSV câu hỏi khác"


def make_annual_documents(work: Work) -> None:
    """Make the annual summary of ``root_id`` and ``year`` in ``language``, in every format, from one value.

    ``form`` names an edition of the form it tells of; where it is missing, that is the one with the most answers.
    """
    language = str(work.arguments["language"])
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
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PDF": ("pdf", lambda: annual_pdf(findings, language=language)),
        "DOCX": ("docx", lambda: annual_docx(findings, language=language)),
        "XLSX": ("xlsx", lambda: annual_xlsx(findings, language=language)),
        "CSV": ("csv", lambda: annual_csv(findings, language=language)),
        "CSV Excel Việt Nam": ("excel.csv", lambda: annual_csv(findings, language=language, excel_vietnam=True)),
        "JSON": ("json", lambda: annual_json(findings, language=language)),
    }
    if findings.questions:
        makers[_QUESTIONS] = ("questions.csv", lambda: annual_questions_csv(findings, language=language))
        makers[f"{_QUESTIONS} Excel Việt Nam"] = (
            "questions.excel.csv",
            lambda: annual_questions_csv(findings, language=language, excel_vietnam=True),
        )
    stem = f"hai-long-{findings.root.code}-{year}" + (f"-{form}" if form else "")
    steps = len(makers) + 1
    work.step(1, steps)
    for done, (label, (ending, make)) in enumerate(makers.items(), start=2):
        work.write(label, f"{stem}.{ending}", make())
        work.step(done, steps)
