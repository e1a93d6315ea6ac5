from __future__ import annotations

import pytest

from survey.services.personal_data import MASK, find_personal_data, is_masking_of, masked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gọi tôi số 0912 345 678 nhé.", ["0912 345 678"]),
        ("Số +84.912.345.678 hoặc 02103846123", ["+84.912.345.678", "02103846123"]),
        ("CCCD 025098001234, CMND 131234567", ["025098001234", "131234567"]),
        ("Thư: an.nguyen@vi-du.vn nhé", ["an.nguyen@vi-du.vn"]),
        ("Hồ sơ H26.17-231005-0012 và 000.00.17.H26-231005-0012", ["H26.17-231005-0012", "000.00.17.H26-231005-0012"]),
        ("Xe 29A-123.45 đỗ chắn lối", ["29A-123.45"]),
        ("Chị Nguyễn Thị Ánh ở quầy 3 rất nhiệt tình", ["Nguyễn Thị Ánh"]),
        ("cán bộ Đặng Văn Ư trả kết quả muộn", ["Đặng Văn Ư"]),
        ("Cảm ơn ông Y-Moan Niê", ["Y-Moan Niê"]),
        ("lê thị bông ở quầy 1 cau có", ["lê thị bông"]),
    ],
)
def test_what_may_tell_who_somebody_is_is_found(text: str, found: list[str]) -> None:
    traces = find_personal_data(text, names=["Lê Thị Bông"])

    assert [text[trace.start : trace.end] for trace in traces] == found


@pytest.mark.parametrize(
    "text",
    [
        "Chờ 45 phút, quầy số 3, ngày 12/11/2026.",
        "Phí 150.000 đồng là hợp lý.",
        "Cán bộ nhiệt tình, em cảm ơn.",
        "Tên đường nên ghi rõ hơn",
        "",
    ],
)
def test_ordinary_words_and_small_numbers_are_left_alone(text: str) -> None:
    assert find_personal_data(text, names=["Lê Thị Bông", "An"]) == []


def test_the_mask_stands_for_what_was_found_and_nothing_else() -> None:
    text = "Chị Lan Anh, 0912345678: tốt"

    shown = masked(text, find_personal_data(text))

    assert shown == f"Chị {MASK}, {MASK}: tốt"
    assert is_masking_of(shown, text)


@pytest.mark.parametrize(
    ("shown", "is_one"),
    [
        ("Anh Nam cau có", True),
        (f"Anh {MASK} cau có", True),
        (f"{MASK} cau có", True),
        (f"Anh {MASK}", True),
        (MASK, True),
        ("Anh Nam vui vẻ", False),
        ("Anh Nam", False),
        (f"Anh {MASK} Nam cau có", False),
        (f"Anh Nam cau có{MASK}", False),
        (f"có {MASK} Anh", False),
        ("", False),
    ],
)
def test_a_moderator_masks_and_does_not_rewrite(shown: str, is_one: bool) -> None:
    assert is_masking_of(shown, "Anh Nam cau có") is is_one
