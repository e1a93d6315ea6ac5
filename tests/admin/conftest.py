"""Every test here begins with the province of ``desk_province``."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from desk_fixtures import Administrator, SignIn, database, postgresql_province, province, sign_in, sqlite_province
from desk_province import Province
from survey.models.agencies import Agency
from survey.services.accounts import create_official, grant_role

__all__ = ["database", "postgresql_province", "province", "sign_in", "sqlite_province"]


@pytest.fixture
def administrator(session: Session, sign_in: SignIn) -> Administrator:
    """Give a function that makes an administrator of an agency and signs him in."""

    def make(name: str, agency_id: UUID) -> FlaskClient:
        official = create_official(session, email=f"{name}@songmay.example", name=name, password=None)
        official.password = "only there"
        grant_role(session, official, agency=session.get_one(Agency, agency_id), role="administrator")
        session.commit()
        return sign_in(name)

    return make


@pytest.fixture
def root(administrator: Administrator, province: Province) -> FlaskClient:
    """Give the administrator of the whole province."""
    return administrator("goc", province.province)


@pytest.fixture
def health(administrator: Administrator, province: Province) -> FlaskClient:
    """Give the administrator of one department."""
    return administrator("quantriyte", province.health)
