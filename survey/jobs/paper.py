"""A series of paper forms, from its numbers to the PDF."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from survey.models.editions import Questionnaire
from survey.models.paper import PaperSeries
from survey.queries.counters import get_questionnaire
from survey.rendering.paper_form import Group, PaperForm, paper_forms_pdf
from survey.services.paper import sheet_number

Text = dict[str, str]
# A form this short needs no headings.
MOST_IN_ONE_TABLE: Final = 6


def series_pdf(session: Session, series: PaperSeries) -> bytes:
    """Draw the sheets of a series; the same series gives the same bytes."""
    questionnaire = get_questionnaire(session, series.questionnaire_edition_id)
    numbers = range(series.first_number, series.last_number + 1)
    point, english = series.service_point, series.language == "en"
    form = PaperForm(
        language=series.language,
        title=_text(questionnaire.title, series.language),
        agency_name=(english and series.agency.name_en) or series.agency.name,
        counter_name=((english and point.name_en) or point.name) if point else "",
        wave_name=(english and series.wave.name_en) or series.wave.name,
        scale=tuple(_text(level, series.language) for level in questionnaire.scale),
        rated=tuple(_rated(questionnaire, series.language)),
        asked=tuple(_asked(questionnaire, series.language)),
        is_demo=series.agency.is_demo,
        printed_on=series.printed_on,
    )
    session.rollback()
    return paper_forms_pdf(form, [sheet_number(series.wave.code, number) for number in numbers])


def _rated(questionnaire: Questionnaire, language: str) -> list[Group]:
    if len(questionnaire.items) <= MOST_IN_ONE_TABLE or all(len(one.items) == 1 for one in questionnaire.elements):
        return [Group("", tuple(_text(item.text, language) for item in questionnaire.items))]
    groups = [
        Group(_text(element.name, language), tuple(_text(item.text, language) for item in element.items))
        for element in questionnaire.elements
    ]
    if questionnaire.overall:
        groups.append(Group("", (_text(questionnaire.overall.text, language),)))
    return groups


def _asked(questionnaire: Questionnaire, language: str) -> list[tuple[str, tuple[str, ...], bool]]:
    return [
        (
            _text(question.text, language),
            tuple(_text(option, language) for option in question.options),
            question.several,
        )
        for question in questionnaire.questions
    ]


def _text(text: Text, language: str) -> str:
    return text.get(language) or text["vi"]
