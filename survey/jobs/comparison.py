"""The documents of a comparison of chosen agencies."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from survey.findings.chosen import chosen_comparison
from survey.jobs.work import Work
from survey.rendering.comparison_report import comparison_report
from survey.rendering.csv import comparison_csv
from survey.rendering.docx import report_docx
from survey.rendering.json import comparison_json
from survey.rendering.pdf import report_pdf
from survey.rendering.xlsx import comparison_xlsx


def make_comparison(work: Work) -> None:
    """Make the comparison of ``agency_ids`` in ``wave_id``, in every format, from one value."""
    language = str(work.arguments["language"])
    findings = chosen_comparison(
        work.session,
        issuer_id=UUID(work.arguments["root_id"]),
        agency_ids=[UUID(text) for text in work.arguments["agency_ids"]],
        wave_id=UUID(work.arguments["wave_id"]),
        today=work.today,
    )
    # Nothing below reads the database; whoever writes must not wait for the drawing of charts.
    work.session.close()
    report = comparison_report(findings, language)
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PDF": ("pdf", lambda: report_pdf(report)),
        "DOCX": ("docx", lambda: report_docx(report)),
        "XLSX": ("xlsx", lambda: comparison_xlsx(findings, language)),
        "CSV": ("csv", lambda: comparison_csv(findings, language)),
        "CSV Excel Việt Nam": ("excel.csv", lambda: comparison_csv(findings, language, excel_vietnam=True)),
        "JSON": ("json", lambda: comparison_json(findings, language)),
    }
    steps = len(makers) + 1
    work.step(1, steps)
    for done, (label, (ending, make)) in enumerate(makers.items(), start=2):
        work.write(label, f"hai-long-so-sanh-{work.arguments['wave']}.{ending}", make())
        work.step(done, steps)
