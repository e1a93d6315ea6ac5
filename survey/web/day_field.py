"""A day in a form: one box everywhere, in which a day stands and is typed as people write it, 31/12/2026."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext
from wtforms import StringField, ValidationError

from survey.web.forms import Form

# A browser's own box shows a day in the order of the browser's language, not of the page's.
_WRITTEN: Final = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y")
_SHOWN: Final = "%d/%m/%Y"
BOX: Final = {"class": "day", "placeholder": "31/12/2026", "autocomplete": "off", "maxlength": 10, "size": 10}


class DayField(StringField):  # type: ignore[misc]  # the library carries no types
    """A day: 31/12/2026 or 2026-12-31; ``day`` is there once the form is valid."""

    day: date

    def __call__(self, **attributes: Any) -> Any:  # noqa: ANN401 -- the library's own
        """Draw the box of days."""
        return super().__call__(**{**BOX, **attributes})

    def _value(self) -> str:
        # What was typed and is no day stays as it was typed.
        return shown_day(self.data or "")

    def pre_validate(self, form: Form) -> None:
        """Read the day, or say how to write it."""
        del form
        text = (self.data or "").strip()
        day = read_day(text)
        if day is not None:
            self.day = day
        elif text:
            raise ValidationError(gettext("“%(text)s” không phải là ngày; hãy ghi như 31/12/2026.", text=text[:40]))


def read_day(text: str) -> date | None:
    """Return the day that somebody wrote, or a browser sent; None where it is none."""
    for pattern in _WRITTEN:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 -- a day has no time zone
        except ValueError:
            continue
    return None


def shown_day(text: str) -> str:
    """Return a day as a box shows it; whatever is no day stays as it is."""
    day = read_day(text)
    return f"{day:{_SHOWN}}" if day else text
