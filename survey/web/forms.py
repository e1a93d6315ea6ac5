"""The form every page of officials is made of: a token against forged requests, what was typed is kept."""

from __future__ import annotations

import re
from typing import Final

import flask
from flask_babel import gettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from wtforms import StringField, ValidationError

_COUNT: Final = re.compile(r"[0-9]{1,3}(?:([.,\s])[0-9]{3})*(?:\1[0-9]{3})*|[0-9]+")
_HIDDEN: Final = re.compile(r"[0-9]{1,6}")
_LARGEST_COUNT: Final = 10**9
_MOST_DIGITS: Final = 12


class Form(FlaskForm):  # type: ignore[misc]  # the library carries no types
    """A form of officials; its checks bring their own words, in the language of the page."""


class CountField(StringField):  # type: ignore[misc]  # likewise
    """A whole number as people write it: 1234, 1.234 or 1 234; empty is None."""

    value: int | None = None

    def pre_validate(self, form: Form) -> None:
        """Read the number, or say what is wrong with it."""
        del form
        text = (self.data or "").strip()
        if not text:
            return
        if not _COUNT.fullmatch(text):
            raise ValidationError(gettext("“%(text)s” không phải là số nguyên; hãy ghi như 1234.", text=text[:40]))
        digits = re.sub(r"\D", "", text)
        # Python refuses to read thousands of digits.
        if len(digits) > _MOST_DIGITS or int(digits) > _LARGEST_COUNT:
            raise ValidationError(gettext("Số này quá lớn; hãy kiểm tra lại."))
        self.value = int(digits)


def hidden_number(text: str) -> int:
    """Return the number that a hidden field brought: 0 without any, -1, which is nothing's, where it is no number."""
    return (int(text) if _HIDDEN.fullmatch(text) else -1) if text else 0


def init_forms(app: flask.Flask) -> None:
    """Make a token live as long as the session it belongs to, and templates able to print one."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.jinja_env.globals["csrf_token"] = generate_csrf


def check_token() -> None:
    """Refuse a request that did not come from a page of ours."""
    if not flask.current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(flask.request.form.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from error
