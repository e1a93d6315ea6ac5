"""N over the API: from above the rated agency only."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_world import World
from survey.models.fieldwork import PopulationSize
from survey.models.identifiers import local_today
from survey.services.agencies import add_service_field
from tests.api.conftest import MakeKey

PATH = "/api/v1/population-sizes"


def size(**changes: Any) -> dict[str, Any]:
    return {"wave": "DOT-1", "agency": "S1", "month": f"{local_today():%Y-%m}", "transactions": 120, **changes}


def kept(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(PopulationSize.transactions)))


def test_a_key_above_the_agency_sets_its_n_and_corrects_it(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    headers = key("population", agency=world.province)
    first = client.put(PATH, json=size(), headers=headers)
    assert (first.status_code, first.get_json()) == (200, {"transactions": 120, "respondents": 0})
    assert client.put(PATH, json=size(transactions=90), headers=headers).status_code == 200
    assert kept(session) == [90]


def test_nobody_sets_n_for_himself_or_for_a_neighbour(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    for agency in (world.department, world.commune):
        assert client.put(PATH, json=size(), headers=key("population", agency=agency)).status_code == 404
    assert kept(session) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"transactions": 0}, 422),
        ({"transactions": 1.5}, 422),
        ({"month": "2026-13"}, 422),
        ({"month": "1999-01"}, 422),
        ({"wave": "nothing"}, 404),
        ({"agency": "nobody"}, 404),
    ],
)
def test_what_cannot_be_is_not_kept(
    client: FlaskClient, session: Session, key: MakeKey, world: World, changes: dict[str, Any], status: int
) -> None:
    found = client.put(PATH, json=size(**changes), headers=key("population", agency=world.province))
    assert found.status_code == status
    assert kept(session) == []


def test_n_of_a_field_is_kept_beside_all_fields(
    client: FlaskClient, session: Session, key: MakeKey, world: World
) -> None:
    field = add_service_field(session, code="LV9", name="Lĩnh vực chín")
    session.commit()
    headers = key("population", agency=world.province)

    assert client.put(PATH, json=size(), headers=headers).status_code == 200
    assert client.put(PATH, json=size(field="LV9", transactions=40), headers=headers).status_code == 200
    assert client.put(PATH, json=size(field="LV0"), headers=headers).status_code == 422

    session.rollback()
    rows = session.execute(select(PopulationSize.service_field_id, PopulationSize.transactions)).all()
    assert {tuple(row) for row in rows} == {(None, 120), (field.id, 40)}
