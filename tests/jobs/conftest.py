"""A database engine without the web application, as the worker has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from conftest import Database
from survey.db import Base

assert Base is not None  # importing it teaches every engine how to open SQLite


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = create_engine(database.config.sqlalchemy_url)
    yield engine
    engine.dispose()
