"""What other systems take over from a year: by the terminal and by the API, with checksum and nothing of others."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import flask
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from index_world import DAY, freeze, two_rounds
from released_world import answered_world, publish_wave, publish_year
from survey.cli import Verbs
from survey.models.audit import AuditEntry
from survey.rendering.index_export import export_checksum
from survey.services.api_keys import make_key


def as_documented(content: str) -> str:
    """Run the one-liner of the documentation over what was written."""
    text = Path(__file__).parents[2].joinpath("docs", "open-data.md").read_text(encoding="utf-8")
    (code,) = (line.split("'")[1] for line in text.splitlines() if line.startswith("python3 -c"))
    done = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_terminal_and_the_api_give_the_decided_index_with_interval_n_and_checksum(
    app: flask.Flask, session: Session
) -> None:
    rounds = two_rounds(session)
    session.commit()

    def run(*arguments: str) -> object:
        return CliRunner().invoke(
            Verbs(name="hailong"), ["index-export", *arguments], obj=ScriptInfo(create_app=lambda: app)
        )

    refused = run("2026")
    assert refused.exit_code == 1  # type: ignore[attr-defined]  # click's own result
    assert "No round of 2026 is decided" in refused.output  # type: ignore[attr-defined]  # likewise
    rounds.after.state = "decided"
    freeze(session, rounds.after, DAY)
    keys = {}
    for code in ("P", "A"):
        _, keys[code] = make_key(
            session, agency=rounds.world.agencies[code], label="HT", scopes=("figures",), by=None, today=DAY
        )
    session.commit()

    told = json.loads(run("2026").output)  # type: ignore[attr-defined]  # likewise
    assert told["sha256"] == export_checksum(told["agencies"])
    assert as_documented(json.dumps(told)) == "True"
    told["agencies"][0]["points"] = 20
    assert as_documented(json.dumps(told)) == "False"
    told = json.loads(run("2026").output)  # type: ignore[attr-defined]  # likewise
    first = told["agencies"][0]
    assert {name: first[name] for name in ("agency_code", "points", "points_low", "points_high", "n", "rank")} == {
        "agency_code": "A",
        "points": 19.5,
        "points_low": 19.25,
        "points_high": 19.75,
        "n": 400,
        "rank": 1,
    }
    assert (first["survey_points"], first["survey_points_low"], first["survey_points_high"]) == (9.5, 9.25, 9.75)
    public = hashlib.sha256(app.test_client().get("/ket-qua/chi-so/CCHC-2026/du-lieu.json").data).hexdigest()
    assert (first["rubric"], first["sha256"], first["status"]) == ("small/1", public, "decided")
    lines = list(csv.DictReader(io.StringIO(run("2026", "--root", "P", "--format", "csv").output)))  # type: ignore[attr-defined]  # likewise
    assert [line["agency_code"] for line in lines] == ["A", "B", "M", "F"]

    app.test_client_class = None
    client = app.test_client()
    assert client.get("/api/v1/index/2026").status_code == 401

    def asked(code: str, year: int = 2026) -> flask.Response:
        return client.get(f"/api/v1/index/{year}", headers={"Authorization": f"Bearer {keys[code]}"})

    whole = asked("P").get_json()
    assert (whole["agencies"], whole["sha256"]) == (told["agencies"], told["sha256"])
    # A department's key tells of itself alone.
    assert [line["agency_code"] for line in asked("A").get_json()["agencies"]] == ["A"]
    assert asked("A", 2024).status_code == 404
    session.rollback()
    subjects = set(session.scalars(select(AuditEntry.subject).where(AuditEntry.verb == "document.downloaded")))
    assert {"index-export 2026", "api index 2026"} <= subjects


def test_where_no_round_is_decided_the_released_summary_is_given_with_its_points(
    app: flask.Flask, session: Session
) -> None:
    world = answered_world(session)
    publish_wave(session, world.waves["W"])
    year = publish_year(session, world.agencies["P"], 2026)
    _, key = make_key(session, agency=world.agencies["B"], label="HT", scopes=("figures",), by=None, today=DAY)
    session.commit()

    def run(*arguments: str) -> object:
        verbs = Verbs(name="hailong")
        return CliRunner().invoke(verbs, ["index-export", *arguments], obj=ScriptInfo(create_app=lambda: app))

    told = json.loads(run("2026").output)["agencies"]  # type: ignore[attr-defined]  # click's own result
    lines = {line["agency_code"]: line for line in told}
    best = lines["B"]
    assert (best["status"], best["release"], best["sha256"]) == ("released", year.code, year.sha256)
    assert best["satisfaction_low"] < best["satisfaction"] < best["satisfaction_high"]
    assert (
        best["survey_points_low"] < best["survey_points"] < best["survey_points_high"] <= best["survey_points_maximum"]
    )
    # Who had a one-time code is told only where ten had one and ten had none.
    assert (best["points"], best["rank"], best["verified_share"]) == (None, None, None)
    assert best["questionnaire"] == "small/1"
    # Fewer than ten answered: nothing is told but that nothing is.
    assert {lines["C"][name] for name in ("satisfaction", "survey_points", "n")} == {None}

    app.test_client_class = None
    answer = app.test_client().get("/api/v1/index/2026", headers={"Authorization": f"Bearer {key}"}).get_json()
    assert answer["agencies"] == [best]
    assert answer["sha256"] == export_checksum([best])

    wrong = {
        ("1999",): "2000<=x<=2100",
        ("2026", "--root", "X"): "There is no agency X",
        ("2025",): "No round of 2025 is decided",
        ("year",): "not a valid integer",
    }
    for arguments, said in wrong.items():
        refused = run(*arguments)
        assert refused.exit_code in {1, 2}  # type: ignore[attr-defined]  # likewise
        assert said in refused.output  # type: ignore[attr-defined]  # likewise
