"""The decided index: every round that is decided, one of them in any version, and its result as open data."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.findings.index_publication import public_index
from survey.findings.publication import Kept
from survey.queries.index_results import list_results
from survey.rendering.index_csv import index_csv, index_points_csv
from survey.rendering.index_words import INDEX_NOT_OFFICIAL, index_label
from survey.reports.blueprint import blueprint
from survey.reports.downloads import TYPES
from survey.reports.pages import keep, page
from survey.web.access import public
from survey.web.index_chapters import index_chapters, main_points, rank_lines
from survey.web.language import current_language
from survey.web.slices import slice_of

if TYPE_CHECKING:
    from survey.queries.index_results import ResultRow
    from survey.web.summary_chapters import Chapter

RANKED_A_PAGE: Final = 100
_CHAPTERS: Final[Kept[list[Chapter]]] = Kept(8)


@blueprint.get("/ket-qua/chi-so")
@public
def index_rounds() -> ResponseReturnValue:
    """List the decided rounds of the index, latest year first."""
    rows = list_results(db.session())
    return page("reports/index_rounds.html", rows=rows, is_demo=any(row.agency_is_demo for row in rows))


@blueprint.get("/ket-qua/chi-so/<path:code>")
@public
def index_round(code: str) -> ResponseReturnValue:
    """Show the decided result of a round: the version that holds, or one that was corrected."""
    versions, row = _found(code)
    found, language = public_index(db.session(), row), current_language()
    findings = found.findings
    rows = len(findings.agencies) if flask.request.args.get("all") == "1" else RANKED_A_PAGE
    return page(
        "reports/index_round.html",
        row=row,
        newest=versions[0],
        versions=versions,
        findings=findings,
        ranked=slice_of(rank_lines(findings, language), size=max(1, rows)),
        points_said=main_points(findings, language),
        chapters=_CHAPTERS.get((row.id, language), lambda: index_chapters(findings, language)),
        label=index_label(findings, language),
        not_official=INDEX_NOT_OFFICIAL,
        sha256=found.sha256,
        file_name=_name(row, "json"),
        licence=flask.current_app.config["OPEN_DATA_LICENCE"],
        is_demo=findings.root.is_demo,
    )


@blueprint.get("/ket-qua/chi-so/<path:code>/du-lieu.json")
@public
def index_data(code: str) -> ResponseReturnValue:
    """Hand out the decided result as canonical JSON, whose SHA-256 the page prints."""
    _, row = _found(code)
    return _file(public_index(db.session(), row).content, _name(row, "json"))


@blueprint.get("/ket-qua/chi-so/<path:code>/du-lieu.csv")
@public
def index_table(code: str) -> ResponseReturnValue:
    """Hand out the result as CSV, a line an agency; with ``?of=points`` a line a criterion of each agency."""
    _, row = _found(code)
    found, language = public_index(db.session(), row), current_language()
    if flask.request.args.get("of") == "points":
        return _file(index_points_csv(found.findings, language), _name(row, "tieu-chi.csv"))
    return _file(index_csv(found.findings, language, sha256=found.sha256), _name(row, "csv"))


def _found(code: str) -> tuple[list[ResultRow], ResultRow]:
    """Return the versions of a round, newest first, and the one that is asked for, or answer 404."""
    # PostgreSQL refuses a zero in a text; no code holds one.
    rows = list_results(db.session(), round_code=code, with_superseded=True) if code.isprintable() else []
    wanted = flask.request.args.get("version", "")
    row = next((one for one in rows if wanted in {"", str(one.version)}), None)
    if row is None:
        raise NotFound
    return rows, row


def _name(row: ResultRow, ending: str) -> str:
    stem = "".join(sign if sign.isalnum() else "-" for sign in row.round_code)
    return f"hai-long-cchc-{stem}-{row.version}.{ending}"


def _file(content: bytes, name: str) -> flask.Response:
    response = flask.Response(content, HTTPStatus.OK, mimetype=TYPES[name.rpartition(".")[2]])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    # Programs on other sites may read what is public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return keep(response)
