"""How a body came to be and what became of it, and its figures over the years: as it was, or on today's map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.findings.history import history_of
from survey.findings.history_values import View
from survey.models.agencies import Agency
from survey.queries.agencies import AgencyRow, list_agencies_by_id
from survey.queries.agency_changes import (
    Link,
    list_direct_origins,
    list_renames,
    list_successors,
    list_taken_over,
)
from survey.rendering.words import WEIGHTINGS
from survey.web.access import agency_member, current_scope


@dataclass(frozen=True, slots=True)
class LineageBody:
    """A body at the other end of a change; ``is_readable`` where a link may lead to it."""

    id: UUID
    name: str
    name_en: str | None
    code: str
    share: float | None
    is_readable: bool


@dataclass(frozen=True, slots=True)
class LineageEvent:
    """One change as seen from a body: ``how`` is "from", "into", "over" or "renamed", ``bodies`` the others."""

    how: str
    kind: str
    effective_on: date
    decision: str
    former_name: str
    bodies: tuple[LineageBody, ...]


@blueprint.get("/desk/agencies/<uuid:agency_id>/history")
@agency_member
def history(agency: Agency) -> ResponseReturnValue:
    """Show the figures of an agency over the years, as it was or converted to today's map."""
    view: View = "as_was" if flask.request.args.get("view") == "as_was" else "today"
    return flask.render_template(
        "desk/history.html",
        agency=agency,
        history=history_of(db.session(), agency_id=agency.id, view=view),
        weightings=WEIGHTINGS,
        may_change=current_scope().administers(agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.app_template_global()
def lineage_events(agency: Agency) -> list[LineageEvent]:
    """List the changes that a body came from, went through and led to, first to last; for its page."""
    session = db.session()
    origins = list_direct_origins(session, agency_ids=[agency.id])
    successors = list_successors(session, agency_ids=[agency.id])
    renames = list_renames(session, agency_ids=[agency.id])
    taken_over = list_taken_over(session, agency_ids=[agency.id])
    others = {link.from_id for link in (*origins, *taken_over)} | {link.to_id for link in successors if link.to_id}
    rows = {row.id: row for row in list_agencies_by_id(session, agency_ids=others)} if others else {}
    events = [
        *_events("from", origins, rows),
        *_events("over", taken_over, rows),
        *_events("into", successors, rows),
    ]
    events += [
        LineageEvent("renamed", "rename", link.effective_on, link.decision, link.before[0], ())
        for link in renames
        if link.before
    ]
    return sorted(events, key=lambda event: event.effective_on)


def _events(how: str, links: list[Link], rows: dict[UUID, AgencyRow]) -> list[LineageEvent]:
    by_change: dict[UUID, list[Link]] = {}
    for link in links:
        by_change.setdefault(link.change_id, []).append(link)
    return [
        LineageEvent(
            how,
            together[0].kind,
            together[0].effective_on,
            together[0].decision,
            "",
            tuple(
                _body(rows[other], link)
                for link in together
                if (other := link.to_id if how == "into" else link.from_id) is not None
            ),
        )
        for together in by_change.values()
    ]


def _body(row: AgencyRow, link: Link) -> LineageBody:
    return LineageBody(row.id, row.name, row.name_en, row.code, link.share, current_scope().reads(row.path))
