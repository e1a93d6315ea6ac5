"""A form as citizens would see it, for whoever decides whether to publish it: without a key, so that none is sent."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import flask

from survey.citizen.pages import HEADERS, all_words, policy, render_preview
from survey.citizen.words import ORIGINAL
from survey.models.editions import Questionnaire
from survey.queries.counters import Counter, Name

_HEADERS: Final = {
    **HEADERS,
    "Content-Security-Policy": policy().replace("form-action 'self'", "form-action 'none'"),
}
_NOBODY: Final = UUID(int=0)
_WORDS: Final = {
    "banner": {
        "vi": "Xem thử: người dân thấy phiếu như thế này. Phiếu xem thử không gửi được.",
        "en": "Preview: citizens see the form like this. A preview cannot be sent.",
    },
    "way_back": {"vi": "Quay lại trang của phiếu", "en": "Back to the page of the form"},
    "no_send": {"vi": "Ở đây người dân thấy nút gửi.", "en": "Citizens see the button here."},
}
_SAMPLE: Final = Counter(
    code="",
    service_point_id=_NOBODY,
    name=Name("Quầy mẫu", "Sample counter"),
    agency_id=_NOBODY,
    agency_name=Name("Cơ quan mẫu", "Sample agency"),
    serves_agency_id=_NOBODY,
    is_demo=False,
    is_retired=False,
    wave=None,
    services=(),
    opening_hours=None,
)


class FormPreview:
    """Renders forms of editions that no counter need have chosen; other parts of the application call it."""

    def __init__(self, citizens: flask.Flask) -> None:
        """Render with the citizens' application."""
        self._citizens = citizens

    def __call__(self, questionnaire: Questionnaire, language: str, *, back: str) -> flask.Response:
        """Return the whole page in a citizens' language, Vietnamese where that is unknown; ``back`` leads away."""
        with self._citizens.app_context():
            words = all_words()
            html = render_preview(_SAMPLE, questionnaire, words.get(language, words[ORIGINAL]), back=back, **_WORDS)
        return flask.Response(html, headers=_HEADERS)
