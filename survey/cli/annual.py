"""Make the annual summary: PDF, DOCX, XLSX, CSV, JSON and the charts.

It covers the closed waves of the index year; open ones are named and left out.  Until everything is released it is a
marked draft.

Example:
    python3 hailong.py annual 2025 --out summary-2025
    python3 hailong.py annual 2025 --root LG --language en --out summary-2025
    python3 hailong.py annual 2026 --with-open --out preview
    python3 hailong.py annual 2026 --form service/2026 --out summary-2026-service
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._documents import record_documents, write_documents
from survey.cli._progress import ProgressLine
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today
from survey.queries.agencies import AgencyRow, list_agencies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from survey.findings.values import AnnualFindings
    from survey.rendering.blocks import Report

_READING = ("Tính kết quả", "Computing the findings")
_DRAWING = ("Lập tài liệu", "Making the documents")
_DOCUMENTS = 11


@click.command
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the documents.")
@click.option("--root", "root_code", help="Code of the agency whose agencies are compared; else the only root.")
@click.option("--with-open", is_flag=True, help="Take open waves in too: a preview, never more than a draft.")
@click.option("--form", help="Edition that the waves to tell of ask; else the form with the most answers.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@with_appcontext
def command(year: int, out: Path, root_code: str | None, *, with_open: bool, form: str | None, language: str) -> None:
    """See the module."""
    from survey.findings.annual import annual_findings  # noqa: PLC0415 -- the help must not wait for it
    from survey.findings.errors import FindingsError  # noqa: PLC0415 -- likewise

    progress = ProgressLine()
    progress(_READING, 0, 1)
    session = db.session()
    root = _root(list_agencies(session, paths=[""]), root_code)
    try:
        findings = annual_findings(
            session, root_id=root.id, year=year, today=local_today(), include_open=with_open, form=form
        )
    except FindingsError as error:
        raise RefusedError(vi=error.vi, en=error.en) from error
    db.session.close()
    if not findings.waves:
        raise _nothing_closed(findings, year)
    progress(_READING, 1, 1)
    documents = {}
    for done, (name, content) in enumerate(_documents(findings, form, language), start=1):
        documents[name] = content
        progress(_DRAWING, min(done, _DOCUMENTS), _DOCUMENTS)
    for path in write_documents(out, documents):
        click.echo(path)
    record_documents(f"annual {findings.year}", agency_id=root.id, documents=len(documents))
    for wave in findings.other_waves:
        edition = f"{wave.questionnaire}/{wave.questionnaire_edition}"
        click.echo(
            f"Đợt {wave.code} hỏi phiếu khác nên không có ở đây; thêm --form {edition}. / "
            f"The wave {wave.code} asks another form and is not in here; add --form {edition}.",
            err=True,
        )


def _nothing_closed(findings: AnnualFindings, year: int) -> RefusedError:
    names = "; ".join(wave.text("vi") for wave in findings.open_waves)
    names_en = "; ".join(wave.text("en") for wave in findings.open_waves)
    return RefusedError(
        vi=f"Năm {year} chưa có đợt nào đóng (đang mở: {names}); thêm --with-open để xem trước.",
        en=f"No wave of {year} is closed yet (still open: {names_en}); add --with-open for a preview.",
    )


def _root(agencies: list[AgencyRow], code: str | None) -> AgencyRow:
    """Return the agency with that code, or the only root; raise ``RefusedError`` where that is nobody or many."""
    roots = [agency for agency in agencies if agency.parent_id is None]
    found = [agency for agency in agencies if agency.code == code] if code else roots
    if not found:
        what = f" {code}" if code else ""
        raise RefusedError(
            vi=f"Không có cơ quan{what}; xem mã bằng python3 hailong.py agency list.",
            en=f"There is no agency{what}; see the codes with python3 hailong.py agency list.",
        )
    if len(found) > 1:
        codes = ", ".join(f"{agency.code} ({agency.name})" for agency in found)
        raise RefusedError(
            vi=f"Có nhiều cơ quan gốc: {codes}; hãy chọn một bằng --root.",
            en=f"There are several roots: {codes}; choose one with --root.",
        )
    # A code that changed its meaning names the body that holds it now: the list is by validity in the end.
    return max(found, key=lambda agency: agency.valid_from)


def _documents(findings: AnnualFindings, form: str | None, language: str) -> Iterator[tuple[str, bytes]]:
    from survey.rendering.annual_report import annual_report  # noqa: PLC0415 -- the help must not wait for it
    from survey.rendering.csv import annual_csv, annual_questions_csv, annual_whole_csv  # noqa: PLC0415 -- likewise
    from survey.rendering.docx import report_docx  # noqa: PLC0415 -- likewise
    from survey.rendering.json import annual_json  # noqa: PLC0415 -- likewise
    from survey.rendering.pdf import report_pdf  # noqa: PLC0415 -- likewise
    from survey.rendering.xlsx import annual_xlsx  # noqa: PLC0415 -- likewise

    stem = f"hai-long-{findings.root.code}-{findings.year}" + (f"-{form.replace('/', '-')}" if form else "")
    report = annual_report(findings, language)
    yield f"{stem}.pdf", report_pdf(report)
    yield f"{stem}.docx", report_docx(report)
    yield f"{stem}.xlsx", annual_xlsx(findings, language)
    yield f"{stem}.csv", annual_csv(findings, language)
    yield f"{stem}.excel.csv", annual_csv(findings, language, excel_vietnam=True)
    yield f"{stem}-whole.csv", annual_whole_csv(findings, language)
    yield f"{stem}-whole.excel.csv", annual_whole_csv(findings, language, excel_vietnam=True)
    if findings.questions:
        yield f"{stem}-questions.csv", annual_questions_csv(findings, language)
        yield f"{stem}-questions.excel.csv", annual_questions_csv(findings, language, excel_vietnam=True)
    yield f"{stem}.json", annual_json(findings, language)
    yield from _chart_files(report, stem)


def _chart_files(report: Report, stem: str) -> Iterator[tuple[str, bytes]]:
    from survey.rendering.blocks import Chart  # noqa: PLC0415 -- likewise

    for block in (*report.body, *report.annexes):
        if isinstance(block, Chart):
            yield f"{stem}-{block.code}.svg", block.svg
