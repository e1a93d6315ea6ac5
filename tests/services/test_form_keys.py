from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.services.form_keys import FormKeys, read_receipt, written_receipt

COUNTER, WAVE, DAY = uuid4(), uuid4(), date(2026, 11, 21)
KEYS = FormKeys("a secret")


def issue() -> str:
    return KEYS.issue(service_point_id=COUNTER, wave_id=WAVE, day=DAY)


def test_a_key_is_read_back_with_its_wave_and_day() -> None:
    key = KEYS.read(issue(), service_point_id=COUNTER)
    assert key is not None
    assert (key.wave_id, key.day) == (WAVE, DAY)


def test_no_two_keys_are_alike() -> None:
    assert len({issue() for _ in range(1000)}) == 1000


@given(place=st.integers(0, 59), symbol=st.sampled_from("AQgw_-9"))
def test_a_changed_key_is_nobodys(place: int, symbol: str) -> None:
    key = issue()
    changed = key[:place] + symbol + key[place + 1 :]
    assert changed == key or KEYS.read(changed, service_point_id=COUNTER) is None


@pytest.mark.parametrize("text", ["", "AAAA", "phiếu", "a" * 60, "=" * 60, "\x00"])
def test_what_was_never_a_key_is_nobodys(text: str) -> None:
    assert KEYS.read(text, service_point_id=COUNTER) is None


@given(text=st.text(max_size=100))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert KEYS.read(text, service_point_id=COUNTER) is None


def test_a_key_is_good_for_its_own_counter_only() -> None:
    assert KEYS.read(issue(), service_point_id=uuid4()) is None


def test_a_key_is_good_under_its_own_secret_only() -> None:
    assert FormKeys("another secret").read(issue(), service_point_id=COUNTER) is None


def test_a_form_has_one_receipt_and_one_hash_and_neither_shows_the_other() -> None:
    key = KEYS.read(issue(), service_point_id=COUNTER)
    assert key is not None
    receipt = KEYS.receipt(key)
    assert KEYS.receipt(key) == receipt
    assert KEYS.answer_hash(receipt) == KEYS.answer_hash(receipt)
    assert receipt not in KEYS.answer_hash(receipt)
    assert FormKeys("another secret").answer_hash(receipt) != KEYS.answer_hash(receipt)


def test_a_receipt_is_twelve_symbols_that_can_be_read_aloud() -> None:
    key = KEYS.read(issue(), service_point_id=COUNTER)
    assert key is not None
    receipt = KEYS.receipt(key)
    assert len(receipt) == 12
    assert not set(receipt) & set("ILOU")
    assert read_receipt(written_receipt(receipt)) == receipt


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k7qm-2x9d-4twa", "K7QM2X9D4TWA"),
        (" K7QM 2X9D 4TWA ", "K7QM2X9D4TWA"),
        ("OIL123456789", "011123456789"),
        ("K7QM", None),
        ("K7QM2X9D4TW!", None),
        ("", None),
    ],
)
def test_a_receipt_is_read_as_it_was_meant(typed: str, meant: str | None) -> None:
    assert read_receipt(typed) == meant


def test_a_day_before_all_days_is_nobodys_key() -> None:
    assert KEYS.read("A" * 60, service_point_id=UUID(int=0)) is None
