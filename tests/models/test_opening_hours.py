from __future__ import annotations

from datetime import datetime

import pytest

from survey.models.opening_hours import USUAL_HOURS, read_opening_hours, shown_hours, stored_hours


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20 06:59", False),  # a Friday
        ("2026-11-20 07:00", True),
        ("2026-11-20 17:59", True),
        ("2026-11-20 18:00", False),
        ("2026-11-21 11:59", True),
        ("2026-11-21 12:00", False),
        ("2026-11-22 09:00", False),
    ],
)
def test_the_usual_week_has_its_saturday_morning(moment: str, is_open: bool) -> None:
    assert read_opening_hours(USUAL_HOURS).include(datetime.fromisoformat(moment)) is is_open


def test_a_counter_may_be_open_always() -> None:
    assert read_opening_hours("Mon-Sun 00:00-24:00").include(datetime.fromisoformat("2026-11-22 23:59"))


@pytest.mark.parametrize(
    "text",
    [
        "T2–T6 07:30–11:30, 13:30–17:00; T7 07:30–11:30",
        "Thứ 2 – Thứ 6: 7h30 - 11h30, 13h30-17h, thứ bảy 7g30 đến 11g30",
        "Thứ hai, thứ ba, T4, t5–T6 07:30–11:30, 13:30–17:00, T7 07:30-11:30",
        "Mon-Fri 07:30-11:30, Mon-Fri 13:30-17:00, Sat 07:30-11:30",
        "Monday–Friday 7:30–11:30, 13:30–17:00; Sat 7:30–11:30",
    ],
)
def test_hours_are_read_as_vietnamese_and_english_offices_write_them(text: str) -> None:
    hours = read_opening_hours(text)
    for moment, is_open in (("2026-11-20 11:29", True), ("2026-11-20 12:00", False), ("2026-11-20 16:59", True)):
        assert hours.include(datetime.fromisoformat(moment)) is is_open
    assert hours.include(datetime.fromisoformat("2026-11-21 07:30"))
    assert not hours.include(datetime.fromisoformat("2026-11-21 14:00"))


def test_the_same_hours_are_stored_as_one_text_and_shown_in_each_language() -> None:
    stored = stored_hours("Thứ 2 – Thứ 6 7h30–11h30, 13:30–17:00; CN 8h-9h")
    assert stored == "Mon-Fri 07:30-11:30, Mon-Fri 13:30-17:00, Sun 08:00-09:00"
    assert shown_hours(stored, "vi") == "T2–T6 07:30–11:30, 13:30–17:00; CN 08:00–09:00"
    assert shown_hours(stored, "en") == "Mon–Fri 07:30–11:30, 13:30–17:00; Sun 08:00–09:00"
    assert stored_hours(shown_hours(stored, "vi")) == stored_hours(shown_hours(stored, "en")) == stored
    assert stored_hours("Thu 07:00-11:00") == stored_hours("Thứ 5 7h-11h") == stored_hours("Thu 7:00–11:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon",
        "07:30-11:30",
        "T8 07:30-11:30",
        "T2–T6 07:30",
        "T2–T6 07:30–11:30,",
        "CN–T2 07:00–08:00",
        "Fri-Mon 07:00-18:00",
        "Mon 18:00-07:00",
        "Mon 07:00-25:00",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_opening_hours(text)


def test_days_and_spans_do_not_multiply_without_end() -> None:
    assert stored_hours("T2, T2, T2 7h-8h") == "Mon 07:00-08:00"
    for text in ("T2," * 60 + "7h-9h," * 60, ",".join(f"T2 {hour}h-{hour + 1}h" for hour in range(23)) + " " * 300):
        with pytest.raises(ValueError, match="too many"):
            stored_hours(text)
    days, spans = (
        ", ".join(f"T{day}" for day in range(2, 8)),
        ", ".join(f"{hour}h-{hour + 1}h" for hour in range(9, 19)),
    )
    with pytest.raises(ValueError, match="spans are too many"):
        stored_hours(f"{days} {spans}")
