from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.citizen.answers import UnreadableBodyError, read_fields
from survey.services.answer_checks import check_fields

ITEMS = ["a1", "b1", "o"]


def test_fields_are_read_as_utf_8() -> None:
    body = urlencode({"a1": "5", "comment": "Cảm ơn"}).encode()
    assert read_fields(body) == {"a1": "5", "comment": "Cảm ơn"}


@pytest.mark.parametrize(
    "body",
    [
        b"a1=%ff",
        b"comment=%e1%bb",
        b"\xff",
        "comment=tốt".encode(),
        b"a1=1&a1=2",
        b"&".join(b"a%d=1" % i for i in range(300)),
    ],
)
def test_what_no_form_sends_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        read_fields(body)


@given(st.binary(max_size=300))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except UnreadableBodyError:
        return
    check_fields(fields, items=ITEMS, services=[])
