"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, String
from sqlalchemy.dialects.postgresql import JSONB

JSON_VALUE: Final = JSON().with_variant(JSONB(), "postgresql")
BYTEWISE: Final = String().with_variant(String(collation="C"), "postgresql")

REFERENCE: Final = {"kind": "reference"}
DISTRIBUTED: Final = {"kind": "distributed"}
LOCAL: Final = {"kind": "local"}
