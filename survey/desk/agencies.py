"""The agencies of an official's subtree."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.identifiers import local_today
from survey.queries.desk_lists import AgencyLine, list_agencies, list_top_agencies
from survey.queries.setup import find_unfinished, is_empty
from survey.web.access import current_scope, public, signed_in
from survey.web.lists import Column, asked, listed

COLUMNS: Final[tuple[Column[AgencyLine], ...]] = (
    Column("name", _("Tên"), is_sorted_elsewhere=True),
    Column("kind", _("Loại"), is_sorted_elsewhere=True),
    Column("parent", _("Trực thuộc"), is_sorted_elsewhere=True),
    Column("code", _("Mã"), is_sorted_elsewhere=True),
)


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """Send whoever typed only the host's name to the desk; a stranger is asked there who he is."""
    return flask.redirect(flask.url_for("desk.home"))


@blueprint.get("/desk")
@signed_in
def home() -> ResponseReturnValue:
    """Begin where an official's work begins: at the first set-up, at his one agency, or at the list of them."""
    session, scope = db.session(), current_scope()
    if is_empty(session) or find_unfinished(session, scope) is not None:
        return flask.redirect(flask.url_for("desk.setup"))
    tops = list_top_agencies(session, scope)
    if len(tops) == 1:
        return flask.redirect(flask.url_for("desk.agency_page", agency_id=tops[0].id))
    return flask.redirect(flask.url_for("desk.agencies"))


@blueprint.get("/desk/agencies")
@signed_in
def agencies() -> ResponseReturnValue:
    """List the agencies of the subtree."""
    wanted = asked(COLUMNS)
    with_ended = flask.request.args.get("ended") == "1"
    page = list_agencies(
        db.session(),
        current_scope(),
        search=wanted.search,
        page=wanted.page,
        order=wanted.order,
        is_descending=wanted.is_descending,
        living_on=None if with_ended else local_today(),
    )
    return flask.render_template(
        "desk/agencies.html",
        listing=listed(page, COLUMNS, wanted),
        with_ended=with_ended,
        is_demo=any(line.is_demo for line in page.lines),
    )
