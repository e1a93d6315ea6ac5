"""Forms of the index take nothing that comes from a page of somebody else's, whoever is signed in."""

from __future__ import annotations

import re
from uuid import uuid4

import flask
import pytest

from desk_fixtures import SignIn


@pytest.mark.usefixtures("province")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_form_of_the_index_refuses_what_has_no_token(app: flask.Flask, sign_in: SignIn) -> None:
    client = sign_in("giamdoc")
    app.config["WTF_CSRF_ENABLED"] = True
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and "/index" in rule.rule]
    assert len(posts) > 40
    for rule in posts:
        address = re.sub(r"<[^>]+>", lambda part: str(uuid4()) if "uuid" in part[0] else "1", rule.rule)
        answer = client.post(address, data={"csrf_token": "x"})
        assert (rule.endpoint, answer.status_code) == (rule.endpoint, 400)
    # With the page's own token the form is read.
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/index/new").text)
    assert token is not None
    assert client.post("/desk/index/new", data={"csrf_token": token[1]}).status_code == 422
