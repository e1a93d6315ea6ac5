"""Ratings with a one-time code and without, told apart: who holds a slip was served, of others nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.findings.figures import NOTHING, measure_whole
from survey.findings.names import PROOFS
from survey.findings.sample import Levels, Sample, Unit
from survey.findings.sums import MomentSum
from survey.findings.suppression import withheld
from survey.findings.values import BreakdownRow, ProofMeasures
from survey.models.editions import RATING_LEVELS
from survey.queries.proof import stream_proof_moments, sum_proof_levels
from survey.queries.tallies import UNVERIFIED, VERIFIED

_MEMBERS: Final = (VERIFIED, UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one agency that came with a code, or without."""

    moments: Moments
    levels: Mapping[str, Levels]


Groups = Mapping[tuple[UUID, str], Group]  # by agency and member


def read_groups(session: Session, *, wave_ids: Sequence[UUID], sample: Sample) -> Groups:
    """Read what the fold left of both groups; empty where no answer came with a code."""
    agency_ids = [unit.agency_id for unit in sample.answered]
    if sample.design is not None or not any(unit.verified for unit in sample.answered):
        return {}
    elements = len(sample.questionnaire.elements)
    sums: dict[tuple[UUID, str], MomentSum] = defaultdict(lambda: MomentSum(elements))
    for row in stream_proof_moments(session, wave_ids=wave_ids, agency_ids=agency_ids):
        sums[row.agency_id, row.member].add(row.n, row.sums, row.cross, row.answered)
    levels: dict[tuple[UUID, str], dict[str, Levels]] = defaultdict(dict)
    for count in sum_proof_levels(session, wave_ids=wave_ids, agency_ids=agency_ids):
        counts = levels[count.agency_id, count.member].setdefault(count.item, [0] * (1 + len(RATING_LEVELS)))
        counts[count.level] += count.count
    groups = {key: Group(one.moments, levels[key]) for key, one in sums.items()}
    # Where nobody had a code the group of the others is all there is, and needs no tallies of its own.
    whole = {
        (unit.agency_id, UNVERIFIED): Group(unit.moments, unit.levels) for unit in sample.answered if not unit.verified
    }
    return groups | whole


def proof_measures(sample: Sample, groups: Groups) -> ProofMeasures | None:
    """Estimate both groups of a body, pooled by response; None where no answer of it came with a code.

    A group with too few respondents is withheld, and so is the other where it would give the first away.  Of several
    agencies only those are in it that show their own groups: a body's group less those of its other agencies
    would give a withheld one away.
    """
    if not any(unit.verified for unit in sample.answered):
        return None
    units = [unit for unit in sample.answered if not _withholds(sample, unit, groups)]
    both = [_pooled(sample, [groups.get((unit.agency_id, member)) for unit in units]) for member in _MEMBERS]
    hidden = _hidden(sample, units, both)
    with_code, without_code = (
        NOTHING if at in hidden else measure_whole(sample, group.moments, dict(group.levels))
        for at, group in enumerate(both)
    )
    return ProofMeasures(with_code, without_code)


def proof_rows(sample: Sample, groups: Groups) -> tuple[BreakdownRow, ...]:
    """Return both groups as rows of the breakdowns."""
    found = proof_measures(sample, groups)
    if found is None:
        return ()
    both = zip(_MEMBERS, (found.with_code, found.without_code), strict=True)
    return tuple(BreakdownRow("verified", member, PROOFS[member], measures) for member, measures in both)


def _withholds(sample: Sample, unit: Unit, groups: Groups) -> bool:
    both = [_pooled(sample, [groups.get((unit.agency_id, member))]) for member in _MEMBERS]
    return any(_rated(both[at].moments) for at in _hidden(sample, [unit], both))


def _hidden(sample: Sample, units: Sequence[Unit], both: Sequence[Group]) -> frozenset[int]:
    """Return which of both groups must not be shown; who rated but is in neither yet, waits for the fold."""
    sizes = [_rated(group.moments) for group in both]
    apart = sum(_rated(unit.moments) for unit in units) - sum(sizes)
    return withheld(sizes, smallest=sample.method.smallest_n_shown, apart=apart)


def _rated(moments: Moments) -> int:
    return moments.respondents(range(moments.elements))


def _pooled(sample: Sample, groups: Iterable[Group | None]) -> Group:
    known = [group for group in groups if group is not None]
    levels: dict[str, Levels] = {}
    for group in known:
        for item, counts in group.levels.items():
            before = levels.get(item, [0] * len(counts))
            levels[item] = [one + two for one, two in zip(before, counts, strict=True)]
    elements = len(sample.questionnaire.elements)
    return Group(Moments.total((group.moments for group in known), elements=elements), levels)
