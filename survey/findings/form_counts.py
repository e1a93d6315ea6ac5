"""How many forms were handed out, came back and count: paper sheets, one-time codes, and answers of all channels."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey.findings.form_values import FormCounts
from survey.findings.summary_parts import Period, Tree
from survey.queries.paper import count_sheets
from survey.queries.slips import count_codes_made


def form_counts(session: Session, period: Period, tree: Tree, *, excluded: int, withdrawn: int) -> FormCounts | None:
    """Count the forms of a period; None where none of its waves is in the figures."""
    if not period.waves:
        return None
    ids = list(tree.agency_ids)
    sheets = count_sheets(session, wave_ids=[wave.id for wave in period.waves], agency_ids=ids)
    valid = sum(unit.respondents for unit in period.sample.units)
    waiting = max(0, sum(unit.stored for unit in period.sample.units) - valid)
    return FormCounts(
        paper_issued=sheets.issued,
        paper_returned=sheets.returned,
        paper_valid=sheets.valid,
        codes_issued=count_codes_made(session, agency_ids=ids, first=period.first, last=period.last),
        received=valid + waiting + excluded + withdrawn,
        excluded=excluded,
        withdrawn=withdrawn,
        waiting=waiting,
        valid=valid,
    )
