"""What an official may know of a round: its decided result, and a draft of it where he runs the round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from survey.db import db
from survey.findings.errors import FindingsError
from survey.findings.index_plans import standing
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.queries.index_plans import list_rounds_of
from survey.web.access import current_scope

if TYPE_CHECKING:
    from survey.findings.index_plan_values import AimStanding, RoadMap
    from survey.findings.index_result_values import IndexFindings

# Before the appraisal is over, ranks say who was scored first.
_TELLING: Final = ("objection", "decision", "decided")


def shown_findings(round_: IndexRound) -> IndexFindings | None:
    """Return the decided result of a round, or for who runs it a draft; None where there is nothing for him to see.

    Raises:
        FindingsError: As ``findings.index.index_findings``.

    """
    # What estimates is loaded when first asked for: it takes longer than all the rest.
    from survey.findings.index import decided_findings, index_findings  # noqa: PLC0415

    decided = decided_findings(db.session(), round_)
    if decided is not None or not current_scope().runs_surveys(round_.agency.path):
        return decided
    return index_findings(db.session(), round_, today=local_today())


def telling_findings(round_: IndexRound) -> IndexFindings | None:
    """Return the same where ranks tell something already, else None."""
    if round_.state not in _TELLING:
        return None
    try:
        return shown_findings(round_)
    except FindingsError:
        return None


@dataclass(frozen=True, slots=True)
class Told:
    """The newest round that tells an official where an agency stands, and where that is."""

    round: IndexRound
    standing: AimStanding


def newest_told(plan: RoadMap) -> Told | None:
    """Return where an agency stands in the newest round, up to the year of its road map, that tells it."""
    for round_ in list_rounds_of(db.session(), plan.agency.id, until=plan.year):
        findings = telling_findings(round_)
        found = standing(findings, plan) if findings else None
        if found is not None:
            return Told(round_, found)
    return None
