"""What is read of a request holds nothing that a database refuses."""

from __future__ import annotations

import flask


def test_a_text_comes_without_its_nul_and_everything_else_as_it_was(app: flask.Flask) -> None:
    data = {"a": ["x\0y", "2"], "\0b": "đ"}
    with app.test_request_context("/?q=%00z&q=1", method="POST", data=data):
        read = flask.request
        assert list(read.form.items(multi=True)) == [("a", "xy"), ("a", "2"), ("b", "đ")]
        assert read.args.getlist("q") == ["z", "1"]
        assert read.values["a"] == "xy"
