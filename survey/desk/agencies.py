"""The agencies of an official's subtree."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.queries.desk_lists import list_agencies, list_top_agencies
from survey.web.access import current_scope, public, signed_in


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """Send whoever typed only the host's name to the desk; a stranger is asked there who he is."""
    return flask.redirect(flask.url_for("desk.home"))


@blueprint.get("/desk")
@signed_in
def home() -> ResponseReturnValue:
    """Begin where an official's work begins: at his one agency, or at the list of them."""
    tops = list_top_agencies(db.session(), current_scope())
    if len(tops) == 1:
        return flask.redirect(flask.url_for("desk.agency_page", agency_id=tops[0].id))
    return flask.redirect(flask.url_for("desk.agencies"))


@blueprint.get("/desk/agencies")
@signed_in
def agencies() -> ResponseReturnValue:
    """List the agencies of the subtree."""
    search = flask.request.args.get("search", "")[:100]
    page = list_agencies(db.session(), current_scope(), search=search, page=flask.request.args.get("page", 1, type=int))
    return flask.render_template(
        "desk/agencies.html", page=page, search=search, is_demo=any(line.is_demo for line in page.lines)
    )
