"""The list of the editions of questionnaires, which two pages show."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _

from survey.db import db
from survey.models.questionnaire import QuestionnaireEdition
from survey.models.sort_key import sort_key
from survey.services.editions import list_questionnaire_editions
from survey.web.language import current_language
from survey.web.lists import Column, Listing, list_of


def _title(edition: QuestionnaireEdition) -> str:
    title = edition.content["title"]
    return str(title.get(current_language()) or title["vi"])


def _name(edition: QuestionnaireEdition) -> str:
    return f"{edition.questionnaire}/{edition.edition}"


COLUMNS: Final[tuple[Column[QuestionnaireEdition], ...]] = (
    Column("name", _("Phiếu, phiên bản"), by=lambda edition: sort_key(_name(edition))),
    Column("title", _("Tên"), by=lambda edition: sort_key(_title(edition))),
    Column("state", _("Tình trạng"), by=lambda edition: edition.published_on),
    Column("file", _("Tệp")),
)


def edition_listing() -> Listing[QuestionnaireEdition]:
    """Return the editions as the address asks for them."""
    editions = list_questionnaire_editions(db.session())
    return list_of(editions, COLUMNS, text=lambda edition: f"{_name(edition)} {_title(edition)}")
