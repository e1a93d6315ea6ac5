"""The codes of one counter: what hangs on the wall, a new code, and the end of an old one."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.identifiers import local_today
from survey.services.counter_codes import find_counter_of, newest_code, retire_old_code, rotate_code
from survey.web.access import agency_manager, agency_member, current_scope


@blueprint.get("/desk/agencies/<uuid:agency_id>/counters/<uuid:counter_id>/codes")
@agency_member
def counter_codes(agency: Agency, counter_id: UUID) -> ResponseReturnValue:
    """Show the codes that a counter has and had, and offer another one."""
    counter = _counter(agency, counter_id)
    return flask.render_template(
        "desk/counter_codes.html",
        agency=agency,
        counter=counter,
        newest=newest_code(counter),
        address=f"{flask.current_app.config['PUBLIC_URL']}/Q/",
        may_manage=current_scope().manages(counter.agency.path),
        is_demo=agency.is_demo,
    )


@blueprint.route("/desk/agencies/<uuid:agency_id>/counters/<uuid:counter_id>/codes/new", methods=["GET", "POST"])
@agency_manager
def rotate_a_code(agency: Agency, counter_id: UUID) -> ResponseReturnValue:
    """Ask, then give a counter a new code; the old posters go on working."""
    counter = _counter(agency, counter_id)
    if flask.request.method == "GET":
        return flask.render_template(
            "desk/counter_code_new.html", agency=agency, counter=counter, is_demo=agency.is_demo
        )
    # Pressed twice, or by two officials: the second sees the code that the first one made.
    known = newest_code(counter)
    if known is not None and flask.request.form.get("instead_of") != known.code:
        flask.flash(gettext("Quầy vừa được cấp mã mới %(code)s; không cấp thêm.", code=known.code), "note")
        return _back(agency, counter)
    issued = rotate_code(db.session(), counter, today=local_today())
    db.session.commit()
    flask.flash(
        gettext("Mã mới: %(code)s. Hãy in áp phích mới; khi đã treo xong, ngừng mã cũ.", code=issued.code), "done"
    )
    return _back(agency, counter)


@blueprint.route(
    "/desk/agencies/<uuid:agency_id>/counters/<uuid:counter_id>/codes/<code>/retire", methods=["GET", "POST"]
)
@agency_manager
def retire_a_code(agency: Agency, counter_id: UUID, code: str) -> ResponseReturnValue:
    """Ask, then retire a code that a newer one has replaced."""
    counter = _counter(agency, counter_id)
    found = next((each for each in counter.codes if each.code == code), None)
    if found is None:
        raise NotFound
    if flask.request.method == "GET":
        return flask.render_template(
            "desk/counter_code_retire.html", agency=agency, counter=counter, code=found, is_demo=agency.is_demo
        )
    return _retire(agency, counter, found)


def _retire(agency: Agency, counter: ServicePoint, code: ServicePointCode) -> ResponseReturnValue:
    retire_old_code(db.session(), code, today=local_today())
    db.session.commit()
    flask.flash(gettext("Mã %(code)s đã ngừng; ai quét áp phích cũ sẽ được báo rõ.", code=code.code), "done")
    return _back(agency, counter)


def _counter(agency: Agency, counter_id: UUID) -> ServicePoint:
    counter = find_counter_of(db.session(), agency, counter_id)
    if counter is None:
        raise NotFound
    return counter


def _back(agency: Agency, counter: ServicePoint) -> ResponseReturnValue:
    page = flask.url_for("desk.counter_codes", agency_id=agency.id, counter_id=counter.id)
    return flask.redirect(page, HTTPStatus.SEE_OTHER)
