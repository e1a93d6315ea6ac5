"""Released results: which there are, and the figures of one agency in one wave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.findings.publication import released_report, released_summary
from survey.findings.values import Measures, Wording
from survey.models.agencies import Agency
from survey.queries.agencies import AgencyRow, list_agencies, list_agencies_by_id, list_children
from survey.queries.agency_changes import list_direct_origins
from survey.queries.desk_lists import plain
from survey.queries.improvements import get_aftermath
from survey.queries.index_results import list_results
from survey.queries.released import (
    ReleasedVersion,
    list_frozen_agencies,
    list_frozen_children,
    list_released,
    list_released_over,
)
from survey.rendering.level_tables import level_shares_note
from survey.rendering.sentences import taking_part, waiting
from survey.rendering.words import LEVELS, NOT_OFFICIAL, WEIGHTINGS, interval_label
from survey.reports.blueprint import blueprint
from survey.reports.downloads import Document, documents_of
from survey.reports.pages import bodies_of, page, version_of
from survey.web.access import public
from survey.web.index_places import index_places
from survey.web.language import current_language
from survey.web.slices import slice_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from survey.findings.values import AgencyFindings, RankedAgency

WHOLE: Final = Wording("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)")
OVERALL_QUESTION: Final = Wording("Câu hỏi “nhìn chung” (không gộp)", "The question “all in all” (not pooled)")
GROUPS: Final = ("channel", "verified", "field")
FOUND_A_PAGE: Final = 50
LONGEST_SEARCH: Final = 100
# So many years of ranking are told of an agency.
MOST_YEARS: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what it speaks of, its measures, and how it stands out."""

    name: Wording
    measures: Measures
    look: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agency stands in a released summary, among how many that are ranked."""

    version: ReleasedVersion
    row: RankedAgency
    ranked: int


@dataclass(frozen=True, slots=True)
class Told:
    """The body that carries a code; what is released under it, newest first, each with who carried the code then."""

    agency: Agency
    versions: tuple[tuple[Agency, ReleasedVersion], ...]

    @property
    def waves(self) -> list[tuple[Agency, ReleasedVersion]]:
        """Return the versions of waves among them."""
        return [each for each in self.versions if each[1].wave_id is not None]


@blueprint.get("/ket-qua")
@public
def released() -> ResponseReturnValue:
    """List what is released, newest year first, and find an agency by its name."""
    session = db.session()
    versions = list_released(session)
    search = " ".join(flask.request.args.get("search", "").split())[:LONGEST_SEARCH]
    roots = sorted({version.agency_path for version in versions})
    found = _found(list_agencies(session, paths=roots), search) if search else []
    return page(
        "reports/released.html",
        versions=versions,
        search=search,
        found=slice_of(found, size=FOUND_A_PAGE),
        has_index=bool(list_results(session)),
        is_demo=any(version.agency_is_demo for version in versions),
    )


@blueprint.get("/ket-qua/<code>")
@public
def agency_results(code: str) -> ResponseReturnValue:
    """Show the newest released results of an agency, or say that there are none yet."""
    told = _told(code)
    return _show(told, told.waves[0] if told.waves else None)


@blueprint.get("/ket-qua/<code>/<wave_code>")
@public
def wave_results(code: str, wave_code: str) -> ResponseReturnValue:
    """Show the released results of an agency in a wave; one that is not released does not exist here."""
    told = _told(code)
    # Addresses are read out and typed: capitals must not matter.
    typed = wave_code.casefold()
    shown = next((each for each in told.waves if (each[1].wave_code or "").casefold() == typed), None)
    if shown is None:
        raise NotFound
    return _show(told, shown)


@blueprint.get("/cong-bo/<code>/co-quan/<agency_code>")
@public
def agency_version(code: str, agency_code: str) -> ResponseReturnValue:
    """Show what one version says of an agency, also where a correction has replaced it since."""
    version = version_of(code)
    bodies = [body for body in bodies_of(agency_code) if body.path.startswith(version.agency_path)]
    told = {row.agency_id for row in list_frozen_agencies(db.session(), version.id)}
    agency = next((body for body in bodies if body.id in told), None)
    if version.wave_id is None or agency is None:
        raise NotFound
    return _show(_told(agency_code), (agency, version))


def _told(code: str) -> Told:
    """Find the bodies that carry a code, and of each release the results of the one that carried it then."""
    bodies = bodies_of(code)
    found: dict[UUID, tuple[Agency, ReleasedVersion]] = {}
    for body in bodies:
        for version in list_released_over(db.session(), body):
            found.setdefault(version.id, (body, version))
    newest = sorted(found.values(), key=lambda each: (each[1].year, each[1].released_on), reverse=True)
    return Told(bodies[0], tuple(newest))


def _found(agencies: Sequence[AgencyRow], search: str) -> list[AgencyRow]:
    words = plain(search).split()
    return [
        row for row in agencies if all(word in plain(f"{row.name} {row.name_en or ''} {row.code}") for word in words)
    ]


def _show(told: Told, shown: tuple[Agency, ReleasedVersion] | None) -> flask.Response:
    language, session = current_language(), db.session()
    agency, version = shown or (told.agency, None)
    findings = released_report(session, version, agency.id) if version else None
    is_told = findings is not None and not findings.overall.is_suppressed
    places = _places(agency, [each for _, each in told.versions])
    return page(
        "reports/agency_results.html",
        agency=agency,
        shown=version,
        waves=[each for _, each in told.waves],
        places=places,
        findings=findings,
        lines=_lines(findings) if findings else [],
        groups=_groups(findings) if findings else [],
        label=interval_label(findings.wave.sample_kind, findings.confidence_level, language) if findings else "",
        weighting=WEIGHTINGS[findings.weighting] if findings else None,
        not_official=NOT_OFFICIAL,
        level_names=LEVELS,
        documents=_documents(findings, version),
        level_note=level_shares_note(findings, language) if findings else "",
        taking_part=taking_part(findings.participation, language) if findings and is_told else "",
        waiting=waiting(findings, language) if findings and is_told else "",
        children=_children(agency, version, is_public=bool(places)),
        forebears=[] if version or places else _forebears(agency),
        aftermath=get_aftermath(session, agency.id),
        index_places=index_places(session, agency, language, most=MOST_YEARS),
        is_demo=agency.is_demo,
    )


def _children(agency: Agency, version: ReleasedVersion | None, *, is_public: bool) -> Sequence[AgencyRow]:
    """List the agencies right under one: those of the time of a wave, or those of today."""
    if version is not None:
        return list_frozen_children(db.session(), version.id, agency)
    return list_children(db.session(), agency_id=agency.id) if is_public else []


def _forebears(agency: Agency) -> Sequence[AgencyRow]:
    """List the bodies of which one was made: there the results from before it are found."""
    links = list_direct_origins(db.session(), agency_ids=[agency.id])
    return list_agencies_by_id(db.session(), agency_ids={link.from_id for link in links})


def _places(agency: Agency, versions: Sequence[ReleasedVersion]) -> list[Place]:
    """Return where the agency stands in the released years in which it is ranked, newest first."""
    found = []
    years = [each for each in versions if each.kind == "annual" and each.agency_id == agency.parent_id]
    for version in years[:MOST_YEARS]:
        rows = released_summary(db.session(), version).agencies
        mine = next((row for row in rows if row.agency.id == agency.id), None)
        if mine is not None:
            found.append(Place(version, mine, sum(row.rank is not None for row in rows)))
    return found


def _documents(findings: AgencyFindings | None, shown: ReleasedVersion | None) -> list[Document]:
    # What is withheld here stands in its documents as little.
    if findings is None or shown is None or findings.overall.is_suppressed:
        return []
    return documents_of(shown, f"agency-{findings.agency.code}")


def _lines(findings: AgencyFindings) -> list[Line]:
    lines = [Line(WHOLE, findings.overall, "strong")]
    for element in findings.elements:
        lines.append(Line(element.name, element.measures))
        if len(element.items) > 1:
            lines += [Line(item.wording, item.measures, "under") for item in element.items]
    if findings.overall_question:
        lines.append(Line(OVERALL_QUESTION, findings.overall_question.measures))
    return lines


def _groups(findings: AgencyFindings) -> list[tuple[str, list[Line]]]:
    """Return the whole by channel, by one-time code and by field of service; counters are no public matter."""
    found = []
    for dimension in GROUPS:
        rows = [Line(row.name, row.measures) for row in findings.breakdowns if row.dimension == dimension]
        if rows:
            found.append((dimension, rows))
    return found
