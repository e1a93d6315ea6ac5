"""The verb ``languages``: how far each language is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import flask
import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from survey.models.identifiers import local_today
from survey.services.editions import load_builtin_editions
from survey.services.wording import read_catalogues

Run = Callable[..., Result]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_counts_pages_and_editions_and_names_what_cannot_be_shown(
    run_verb: Run, app: flask.Flask, session: Session
) -> None:
    load_builtin_editions(session, today=local_today())
    session.commit()
    folder = Path(app.config["HAILONG"].data_dir) / "wording"
    folder.mkdir()
    text = '[text]\nsend = { text = "ផ្ញើ", status = "reviewed" }\ncomment = "មតិ"\nnonsense = "x"\n'
    (folder / "km.toml").write_text(text, encoding="utf-8")
    printed = run_verb(app, "languages").output
    strings = len(read_catalogues()["vi"].strings)
    khmer = printed.partition("km  ")[2].partition("\nrad ")[0]
    assert re.search(rf"trang/pages +1 / +1 / +{strings - 2}\n", khmer)
    assert re.search(r"counter/2026 +0 / +0 / +\d+\n", khmer)
    assert "nonsense" in khmer
    vietnamese = printed.partition("vi  ")[2].partition("\ncjm ")[0]
    assert re.search(rf"trang/pages +{strings} / +0 / +0\n", vietnamese)
