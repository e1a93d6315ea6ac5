"""A findings value as canonical JSON and back: what is released is stored as it was, and read without any tally."""

from __future__ import annotations

import gc
import hashlib
import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.exact import exact_text
from survey.findings.values import AgencyFindings
from survey.queries.released import ReleasedVersion, read_frozen

Value = TypeVar("Value")


def frozen_json(value: object) -> bytes:
    """Return a findings value as canonical JSON: sorted keys, no spaces, numbers exactly as they are."""
    if not is_dataclass(value):
        return _dumped(value).encode()
    # Line by line of its lists: a summary of thousands of agencies as one tree would take 200 MB.
    written = BytesIO()
    for at, name in enumerate(sorted(_field_names(value.__class__))):
        written.write(f'{"," if at else "{"}"{name}":'.encode())
        held = getattr(value, name)
        if isinstance(held, tuple) and held:
            for place, each in enumerate(held):
                written.write(f"{',' if place else '['}{_dumped(each)}".encode())
            written.write(b"]")
        else:
            written.write(_dumped(held).encode())
    written.write(b"}")
    return written.getvalue()


def _dumped(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a frozen value, which pages and documents print."""
    return hashlib.sha256(content).hexdigest()


def thaw(kind: type[Value], content: bytes) -> Value:
    """Return the value that was frozen; fields that it did not have yet take their default.

    Raises:
        ValueError: The content is no such value.

    """
    # None of what is made is garbage before all of it is; looking for some would take longer than the reading.
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        return cast("Value", _reader(cast("Any", kind))(json.loads(content)))
    except (TypeError, KeyError, AttributeError) as error:
        msg = f"this is no {kind.__name__}: {error}"
        raise ValueError(msg) from error
    finally:
        if is_collecting:
            gc.enable()


def released_agency(session: Session, version: ReleasedVersion, agency_id: UUID) -> AgencyFindings | None:
    """Return what a released wave says of an agency, None where it says nothing of it."""
    content = read_frozen(session, release_id=version.id, agency_id=agency_id, kind="agency")
    return None if content is None else thaw(AgencyFindings, content)


def plain(value: Any) -> Any:  # noqa: ANN401 -- any field of any findings value
    """Return a value as JSON knows it: a dataclass by its field names, ids and days as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, UUID | date):
        return str(value)
    if isinstance(value, Fraction):
        return exact_text(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return {name: plain(getattr(value, name)) for name in _field_names(value.__class__)}


@cache
def _field_names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_SCALARS: Final[Mapping[Any, Callable[[Any], object]]] = {
    UUID: UUID,
    date: date.fromisoformat,
    float: float,
    int: int,
    str: str,
    bool: bool,
}


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 -- the type of any field of any findings value
    """Return what reads a value of a type; made once a type, since a summary of thousands has half a million values."""
    if get_origin(kind) in {Union, types.UnionType}:
        inner = _reader(next(one for one in get_args(kind) if one is not type(None)))
        return lambda value: None if value is None else inner(value)
    if get_origin(kind) is tuple:
        first, *others = get_args(kind)
        if others == [Ellipsis]:
            each = _reader(first)
            return lambda value: tuple(map(each, value))
        readers = [_reader(one) for one in (first, *others)]
        return lambda value: tuple(read(one) for read, one in zip(readers, value, strict=True))
    if is_dataclass(kind):
        return _dataclass_reader(cast("type[Any]", kind))
    return _SCALARS.get(kind, kind)


def _dataclass_reader(kind: type[Any]) -> Callable[[dict[str, Any]], object]:
    hints = get_type_hints(kind)
    parts = [(field.name, _reader(hints[field.name])) for field in fields(kind)]
    needed = frozenset(
        field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING
    )

    def read(value: dict[str, Any]) -> object:
        if missing := needed - value.keys():
            msg = f"{kind.__name__} without {min(missing)}"
            raise KeyError(msg)
        return kind(**{name: part(value[name]) for name, part in parts if name in value})

    return read
