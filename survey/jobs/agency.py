"""The report of an agency in its newest wave, in every format; asked for every month by a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from survey.findings.agency import agency_findings
from survey.jobs.work import Work
from survey.rendering.csv import agency_csv
from survey.rendering.docx import agency_docx
from survey.rendering.json import agency_json
from survey.rendering.pdf import agency_pdf
from survey.rendering.xlsx import agency_xlsx

AGENCY: Final = "agency"


def make_agency_documents(work: Work) -> None:
    """Make the report of ``agency_id`` in ``wave_id`` in ``language``, from one value; ``month`` names the files."""
    given, language = work.arguments, str(work.arguments["language"])
    found = agency_findings(
        work.session, agency_id=UUID(given["agency_id"]), wave_id=UUID(given["wave_id"]), today=work.today
    )
    # Nothing below reads the database; whoever writes must not wait for the drawing of charts.
    work.session.close()
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PDF": ("pdf", lambda: agency_pdf(found, language=language)),
        "DOCX": ("docx", lambda: agency_docx(found, language=language)),
        "XLSX": ("xlsx", lambda: agency_xlsx(found, language=language)),
        "CSV": ("csv", lambda: agency_csv(found, language=language)),
        "CSV Excel Việt Nam": ("excel.csv", lambda: agency_csv(found, language=language, excel_vietnam=True)),
        "JSON": ("json", lambda: agency_json(found, language=language)),
    }
    stem = f"hai-long-{found.agency.code}-{found.wave.code}-{given['month']}"
    work.step(1, len(makers) + 1)
    for done, (label, (ending, make)) in enumerate(makers.items(), start=2):
        work.write(label, f"{stem}.{ending}", make())
        work.step(done, len(makers) + 1)
