"""A findings value as canonical JSON and back: what is released is stored as it was, and read without any tally."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.values import AgencyFindings, AnnualFindings
from survey.queries.released import ReleasedVersion, read_frozen

Value = TypeVar("Value")


def frozen_json(value: object) -> bytes:
    """Return a findings value as canonical JSON: sorted keys, no spaces, numbers exactly as they are."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a frozen value, which pages and documents print."""
    return hashlib.sha256(content).hexdigest()


def thaw(kind: type[Value], content: bytes) -> Value:
    """Return the value that was frozen; fields that it did not have yet take their default.

    Raises:
        ValueError: The content is no such value.

    """
    try:
        return cast("Value", _read(kind, json.loads(content)))
    except (TypeError, KeyError, AttributeError) as error:
        msg = f"this is no {kind.__name__}: {error}"
        raise ValueError(msg) from error


def released_agency(session: Session, version: ReleasedVersion, agency_id: UUID) -> AgencyFindings | None:
    """Return what a released wave says of an agency, None where it says nothing of it."""
    return _released(session, version, AgencyFindings, agency_id, "agency")


def released_year(session: Session, version: ReleasedVersion) -> AnnualFindings | None:
    """Return what a released annual summary says."""
    return _released(session, version, AnnualFindings, version.agency_id, "annual")


def plain(value: Any) -> Any:  # noqa: ANN401 -- any field of any findings value
    """Return a value as JSON knows it: a dataclass by its field names, ids and days as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return {name: plain(getattr(value, name)) for name in _field_names(value.__class__)}


def _released(
    session: Session, version: ReleasedVersion, kind: type[Value], agency_id: UUID, named: str
) -> Value | None:
    content = read_frozen(session, release_id=version.id, agency_id=agency_id, kind=named)
    return None if content is None else thaw(kind, content)


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


_SCALARS: Final[Mapping[Any, Callable[[Any], object]]] = {
    UUID: UUID,
    date: date.fromisoformat,
    float: float,
    int: int,
    str: str,
    bool: bool,
}


def _read(kind: Any, value: Any) -> Any:  # noqa: ANN401 -- any field of any findings value
    if get_origin(kind) in {Union, types.UnionType}:
        return None if value is None else _read(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        return tuple(_read(inner[0] if inner[-1] is Ellipsis else inner[at], each) for at, each in enumerate(value))
    if is_dataclass(kind):
        return _read_dataclass(cast("type[Any]", kind), value)
    return _SCALARS[kind](value) if kind in _SCALARS else kind(value)


def _read_dataclass(kind: type[Any], value: dict[str, Any]) -> object:
    given = {}
    for field in fields(kind):
        if field.name in value:
            given[field.name] = _read(_hints(kind)[field.name], value[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            msg = f"{kind.__name__} without {field.name}"
            raise KeyError(msg)
    return kind(**given)
