"""How the figures are made, and how programs read them: two pages that need no release to be read."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from survey.db import db
from survey.queries.released import list_released
from survey.rendering.addresses import package_address
from survey.rendering.open_package import LICENCES
from survey.rendering.open_tables import TABLES, empty_table
from survey.rendering.words import NOT_OFFICIAL, interval_label
from survey.reports.blueprint import blueprint
from survey.reports.pages import page
from survey.web.access import public
from survey.web.language import current_language


@blueprint.get("/phuong-phap")
@public
def method() -> ResponseReturnValue:
    """Say how the figures are made, what they mean and what they do not."""
    labels = [interval_label(kind, 0.95, current_language()) for kind in ("self_selected", "transactions")]
    return page("reports/method.html", not_official=NOT_OFFICIAL, labels=labels)


@blueprint.get("/du-lieu-mo")
@public
def open_data() -> ResponseReturnValue:
    """List the data packages, the dictionary of their fields, the licence, and the way to the API."""
    settings = flask.current_app.config
    versions = list_released(db.session())
    return page(
        "reports/open_data.html",
        versions=versions,
        addresses={version.code: package_address(settings["PUBLIC_URL"], version.code) for version in versions},
        tables=[empty_table(name) for name in TABLES],
        licence=settings["OPEN_DATA_LICENCE"],
        licence_title=LICENCES[settings["OPEN_DATA_LICENCE"]][0],
        licence_address=LICENCES[settings["OPEN_DATA_LICENCE"]][1],
        api=f"{settings['PUBLIC_URL']}/api/v1",
        is_demo=any(version.agency_is_demo for version in versions),
    )
