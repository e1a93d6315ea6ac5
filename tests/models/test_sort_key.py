from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from survey.models.sort_key import sort_key


@pytest.mark.parametrize(
    "in_order",
    [
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["An", "Ăn", "Ân", "Ba", "Cam", "Da", "Đa", "Em", "Êm"],
        ["Len", "Lê", "Lo", "Lô", "Lơ", "Lu", "Lư", "Ly"],
        ["Quảng Nam", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị"],
        ["Phường 2", "Phường 10", "Phường An Phú"],
        ["Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp", "Gia Lai"],
        # A word that ends goes before the same word going on, whatever the tones.
        ["Hòa", "Hòa An", "Hòa Bình", "Hoàng"],
        ["Xã Tân An", "Xã Tân Ân", "Xã Tân Bình"],
    ],
)
def test_names_sort_as_vietnamese_sorts(in_order: list[str]) -> None:
    rotated = in_order[1:] + in_order[:1]
    assert sorted(rotated, key=sort_key) == in_order


def test_composed_and_decomposed_spelling_sort_alike() -> None:
    assert sort_key("Hoa\u0300 Bi\u0300nh") == sort_key("Hoà Bình")


def test_numbers_sort_by_value_also_when_long() -> None:
    assert sorted(["Tổ 100", "Tổ 9", "Tổ 021"], key=sort_key) == ["Tổ 9", "Tổ 021", "Tổ 100"]


@example("\u0300")
@given(st.text())
def test_every_text_has_an_ascii_key(text: str) -> None:
    assert sort_key(text).isascii()
