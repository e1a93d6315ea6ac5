"""A day in a form, as a browser sends it or as people write it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from flask_babel import gettext
from wtforms import StringField, ValidationError

from survey.web.forms import Form

_WRITTEN: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


class DayField(StringField):  # type: ignore[misc]  # the library carries no types
    """A day: 2026-12-31 or 31/12/2026; ``day`` is there once the form is valid."""

    day: date

    def pre_validate(self, form: Form) -> None:
        """Read the day, or say how to write it."""
        del form
        text = (self.data or "").strip()
        for pattern in _WRITTEN:
            try:
                self.day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day has no time zone
            except ValueError:
                continue
            return
        if text:
            raise ValidationError(gettext("“%(text)s” không phải là ngày; hãy ghi như 31/12/2026.", text=text[:40]))
