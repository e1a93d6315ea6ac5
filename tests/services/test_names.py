from __future__ import annotations

import pytest

from survey.services.errors import ServiceError
from survey.services.names import checked_name


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\n", "\u2028", "\ud800", "\ue000", "\ufdd0", "\uffff"])
def test_a_name_holds_no_sign_that_documents_cannot_carry(sign: str) -> None:
    with pytest.raises(ServiceError, match="control character"):
        checked_name(f"Sở{sign}Nội vụ", of=("đơn vị", "agency"), error=ServiceError)


@pytest.mark.parametrize("name", ["Sở Nội vụ", "=1+1", "#let x = 1", "<b>&amp;", "Sở ខ្មែរ", "Quầy \U0001f3db"])
def test_any_other_name_stays_as_it_is(name: str) -> None:
    assert checked_name(f" {name} ", of=("đơn vị", "agency"), error=ServiceError) == name


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad"])
def test_signs_that_nobody_sees_are_left_out_of_a_name(sign: str) -> None:
    assert checked_name(f"Sở{sign} Nội vụ{sign}", of=("đơn vị", "agency"), error=ServiceError) == "Sở Nội vụ"


def test_a_name_of_nothing_that_is_seen_is_empty() -> None:
    with pytest.raises(ServiceError, match="is empty"):
        checked_name("\u200b\u202e", of=("đơn vị", "agency"), error=ServiceError)
