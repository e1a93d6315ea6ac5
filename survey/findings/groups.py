"""The whole told apart by what every answer carries: with a one-time code or without, and the channel it came by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.findings.figures import NOTHING, measure_whole
from survey.findings.names import CHANNELS
from survey.findings.sample import Levels, Sample, Unit
from survey.findings.sums import MomentSum
from survey.findings.suppression import Extent, extent_of, union, withheld, withheld_groups
from survey.findings.values import BreakdownRow, Measures, Wording
from survey.models.editions import RATING_LEVELS
from survey.queries.groups import GroupMoments, stream_group_moments, sum_group_levels
from survey.queries.tallies import UNVERIFIED, VERIFIED, Total, list_marks, list_totals

CHANNEL: Final = "channel"
PROOF: Final = "verified"
_FEWEST_HIDING: Final = 2


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one agency that belong to one member."""

    moments: Moments
    levels: Mapping[str, Levels]


Groups = Mapping[tuple[UUID, str], Group]  # by agency and member
_Place = tuple[UUID, UUID, str]  # agency, wave and member


def read_groups(session: Session, dimension: str, *, wave_ids: Sequence[UUID], sample: Sample) -> Groups:
    """Read what the fold left of every group; empty where all answers belong to one, or the survey has a design."""
    if sample.design is not None or len(members_of(sample, dimension)) <= 1:
        return {}
    groups = read_members(session, dimension, wave_ids=wave_ids, sample=sample)
    return groups | dict(_undivided(sample, dimension))


def read_members(
    session: Session, dimension: str, *, wave_ids: Sequence[UUID], sample: Sample
) -> dict[tuple[UUID, str], Group]:
    """Read the tallies of every member of a dimension, by agency and member."""
    agency_ids = [unit.agency_id for unit in sample.answered]
    adder = _Adder(len(sample.questionnaire.elements))
    known: set[_Place] = set()
    for total in list_totals(session, wave_ids=wave_ids, agency_ids=agency_ids, dimension=dimension):
        known.add((total.agency_id, total.wave_id, total.member))
        adder.add(total)
        for item, counts in total.levels.items():
            adder.add_levels((total.agency_id, total.member), item, counts)
    if known:
        marks = list_marks(session, wave_ids=wave_ids, agency_ids=agency_ids, dimension=dimension)
        behind = {(mark.agency_id, mark.wave_id, mark.member) for mark in marks if mark.n} - known
        agency_ids = [*dict.fromkeys(agency_id for agency_id, *_ in behind)]
    if agency_ids:
        _add_rows(session, adder, dimension, wave_ids=wave_ids, agency_ids=agency_ids, known=known)
    return adder.groups


def _add_rows(
    session: Session,
    adder: _Adder,
    dimension: str,
    *,
    wave_ids: Sequence[UUID],
    agency_ids: Sequence[UUID],
    known: Collection[_Place],
) -> None:
    """Add row by row what has no total."""
    for row in stream_group_moments(session, dimension, wave_ids=wave_ids, agency_ids=agency_ids):
        if (row.agency_id, row.wave_id, row.member) not in known:
            adder.add(row)
    for count in sum_group_levels(session, dimension, wave_ids=wave_ids, agency_ids=agency_ids):
        if (count.agency_id, count.wave_id, count.member) not in known:
            counts = [0] * (1 + len(RATING_LEVELS))
            counts[count.level] = count.count
            adder.add_levels((count.agency_id, count.member), count.item, counts)


class _Adder:
    """Groups while they are added up."""

    def __init__(self, elements: int) -> None:
        self._sums: dict[tuple[UUID, str], MomentSum] = defaultdict(lambda: MomentSum(elements))
        self._levels: dict[tuple[UUID, str], dict[str, Levels]] = defaultdict(dict)

    def add(self, row: GroupMoments | Total) -> None:
        """Add the sums of a group."""
        self._sums[row.agency_id, row.member].add(row.n, row.sums, row.cross, row.answered)

    def add_levels(self, key: tuple[UUID, str], item: str, counts: Levels) -> None:
        """Add how often an item was given each level in a group."""
        levels = self._levels[key]
        held = levels.get(item)
        levels[item] = counts if held is None else [one + two for one, two in zip(held, counts, strict=True)]

    @property
    def groups(self) -> dict[tuple[UUID, str], Group]:
        """Return what was added up, by agency and member."""
        return {key: Group(one.moments, self._levels[key]) for key, one in self._sums.items()}


def members_of(sample: Sample, dimension: str) -> list[str]:
    """Return the members to which any answer in the figures belongs, in their usual order."""
    known = {member for unit in sample.answered for member in _counts(unit, dimension)}
    order = (VERIFIED, UNVERIFIED) if dimension == PROOF else tuple(CHANNELS)
    return sorted(known, key=order.index)


def measure_groups(sample: Sample, groups: Groups, members: Sequence[str]) -> list[Measures]:
    """Estimate the groups of a body, pooled by response, in the order of ``members``.

    A group with too few respondents is withheld, and so is another where it would give the first away.  Of several
    agencies only those are in it that show their own groups, or withhold none but small ones that all said the same
    and of which several put together do not: a body's group less those of its other agencies would give a withheld
    one away.
    """
    units = _kept(sample, groups, members)
    found = [pooled(sample, [groups.get((unit.agency_id, member)) for unit in units]) for member in members]
    hidden = _hidden(sample, units, found)
    return [
        NOTHING if at in hidden else measure_whole(sample, group.moments, dict(group.levels))
        for at, group in enumerate(found)
    ]


def channel_rows(
    session: Session, *, wave_ids: Sequence[UUID], sample: Sample, groups: Groups | None = None
) -> tuple[BreakdownRow, ...]:
    """Return the whole by channel, as rows of the breakdowns; none where all answers came by one.

    ``groups`` are those of the channels, where they were read before.
    """
    members = members_of(sample, CHANNEL)
    if groups is None:
        groups = read_groups(session, CHANNEL, wave_ids=wave_ids, sample=sample)
    if not groups:
        return ()
    found = measure_groups(sample, groups, members)
    names = [CHANNELS.get(member, Wording(member, member)) for member in members]
    return tuple(
        BreakdownRow(CHANNEL, member, name, measures)
        for member, name, measures in zip(members, names, found, strict=True)
    )


def _counts(unit: Unit, dimension: str) -> dict[str, int]:
    if dimension == PROOF:
        both = {VERIFIED: unit.verified, UNVERIFIED: unit.respondents - unit.verified}
        return {member: count for member, count in both.items() if count}
    return {member: count for member, count in unit.channels.items() if count}


def _undivided(sample: Sample, dimension: str) -> Iterable[tuple[tuple[UUID, str], Group]]:
    """Yield the agencies all of whose answers belong to one member: it is their whole, without tallies of its own."""
    for unit in sample.answered:
        members = list(_counts(unit, dimension))
        if len(members) == 1:
            yield (unit.agency_id, members[0]), Group(unit.moments, unit.levels)


def _kept(sample: Sample, groups: Groups, members: Sequence[str]) -> list[Unit]:
    """Return the agencies whose groups may be added up.

    To leave all of those out whose group is satisfied as one would make the others look worse than they are.
    """
    shown: list[Unit] = []
    alike: list[Unit] = []
    left_over: dict[int, list[Extent]] = defaultdict(list)
    for unit in sample.answered:
        extents = [extent_of(pooled(sample, [groups.get((unit.agency_id, member))]).moments) for member in members]
        sizes, apart = [one.size for one in extents], rated(unit.moments) - union(extents).size
        if any(sizes[at] for at in withheld(sizes, smallest=sample.method.smallest_n_shown, apart=apart)):
            continue
        hidden = [at for at in hidden_of(sample, extents, apart) if sizes[at]]
        (alike if hidden else shown).append(unit)
        for at in hidden:
            left_over[at].append(extents[at])
    return shown + (alike if _may_be_added(sample, left_over.values()) else [])


def _may_be_added(sample: Sample, left_over: Iterable[Sequence[Extent]]) -> bool:
    return all(may_be_added(found, sample) for found in left_over)


def may_be_added(found: Sequence[Extent], sample: Sample) -> bool:
    """Return whether groups that agencies withhold may be in their body's: several, enough, and not all alike."""
    together = union(found)
    enough = together.size >= sample.method.smallest_n_shown
    return len(found) >= _FEWEST_HIDING and enough and not together.is_uniform(sample.method.smallest_n_index)


def _hidden(sample: Sample, units: Sequence[Unit], found: Sequence[Group]) -> frozenset[int]:
    """Return which groups must not be shown; who rated but is in none of them yet, waits for the fold."""
    extents = [extent_of(group.moments) for group in found]
    return hidden_of(sample, extents, sum(rated(unit.moments) for unit in units) - union(extents).size)


def hidden_of(sample: Sample, extents: Sequence[Extent], apart: int) -> frozenset[int]:
    """Return which of the groups of a body must not be shown; ``apart`` respondents are in none of them."""
    method = sample.method
    return withheld_groups(extents, smallest=method.smallest_n_shown, small=method.smallest_n_index, apart=apart)


def rated(moments: Moments) -> int:
    """Count the respondents with a rating."""
    return moments.respondents(range(moments.elements))


def pooled(sample: Sample, groups: Iterable[Group | None]) -> Group:
    """Add groups up by response; those that are None are nobody."""
    known = [group for group in groups if group is not None]
    if len(known) == 1:
        return known[0]
    levels: dict[str, Levels] = {}
    for group in known:
        for item, counts in group.levels.items():
            before = levels.get(item, [0] * len(counts))
            levels[item] = [one + two for one, two in zip(before, counts, strict=True)]
    elements = len(sample.questionnaire.elements)
    return Group(Moments.total((group.moments for group in known), elements=elements), levels)
