"""Who did what, when: read and taken away by auditors and administrators, within their subtree."""

from __future__ import annotations

from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from survey.admin.audit_words import told, told_subject
from survey.admin.blueprint import blueprint
from survey.admin.verbs import VERBS
from survey.db import db
from survey.models.identifiers import local_today
from survey.queries.audit import AuditFilter, AuditLine, find_audit_page, list_audit, list_verbs
from survey.rendering.audit import audit_csv, audit_jsonl
from survey.services.audit import chain_head, record
from survey.web.access import auditor, current_scope
from survey.web.day_field import read_day
from survey.web.identity import begin_to_write
from survey.web.lists import Column, asked, listed

LONGEST_WORD: Final = 100
COLUMNS: Final[tuple[Column[AuditLine], ...]] = (
    Column("at", _("Lúc"), is_sorted_elsewhere=True),
    Column("actor", _("Ai"), is_sorted_elsewhere=True),
    Column("verb", _("Việc"), is_sorted_elsewhere=True),
    Column("agency", _("Cơ quan"), is_sorted_elsewhere=True),
    Column("details", _("Chi tiết")),
)
WRITERS: Final = {"csv": (audit_csv, "text/csv"), "jsonl": (audit_jsonl, "application/x-ndjson")}


@blueprint.get("/admin/audit")
@auditor
def audit() -> ResponseReturnValue:
    """Show what was done in the subtree, newest first."""
    wanted, listing = _wanted(), asked(COLUMNS, order="-at")
    page = find_audit_page(
        db.session(),
        current_scope(),
        wanted,
        page=listing.page,
        order=listing.order,
        is_descending=listing.is_descending,
    )
    return flask.render_template(
        "admin/audit.html",
        listing=listed(page, COLUMNS, listing),
        verbs=list_verbs(db.session()),
        names=VERBS,
        told=told,
        told_subject=told_subject,
        wanted=wanted,
        arguments=_arguments(wanted),
        head=chain_head(db.session()),
    )


@blueprint.get("/admin/audit.<any(csv, jsonl):ending>")
@auditor
def audit_file(ending: str) -> ResponseReturnValue:
    """Download what was done in the subtree; that somebody did is recorded too."""
    wanted = _wanted()
    scope = current_scope()
    write, mimetype = WRITERS[ending]
    content = write(list_audit(db.session(), scope, wanted))
    begin_to_write()
    record(db.session(), "audit.exported", subject=ending, details=_arguments(wanted))
    db.session.commit()
    response = flask.Response(content, mimetype=mimetype)
    name = f"nhat-ky-{local_today():%Y-%m-%d}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _wanted() -> AuditFilter:
    return AuditFilter(
        agency_code=_word("agency"),
        verb=_word("verb"),
        official=_word("official"),
        since=_day("since"),
        until=_day("until"),
        words=_word("search"),
    )


def _word(name: str) -> str:
    return flask.request.args.get(name, "")[:LONGEST_WORD].replace("\0", "").strip()


def _day(name: str) -> date | None:
    return read_day(flask.request.args.get(name, ""))


def _arguments(wanted: AuditFilter) -> dict[str, str]:
    found = {
        "agency": wanted.agency_code,
        "verb": wanted.verb,
        "official": wanted.official,
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
        "search": wanted.words,
    }
    return {name: value for name, value in found.items() if value}
