"""What came in with a form: read strictly, as only a browser of ours could have sent it."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

MOST_FIELDS: Final = 200


class UnreadableBodyError(ValueError):
    """The body is not a form that a browser sends: broken UTF-8, too many fields, or a field sent twice."""


def read_fields(body: bytes) -> dict[str, str]:
    """Read the fields of a form's body.

    Raises:
        UnreadableBodyError: where no browser of ours could have sent it.

    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise UnreadableBodyError(str(error)) from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        msg = "a field came twice"
        raise UnreadableBodyError(msg)
    return fields
