"""Everything a satisfaction report of one agency in one wave says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.breakdowns import breakdowns
from survey.findings.distributions import distributions
from survey.findings.errors import FindingsError
from survey.findings.exclusion_effect import exclusion_effect
from survey.findings.figures import figures
from survey.findings.groups import PROOF, channel_rows, read_groups
from survey.findings.letterhead import letterhead
from survey.findings.level_shares import figures_with_level_shares, rows_with_level_shares
from survey.findings.names import CHANNELS, RULES, agency_name, named_counts, wave_name
from survey.findings.participation import participation
from survey.findings.points import index_points, rule_wording
from survey.findings.proof import proof_rows
from survey.findings.sample import Sample, read_sample
from survey.findings.values import AgencyFindings, BreakdownRow, Count, Measures
from survey.models.editions import Method, Questionnaire
from survey.models.tallies import SMALLEST_MOVE
from survey.models.wave_days import is_final
from survey.queries.agencies import AgencyRow, get_agency, list_agencies
from survey.queries.responses import count_exclusions, sum_erased
from survey.queries.waves import WaveRow, get_editions, get_wave


def agency_findings(
    session: Session, *, agency_id: UUID, wave_id: UUID, today: date, with_breakdowns: bool = True
) -> AgencyFindings:
    """Make the findings of an agency and everything below it in one wave; reads tallies, never answers.

    Without breakdowns they are left empty with the letterhead, for a page that does not tell of them.

    Raises:
        FindingsError: There is no such agency or wave, or the agency takes no part in it.

    """
    agency, wave = find_agency_and_wave(session, agency_id, wave_id)
    below = [row.id for row in list_agencies(session, paths=[agency.path]) if row.path.startswith(wave.root_path)]
    editions = get_editions(session, wave_id=wave.id)
    sample = read_sample(
        session,
        waves=[wave],
        agency_ids=below,
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    found = _findings(session, agency, wave, sample, today)
    if not with_breakdowns:
        return found
    rows = (
        *breakdowns(session, agency_id=agency.id, wave_id=wave.id, sample=sample),
        *_group_rows(session, wave, sample, found.overall),
    )
    told = rows_with_level_shares(rows, confidence_level=sample.method.confidence_level)
    return replace(found, breakdowns=told, letterhead=letterhead(session, agency_id=agency.id))


def find_agency_and_wave(session: Session, agency_id: UUID, wave_id: UUID) -> tuple[AgencyRow, WaveRow]:
    """Return an agency and a wave that concerns it.

    Raises:
        FindingsError: There is no such agency or wave, or the agency takes no part in it.

    """
    agency, wave = get_agency(session, agency_id=agency_id), get_wave(session, wave_id=wave_id)
    if agency is None or wave is None:
        raise FindingsError(
            vi="Không có đơn vị hoặc đợt khảo sát này; hãy chọn lại từ danh sách.",
            en="There is no such agency or wave; choose again from the list.",
        )
    if not (agency.path.startswith(wave.root_path) or wave.root_path.startswith(agency.path)):
        raise FindingsError(
            vi=f"{agency.name} không thuộc đợt {wave.code}; hãy chọn đợt khác.",
            en=f"{agency.name_en or agency.name} takes no part in the wave {wave.code}; choose another wave.",
        )
    return agency, wave


def _findings(session: Session, agency: AgencyRow, wave: WaveRow, sample: Sample, today: date) -> AgencyFindings:
    found = figures_with_level_shares(figures(sample), sample)
    points, element_points = index_points(sample, found)
    ids = [unit.agency_id for unit in sample.units]
    answered = sample.answered
    erased = sum_erased(session, wave_ids=[wave.id], agency_ids=ids)
    exclusions = count_exclusions(session, wave_ids=[wave.id], agency_ids=ids)
    return AgencyFindings(
        agency=agency_name(agency),
        wave=wave_name(wave),
        made_on=today,
        folded_until=max((unit.folded_until for unit in answered if unit.folded_until), default=None),
        weighting=weighting_of(agency, sample, found.weighting),
        confidence_level=sample.method.confidence_level,
        smallest_n=sample.method.smallest_n_shown,
        n=sum(unit.respondents for unit in answered) if found.overall.n else None,
        stored=sum(unit.stored for unit in sample.units),
        participation=participation(sample, found.overall),
        overall=found.overall,
        overall_question=found.overall_question,
        elements=found.elements,
        breakdowns=(),
        channels=channel_counts(sample),
        verified=sum(unit.verified for unit in answered) if found.overall.n else None,
        exclusions=named_counts(exclusions, RULES),
        withdrawals=erased.withdrawn,
        corrections=erased.corrected,
        points_rule=rule_wording(sample.method, elements=len(sample.questionnaire.elements)),
        is_final=is_final(wave, today) and all(unit.stored - unit.respondents < SMALLEST_MOVE for unit in sample.units),
        points=points,
        element_points=element_points,
        questions=() if found.overall.is_suppressed else distributions(session, waves=[wave], sample=sample),
        exclusion_effect=exclusion_effect(session, waves=[wave], sample=sample, whole=found, today=today)
        if exclusions
        else (),
    )


def _group_rows(session: Session, wave: WaveRow, sample: Sample, overall: Measures) -> tuple[BreakdownRow, ...]:
    """Return the whole with a one-time code and without, and by channel."""
    if overall.is_suppressed:
        return ()
    proofs = proof_rows(sample, read_groups(session, PROOF, wave_ids=[wave.id], sample=sample))
    return (*proofs, *channel_rows(session, wave_ids=[wave.id], sample=sample))


def weighting_of(agency: AgencyRow, sample: Sample, found: str) -> str:
    """Say how the figures of an agency came about; ``found`` tells how what lies below it was put together."""
    own = all(unit.agency_id == agency.id for unit in sample.answered)
    return "own" if own and sample.design is None else found


def channel_counts(sample: Sample) -> tuple[Count, ...]:
    """Count the answers in the figures by channel."""
    counts: Counter[str] = Counter()
    for unit in sample.answered:
        counts.update(unit.channels)
    return named_counts(counts, CHANNELS)
