"""The language of a page: Vietnamese is written in the source, English comes from the catalogue."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Any, Final

import flask
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask_babel import Babel

from survey.web.headers import is_official_path

LANGUAGES: Final = {"vi": "Tiếng Việt", "en": "English"}
CATALOGUES: Final = Path(__file__).resolve().parent.parent / "translations"


def init_language(app: flask.Flask) -> None:
    """Load the catalogue; it is compiled in memory, so that there is no build step to forget."""
    babel = Babel(app, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh", locale_selector=current_language)
    with app.app_context():
        domain = babel.domain_instance
    domain.cache["vi", domain.domain[0]] = Translations()
    domain.cache["en", domain.domain[0]] = _read_catalogue(CATALOGUES / "en.po")
    app.before_request(_remember_choice)
    app.context_processor(_language_of_page)


def current_language() -> str:
    """Return "vi" or "en": what the view set in ``g.language``, what the official chose, or Vietnamese."""
    for wanted in (flask.g.get("language"), flask.request.args.get("lang"), flask.session.get("language")):
        if wanted in LANGUAGES:
            return str(wanted)
    return "vi"


def _remember_choice() -> None:
    wanted = flask.request.args.get("lang")
    # A preview of the citizens' form speaks their language; the official goes on in his own.
    is_preview = flask.request.path.endswith("/preview")
    if wanted in LANGUAGES and is_official_path(flask.request.path) and not is_preview:
        flask.session["language"] = wanted


def _language_of_page() -> dict[str, Any]:
    return {"language": current_language(), "languages": LANGUAGES}


@functools.cache
def _read_catalogue(path: Path) -> Translations:
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale="en"))
    compiled.seek(0)
    return Translations(compiled)
