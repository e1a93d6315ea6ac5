"""The whole, for each counter, field of service and language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.findings.figures import NOTHING, measure_whole
from survey.findings.names import LANGUAGES, wording
from survey.findings.sample import Levels, Sample
from survey.findings.sums import MomentSum
from survey.findings.suppression import extent_of, union, withheld_groups
from survey.findings.values import BreakdownRow, Wording
from survey.models.editions import RATING_LEVELS
from survey.models.sort_key import sort_key
from survey.queries.agencies import list_member_names
from survey.queries.tallies import stream_breakdown_moments, sum_breakdowns

Key = tuple[str, str]  # dimension and member


@dataclass
class _Member:
    """One counter, field or language while it is added up."""

    sums: MomentSum
    levels: dict[str, Levels] = field(default_factory=dict)


def breakdowns(session: Session, *, agency_id: UUID, wave_id: UUID, sample: Sample) -> tuple[BreakdownRow, ...]:
    """List the counters of the agency itself, then fields and languages of all its sample, by name in Vietnamese order.

    A member appears once the fold has moved it.  One with too few answers has no value, and where subtracting the
    others from the whole would give it away, the next smallest has none either.  A survey with a design has none of
    these: its tallies know no weights.
    """
    if sample.design is not None:
        return ()
    (own,) = sample.parts([[agency_id]])
    rows = _rows(session, wave_id, own, ("service_point",)) if own.answered else []
    if sample.answered:
        rows += _rows(session, wave_id, sample, ("field", "language"))
    return tuple(rows)


def _rows(session: Session, wave_id: UUID, sample: Sample, dimensions: Sequence[str]) -> list[BreakdownRow]:
    agency_ids = [unit.agency_id for unit in sample.answered]
    members = _read_members(session, wave_id, agency_ids, elements=len(sample.questionnaire.elements))
    names = _names(session, agency_ids, members)
    # Only who rated something is behind a figure; others must not count as if they hid him.
    respondents = sum(_rated(unit.moments) for unit in sample.answered)
    rows = []
    for dimension in dimensions:
        keys = sorted((key for key in members if key[0] == dimension), key=lambda key: sort_key(names[key].vi))
        extents = [extent_of(members[key].sums.moments) for key in keys]
        hidden = withheld_groups(
            extents,
            smallest=sample.method.smallest_n_shown,
            small=sample.method.smallest_n_index,
            apart=respondents - union(extents).size,
        )
        rows += [
            _row(sample, key, names[key], members[key], hidden=position in hidden) for position, key in enumerate(keys)
        ]
    return rows


def _rated(moments: Moments) -> int:
    return moments.respondents(range(moments.elements))


def _read_members(session: Session, wave_id: UUID, agency_ids: Sequence[UUID], *, elements: int) -> dict[Key, _Member]:
    members: dict[Key, _Member] = defaultdict(lambda: _Member(MomentSum(elements)))
    for row in stream_breakdown_moments(session, wave_id=wave_id, agency_ids=agency_ids):
        members[row.dimension, row.member].sums.add(row.n, row.sums, row.cross, row.answered)
    for count in sum_breakdowns(session, wave_id=wave_id, agency_ids=agency_ids):
        levels = members[count.dimension, count.member].levels.setdefault(count.item, [0] * (1 + len(RATING_LEVELS)))
        levels[count.level] += count.count
    return members


def _names(session: Session, agency_ids: Sequence[UUID], members: Mapping[Key, _Member]) -> dict[Key, Wording]:
    counters = [UUID(member) for dimension, member in members if dimension == "service_point"]
    known = list_member_names(session, counters=counters, agency_ids=agency_ids)
    names = {}
    for key in members:
        code = key[1]
        names[key] = wording(*known[key]) if key in known else LANGUAGES.get(code, Wording(code, code))
    return names


def _row(sample: Sample, key: Key, name: Wording, member: _Member, *, hidden: bool) -> BreakdownRow:
    measures = NOTHING if hidden else measure_whole(sample, member.sums.moments, member.levels)
    too_few = (measures.n or 0) < sample.method.smallest_n_shown
    return BreakdownRow(key[0], key[1], name, NOTHING if too_few else measures)
