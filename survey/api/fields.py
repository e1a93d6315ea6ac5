"""Checks that fields of several requests share."""

from __future__ import annotations

from typing import Final

import marshmallow as ma

LONGEST_CODE: Final = 60


def is_writable(text: str) -> bool:
    """Refuse halves of signs and zeros, which JSON can carry and no database can look up."""
    if text.isprintable():
        return True
    raise ma.ValidationError(["Must hold only printable characters."])


CODE: Final = (ma.validate.Length(1, LONGEST_CODE), is_writable)
