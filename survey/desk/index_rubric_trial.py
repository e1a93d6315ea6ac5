"""What a rubric would give, so that whoever writes it sees what its rules do when no survey is run."""

from __future__ import annotations

import re
from fractions import Fraction
from http import HTTPStatus
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from survey.desk.blueprint import blueprint
from survey.desk.index_rubric_draft import tell_open
from survey.desk.index_rubric_scope import rubric_here
from survey.models.rubric_content import ONE_HUNDRED, RubricContent
from survey.services.rubric_drafts import open_faults
from survey.services.rubric_trial import try_out
from survey.web.access import root_survey_runner

_PER_CENT: Final = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")
_DEFAULTS: Final = {"judged": "80", "surveyed": "85"}


@blueprint.get("/desk/index/rubrics/<uuid:rubric_id>/trial")
@root_survey_runner
def try_rubric_out(rubric_id: UUID) -> ResponseReturnValue:
    """Show what everything, nothing and stated shares would give, with the survey part and without it."""
    found = rubric_here(rubric_id)
    typed = {key: flask.request.args.get(key, value) for key, value in _DEFAULTS.items()}
    shares = {key: _share(text) for key, text in typed.items()}
    faults = tell_open(open_faults(found.content))
    content = None if faults else RubricContent.from_content(found.content)
    sound = {key: share for key, share in shares.items() if share is not None}
    wrong = "" if len(sound) == len(shares) else gettext("Hãy ghi số từ 0 đến 100, như 80 hoặc 87,5.")
    page = flask.render_template(
        "desk/index_rubric_trial.html",
        rubric=found,
        content=content,
        faults=faults,
        typed=typed,
        wrong=wrong,
        trials=try_out(content.rule, **sound) if content and not wrong else [],
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _share(text: str) -> Fraction | None:
    """Read a percentage as a share; None where it is none."""
    plain = text.strip().removesuffix("%").strip()
    if not _PER_CENT.fullmatch(plain):
        return None
    share = Fraction(plain.replace(",", ".")) / ONE_HUNDRED
    return share if share <= 1 else None
