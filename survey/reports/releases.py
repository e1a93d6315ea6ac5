"""One released version: the summary of a year or of a wave, with its ranking, method, downloads and other versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.findings.publication import Kept, released_summary
from survey.queries.released import list_released, list_versions
from survey.rendering.addresses import package_address, release_address
from survey.rendering.annual_tables import annual_label
from survey.rendering.method_annex import annual_method
from survey.rendering.sentences import taking_part
from survey.rendering.words import LEVELS, NOT_OFFICIAL, WEIGHTINGS
from survey.reports.blueprint import blueprint
from survey.reports.downloads import documents_of
from survey.reports.pages import agency_of, page, version_of
from survey.reports.results import WHOLE, Line
from survey.web.access import public
from survey.web.language import current_language
from survey.web.slices import slice_of
from survey.web.summary_chapters import Chapter, chapters

if TYPE_CHECKING:
    from survey.findings.values import AnnualFindings
    from survey.queries.released import ReleasedVersion

RANKED_A_PAGE: Final = 100
_CHAPTERS: Final[Kept[list[Chapter]]] = Kept(8)


@blueprint.get("/cong-bo/<code>")
@public
def release_page(code: str) -> ResponseReturnValue:
    """Show a version by the code that its documents carry; it stays when a correction replaces it."""
    return _show(version_of(code))


@blueprint.get("/tong-hop/<code>/<int(min=1900, max=2999):year>")
@public
def year_page(code: str, year: int) -> ResponseReturnValue:
    """Show the released summary of a year at an agency, of the form that the address names or the first one."""
    agency = agency_of(code)
    form = flask.request.args.get("form")
    found = list_released(db.session(), kind="annual", agency_id=agency.id, year=year)
    version = next((each for each in found if form in {None, each.form}), None)
    if version is None:
        raise NotFound
    return _show(version)


@blueprint.get("/cong-bo/<code>/phuong-phap")
@public
def release_method(code: str) -> ResponseReturnValue:
    """Say how the figures of a version were made, as its documents do."""
    version = version_of(code)
    findings = released_summary(db.session(), version)
    return page(
        "reports/release_method.html",
        version=version,
        findings=findings,
        method=list(annual_method(findings, current_language())),
        is_demo=findings.root.is_demo,
    )


def _show(version: ReleasedVersion) -> flask.Response:
    session, language = db.session(), current_language()
    findings = released_summary(session, version)
    versions = list_versions(session, version)
    rows = len(findings.agencies) if flask.request.args.get("all") == "1" else RANKED_A_PAGE
    settings = flask.current_app.config
    return page(
        "reports/release.html",
        version=version,
        newest=versions[0],
        versions=versions,
        findings=findings,
        ranked=slice_of(findings.agencies, size=max(1, rows)),
        has_reports=version.wave_id is not None,
        lines=_lines(findings),
        taking_part="" if findings.overall.is_suppressed else taking_part(findings.participation, language),
        chapters=_CHAPTERS.get((version.id, language), lambda: chapters(findings, language)),
        label=annual_label(findings, language),
        weighting=WEIGHTINGS[findings.weighting],
        not_official=NOT_OFFICIAL,
        level_names=LEVELS,
        documents=documents_of(version, f"{version.kind}-{version.agency_code}"),
        page_address=release_address(settings["PUBLIC_URL"], version.code),
        package=package_address(settings["PUBLIC_URL"], version.code),
        licence=settings["OPEN_DATA_LICENCE"],
        is_demo=findings.root.is_demo,
    )


def _lines(findings: AnnualFindings) -> list[Line]:
    elements = zip(findings.element_names, findings.elements, strict=True)
    return [Line(WHOLE, findings.overall, "strong"), *(Line(name, measures) for name, measures in elements)]
