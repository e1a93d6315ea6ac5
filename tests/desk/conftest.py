"""A province of three agencies, officials of every kind, and clients that are signed in as them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.services.accounts import create_official, grant_role
from survey.services.agencies import add_agency

PASSWORD = "một câu thật dễ nhớ"
START = date(2025, 1, 1)


@dataclass(frozen=True)
class Province:
    """Ids of what every test of the desk stands on."""

    province: UUID
    health: UUID
    clinic: UUID
    commune: UUID


@pytest.fixture
def province(session: Session) -> Province:
    top = add_agency(session, code="99", kind="province", name="Tỉnh Sông Mây", name_en="Song May", valid_from=START)
    health = add_agency(session, code="99.01", kind="department", name="Sở Y tế", valid_from=START, parent=top)
    clinic = add_agency(session, code="99.01.1", kind="unit", name="Bệnh viện 10", valid_from=START, parent=health)
    commune = add_agency(session, code="99.02", kind="commune", name="Xã Đông Hà", valid_from=START, parent=top)
    officials = [
        ("giamdoc", top, "survey_manager"),
        ("phogiamdoc", top, "survey_manager"),
        ("xem", top, "viewer"),
        ("yte", health, "survey_manager"),
        ("xa", commune, "agency_manager"),
        ("khong", None, ""),
    ]
    for name, agency, role in officials:
        add_official(session, name, agency, role)
    session.commit()
    return Province(province=top.id, health=health.id, clinic=clinic.id, commune=commune.id)


@pytest.fixture
def sign_in(app: flask.Flask, province: Province) -> Callable[[str], FlaskClient]:
    """Give a function that returns a client signed in as the official of a name."""
    assert province

    def signed_in(name: str) -> FlaskClient:
        client = app.test_client()
        response = client.post("/sign-in", data={"email": f"{name}@songmay.example", "password": PASSWORD})
        assert response.status_code == 302
        return client

    return signed_in


def add_official(session: Session, name: str, agency: Agency | None, role: str) -> UUID:
    official = create_official(
        session, email=f"{name}@songmay.example", name=f"Cán bộ {name}", password=PASSWORD, must_change_password=False
    )
    if agency is not None:
        grant_role(session, official, agency=agency, role=role)
    return official.id
