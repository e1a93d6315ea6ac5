"""Watches executed statements: whoever touches a growing table must name the agency."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from sqlalchemy import Engine, event

from survey import models
from survey.db import Base

__all__ = ["StatementAudit", "models", "tables_without_agency"]

PROJECT = Path(__file__).resolve().parent.parent
GROWING = {name for name, table in Base.metadata.tables.items() if table.info.get("kind") == "distributed"}
TOUCHED = re.compile(r"\b(?:FROM|JOIN|UPDATE|,)\s+(\w+)(?:\s+AS\s+(?!SET\b|WHERE\b)(\w+))?", re.IGNORECASE)
PAIR = re.compile(r"\b(\w+)\.agency_id\s*=\s*(\w+)\.agency_id\b")
CONDITIONS = re.compile(r"\b(?:WHERE|ON)\b.*", re.IGNORECASE | re.DOTALL)


def tables_without_agency(statement: str) -> list[str]:
    """Return the growing tables that a SELECT, UPDATE or DELETE touches without a condition on their agency."""
    touched = {alias or table: table for table, alias in TOUCHED.findall(statement) if table in GROWING}
    found = CONDITIONS.search(statement)
    conditions = found.group() if found else ""
    # Two growing tables joined by agency vouch for each other only if one of them is held by something else.
    pairs = [pair for pair in PAIR.findall(conditions) if set(pair) <= set(touched)]
    for left, right in pairs:
        conditions = re.sub(rf"\b{left}\.agency_id\s*=\s*{right}\.agency_id\b", "", conditions)
    held = {name for name in touched if _is_held(name, conditions)}
    for _ in pairs:
        held.update(name for pair in pairs if held & set(pair) for name in pair)
    return [table for name, table in touched.items() if name not in held]


def _is_held(name: str, conditions: str) -> bool:
    column = rf"(?:\b{name}\.|(?<![.\w]))agency_id\b"
    return bool(re.search(rf"{column}\s*(?:=|IN\b)|=\s*{column}", conditions, re.IGNORECASE))


class StatementAudit:
    """Collects, while it is entered, the statements of the product that break the rule.

    A statement that means all agencies says so: ``.execution_options(all_agencies=True)``.
    """

    def __init__(self) -> None:
        self.offences: list[str] = []

    def __enter__(self) -> Self:
        event.listen(Engine, "before_cursor_execute", self._look)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        event.remove(Engine, "before_cursor_execute", self._look)

    def _look(
        self, _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        if context is not None and context.execution_options.get("all_agencies"):
            return
        if tables_without_agency(statement) and _is_from_product():
            self.offences.append(statement)


def _is_from_product() -> bool:
    """Tell whether the product, not the test itself or a migration, asked for what is being executed."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path != Path(__file__) and path.is_relative_to(PROJECT):
            part = path.relative_to(PROJECT).parts[0]
            if part in {"survey", "tests", "migrations", "benchmarks"}:
                return part == "survey"
        frame = frame.f_back
    return False
