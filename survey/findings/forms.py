"""Which waves of a year ask the same form: only those are added up, the others have a summary of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.continuity import root_edition
from survey.queries.tallies import list_marks
from survey.queries.waves import WaveRow, list_edition_contents

Forms = Mapping[str, tuple[WaveRow, ...]]  # by the oldest edition that asks the same, as "counter/2026"


def forms_of(session: Session, waves: Sequence[WaveRow]) -> Forms:
    """Group waves by what they ask, in their order; an edition that is the same as an older one counts as that."""
    contents = list_edition_contents(session)
    found: dict[str, tuple[WaveRow, ...]] = {}
    for wave in waves:
        content = contents[f"{wave.questionnaire}/{wave.questionnaire_edition}"]
        form = root_edition(content, contents.get)
        found[form] = (*found.get(form, ()), wave)
    return found


def find_form(forms: Forms, edition: str | None) -> str | None:
    """Return the form of which an edition is: its own name, or that of a wave that asks it; None where it is none."""
    asked = (
        (form, f"{wave.questionnaire}/{wave.questionnaire_edition}") for form, waves in forms.items() for wave in waves
    )
    return next((form for form, name in asked if edition in {form, name}), None)


def leading_form(session: Session, forms: Forms, *, agency_ids: Sequence[UUID]) -> str:
    """Return the form with the most answers in the figures."""
    if len(forms) == 1:
        return next(iter(forms))
    form_of = {wave.id: form for form, waves in forms.items() for wave in waves}
    answers = dict.fromkeys(forms, 0)
    for mark in list_marks(session, wave_ids=list(form_of), agency_ids=agency_ids, own=True):
        answers[form_of[mark.wave_id]] += mark.n
    return max(sorted(answers), key=lambda form: answers[form])
