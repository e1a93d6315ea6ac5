"""Figures of the index over the API: from above the rated agency only, and as the rubric of the round takes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_world import World
from survey.models.audit import AuditEntry
from survey.models.index_rounds import IndexRound
from survey.models.index_sources import IndexIndicator
from survey.services.index_rounds import RoundWish, find_round, plan_round
from survey.services.rubrics import find_rubric, load_builtin_rubrics
from tests.api.conftest import MakeKey

PATH = "/api/v1/index-indicators"


@pytest.fixture(autouse=True)
def _round(session: Session, world: World) -> None:
    last = date(2026, 12, 31)
    load_builtin_rubrics(session, today=last)
    rubric = find_rubric(session, "departments/2026")
    assert rubric is not None
    wish = RoundWish("R1", "Kỳ", None, 2026, last, last, last, last)
    plan_round(
        session, session.merge(world.province), rubric, wish, agencies=[session.merge(world.department)], by=None
    )
    session.commit()


def told(**changes: Any) -> dict[str, Any]:
    own = {"round": "R1", "agency": "S1", "indicator": "dossiers-on-time", "value": "97.5 %", "source": "Cổng DVC"}
    return {**own, **changes}


def kept(session: Session) -> dict[str, tuple[float, str, int | None]]:
    session.rollback()
    return {row.indicator: (float(row.value), row.source, row.n) for row in session.scalars(select(IndexIndicator))}


def test_a_key_above_the_agency_sets_its_figures_and_again_changes_nothing(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    headers = key("indicators", agency=world.province)
    first = client.put(PATH, json=told(), headers=headers)
    assert (first.status_code, first.get_json()) == (200, {"value": "0.975", "before": None})
    again = client.put(PATH, json=told(), headers=headers)
    assert again.get_json() == {"value": "0.975", "before": "0.975"}
    survey = told(indicator="leaders:7.4", value="34/40", n=40, low="0.8", high="0.9", source="Phiếu lấy ý kiến")
    assert client.put(PATH, json=survey, headers=headers).status_code == 200
    assert kept(session) == {
        "dossiers-on-time": (0.975, "Cổng DVC", None), "leaders:7.4": (0.85, "Phiếu lấy ý kiến", 40)
    }  # fmt: skip
    acts = session.scalars(select(AuditEntry).where(AuditEntry.verb == "index.indicator_set")).all()
    assert [act.details["to"] for act in acts] == ["0.975", "0.975", "0.85"]

    # Who is rated sets nothing; neither does a key for something else, nor anybody once the round is decided.
    for scope, owner, status in (
        ("indicators", world.department, 404), ("indicators", world.commune, 404), ("population", world.province, 403)
    ):  # fmt: skip
        assert client.put(PATH, json=told(), headers=key(scope, agency=owner)).status_code == status
    assert client.put(PATH, json=told()).status_code == 401
    round_ = find_round(session, "R1")
    assert isinstance(round_, IndexRound)
    round_.state = "decided"
    session.commit()
    refused = client.put(PATH, json=told(value="1"), headers=headers)
    assert (refused.status_code, "đã có quyết định" in refused.get_json()["detail"]) == (422, True)
    assert kept(session)["dossiers-on-time"][0] == 0.975


def test_what_the_rubric_does_not_take_is_told_in_a_sentence_and_not_kept(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    headers = {**key("indicators", agency=world.province), "Accept-Language": "en"}
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"indicator": "colour"}, 422, "has no indicator “colour”; there are "),
        ({"value": "97"}, 422, "97 means 9700 %; write 97 %"),
        ({"value": "nhiều"}, 422, "is no number"),
        ({"value": "5/4"}, 422, "must not exceed the whole"),
        ({"n": 40}, 422, "is an indicator and has no respondents"),
        ({"indicator": "leaders:7.4", "value": "0.9", "low": "0.8"}, 422, "An interval needs"),
        ({"indicator": "leaders:7.4", "value": "0.9", "low": "0.1", "high": "0.2", "n": 9}, 422, "must lie between"),
        ({"value": "٣"}, 422, "is no number"),
        ({"indicator": "leaders:7.4", "source": "a\0"}, 422, ""),
        ({"indicator": "leaders:7.4", "n": 10**9}, 422, ""),
        ({"value": 1}, 422, ""),
        ({"n": 0}, 422, ""),
        ({"round": "nothing"}, 404, ""),
        ({"agency": "nobody"}, 404, ""),
    ]
    for changes, status, sentence in cases:
        found = client.put(PATH, json=told(**changes), headers=headers)
        assert found.status_code == status, changes
        assert sentence in found.get_json().get("detail", ""), changes
    assert kept(session) == {}
