"""Several waves of the same agencies, each for itself: read by a few statements, however many waves there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.own_tallies import read_own_tallies
from survey.findings.sample import Cell, Sample, read_sample, unit_of
from survey.findings.sums import MomentSum
from survey.models.editions import Method, Questionnaire
from survey.queries.agencies import list_transactions
from survey.queries.waves import WaveRow, list_editions

Forms = Mapping[UUID, tuple[Questionnaire, Method]]  # by wave


def read_series(session: Session, *, waves: Sequence[WaveRow], agency_ids: Sequence[UUID]) -> list[Sample]:
    """Read what the fold left of each wave, in their order; how many answers still wait is not asked."""
    contents = list_editions(session, wave_ids=[wave.id for wave in waves])
    forms = {
        wave_id: (Questionnaire.from_content(found.questionnaire), Method.from_content(found.method))
        for wave_id, found in contents.items()
    }
    counted = [wave for wave in waves if wave.sample_kind == "self_selected"]
    cells = _read_cells(session, counted, agency_ids, forms)
    samples = []
    for wave in waves:
        questionnaire, method = forms[wave.id]
        if wave.id in cells:
            units = tuple(unit_of(key, cell, {wave.id: wave}) for key, cell in cells[wave.id].items())
            samples.append(Sample(questionnaire, method, wave.sample_kind, units))
        else:
            # Surveys with a sample may have a design, which is read from their answers; they are small and few.
            samples.append(
                read_sample(session, waves=[wave], agency_ids=agency_ids, questionnaire=questionnaire, method=method)
            )
    return samples


def _read_cells(
    session: Session, waves: Sequence[WaveRow], agency_ids: Sequence[UUID], forms: Forms
) -> dict[UUID, dict[UUID, Cell]]:
    wave_ids = [wave.id for wave in waves]
    cells = {
        wave_id: {key: Cell(MomentSum(len(forms[wave_id][0].elements))) for key in agency_ids} for wave_id in wave_ids
    }
    read_own_tallies(
        session, lambda agency_id, wave_id: cells[wave_id][agency_id], wave_ids=wave_ids, agency_ids=agency_ids
    )
    for month in list_transactions(session, wave_ids=wave_ids, agency_ids=agency_ids):
        cells[month.wave_id][month.agency_id].transactions.append(month)
    return cells
