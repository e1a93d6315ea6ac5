from __future__ import annotations

from datetime import datetime

import pytest

from survey.models.opening_hours import USUAL_HOURS, read_opening_hours


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
    "text", ["", "Mon", "Mon 7:00-18:00", "Fri-Mon 07:00-18:00", "Mon 18:00-07:00", "Mon 07:00-25:00"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_opening_hours(text)
