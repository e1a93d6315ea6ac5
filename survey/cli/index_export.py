"""Write what other systems take over from a year's index: a line an agency, with checksum.

Decided rounds of the index; where none is decided, the released summary of the year, so that satisfaction can be taken
into an index that is counted elsewhere.

Example:
    python3 hailong.py index-export 2026
    python3 hailong.py index-export 2026 --root LG --format csv --out index-2026.csv
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._documents import record_documents, write_documents
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today
from survey.services.lookups import find_agency

if TYPE_CHECKING:
    from uuid import UUID


@click.command
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--root", "root_code", help="Only rounds and summaries of the agency with this code.")
@click.option("--format", "form", type=click.Choice(["json", "csv", "excel"]), default="json", show_default=True)
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File; else it is written to the screen.")
@with_appcontext
def command(year: int, root_code: str | None, form: str, language: str, out: Path | None) -> None:
    """See the module."""
    from survey.rendering.csv import written  # noqa: PLC0415 -- the help must not wait for it
    from survey.rendering.index_export import COLUMNS, export_json  # noqa: PLC0415 -- likewise
    from survey.rendering.index_file_words import in_words  # noqa: PLC0415 -- likewise
    from survey.web.index_lines import index_lines  # noqa: PLC0415 -- likewise

    roots = _roots(root_code)
    lines = index_lines(db.session(), year, language, root_ids=roots)
    if not lines:
        raise RefusedError(
            vi=f"Năm {year} chưa có kỳ nào đã quyết định, cũng chưa có tổng hợp năm nào được công bố; hãy chốt kết quả "
            "kỳ hoặc công bố tổng hợp trước.",
            en=f"No round of {year} is decided and no summary of it is released; freeze a round's result, or release "
            "the summary first.",
        )
    if form == "json":
        content = export_json(lines, year=year)
    else:
        is_sheet = form == "excel"
        told = [in_words(line, language) for line in lines] if is_sheet else lines
        content = written(COLUMNS, told, excel_vietnam=is_sheet, language=language)
    if out is None:
        click.echo(content, nl=False)
    else:
        (path,) = write_documents(out.parent, {out.name: content})
        click.echo(path)
    record_documents(f"index-export {year}", agency_id=roots[0] if roots else None, agencies=len(lines))


def _roots(code: str | None) -> list[UUID] | None:
    if code is None:
        return None
    agency = find_agency(db.session(), code, on=local_today())
    if agency is None:
        raise RefusedError(
            vi=f"Không có cơ quan {code}; xem mã bằng python3 hailong.py agency list.",
            en=f"There is no agency {code}; see the codes with python3 hailong.py agency list.",
        )
    return [agency.id]
