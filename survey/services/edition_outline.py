"""What an edition asks, line by line: for the terminal and for whoever checks a file before it is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from survey.models.editions import Questionnaire, Text


def outline_of(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    """Yield the headings, questions and options of an edition in a language, in Vietnamese where that lacks it."""

    def say(text: Text) -> str:
        return text.get(language, text["vi"])

    yield f"{questionnaire.questionnaire}/{questionnaire.edition}  {say(questionnaire.title)}"
    if questionnaire.scale:
        levels = (f"{number} {say(level)}" for number, level in enumerate(questionnaire.scale, start=1))
        yield "  " + " · ".join(levels)
    for element in questionnaire.elements:
        yield f"{say(element.name)}"
        yield from (f"  {item.code:<6} {say(item.text)}" for item in element.items)
    if questionnaire.overall:
        yield f"  {questionnaire.overall.code:<6} {say(questionnaire.overall.text)}"
    for section in questionnaire.sections:
        yield f"{say(section.name)} ({section.kind})"
        for question in section.questions:
            yield f"  {question.code:<6} {say(question.text)}"
            yield f"         {' · '.join(map(say, question.options))}"
