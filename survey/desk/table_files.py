"""A table of a page as a file for spreadsheets, in which no cell is run as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import flask

from survey.rendering.register import register_csv, register_xlsx
from survey.web.audit import record_download

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table_file(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, name: str, title: str, agency_id: UUID
) -> flask.Response:
    """Answer with a table; the ending of ``name`` says how it is written.  Who took it is recorded."""
    ending = name.rpartition(".")[2]
    content = register_csv(headings, rows) if ending == "csv" else register_xlsx(headings, rows, title=title)
    record_download(name, agency_id=agency_id)
    response = flask.Response(content, content_type=TYPES[ending])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
