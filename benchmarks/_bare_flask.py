"""The floor of the flow: a bare Flask application that stores the same row with the same writer.

It hands out a ready form with a random key, checks nothing, and stores durably before it thanks.
"""

from __future__ import annotations

import json
import os
import secrets
import zlib
from datetime import datetime
from uuid import UUID

import flask
from sqlalchemy import create_engine

from survey.models.identifiers import LOCAL_TIME
from survey.services.responses import NewResponse
from survey.services.writer import ResponseWriter

ROW = {name: UUID(value) for name, value in json.loads(os.environ["BENCHMARK_ROW"]).items()}
# As large as the product's form, and not compressed again for each request either.
FORM = b"%s" % zlib.compress(secrets.token_bytes(int(os.environ["BENCHMARK_FORM_BYTES"]) - 100), 0)

app = flask.Flask(__name__)
writer = ResponseWriter(create_engine(os.environ["BENCHMARK_DATABASE"]))


@app.get("/Q/<code>")
def show_form(code: str) -> flask.Response:
    """Hand out a form."""
    body = FORM + f'{code}"{secrets.token_urlsafe(45)}"></body>'.encode()
    return flask.Response(body, mimetype="text/html")


@app.post("/Q/<code>")
def take_answer(code: str) -> flask.Response:
    """Store whatever came."""
    form = flask.request.form
    now = datetime.now(tz=LOCAL_TIME)
    writer.store(
        NewResponse(
            agency_id=ROW["agency_id"],
            wave_id=ROW["wave_id"],
            questionnaire_edition_id=ROW["questionnaire_edition_id"],
            received_by_agency_id=ROW["agency_id"],
            service_point_id=ROW["service_point_id"],
            answered_on=now.date(),
            ten_minutes=(now.hour * 60 + now.minute) // 10,
            channel="qr",
            language="vi",
            answers={name: int(value) for name, value in form.items() if name not in {"key", "comment"}},
            key_hash=form["key"],
        )
    )
    return flask.Response(status=303, headers={"Location": f"/R/{code}/{form['key'][:12]}"})
