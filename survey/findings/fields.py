"""The whole by field of service, over all agencies of a summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.figures import NOTHING, measure_whole
from survey.findings.groups import Group, Groups, hidden_of, may_be_added, pooled, rated, read_members
from survey.findings.names import wording
from survey.findings.sample import Sample
from survey.findings.suppression import Extent, extent_of, union
from survey.findings.values import BreakdownRow
from survey.models.sort_key import sort_key
from survey.queries.agencies import list_member_names

FIELD: Final = "field"


def field_rows(session: Session, *, wave_ids: Sequence[UUID], sample: Sample) -> tuple[BreakdownRow, ...]:
    """Return the whole by field, by name as Vietnamese sorts; none where no answer has a field or there is a design.

    An agency whose own page withholds a field adds nothing to it, unless several agencies withhold the field and are
    enough together: else the field less those of the other agencies would give it away.
    """
    if sample.design is not None or not sample.answered:
        return ()
    groups = read_members(session, FIELD, wave_ids=wave_ids, sample=sample)
    if not groups:
        return ()
    members = sorted({member for _, member in groups})
    known = list_member_names(session, counters=(), agency_ids=())
    names = {member: wording(*known.get((FIELD, member), (member, None))) for member in members}
    members.sort(key=lambda member: sort_key(names[member].vi))
    hiding = _hiding(sample, groups)
    found = [pooled(sample, _told(groups, member, hiding[member], sample)) for member in members]
    extents = [extent_of(group.moments) for group in found]
    apart = sum(rated(unit.moments) for unit in sample.answered) - union(extents).size
    hidden = hidden_of(sample, extents, apart)
    return tuple(
        BreakdownRow(
            FIELD,
            member,
            names[member],
            NOTHING if at in hidden else measure_whole(sample, group.moments, dict(group.levels)),
        )
        for at, (member, group) in enumerate(zip(members, found, strict=True))
        if extents[at].size or hiding[member]
    )


def _hiding(sample: Sample, groups: Groups) -> Mapping[str, set[UUID]]:
    """Return by member which agencies' own pages withhold it."""
    by_agency: dict[UUID, dict[str, Extent]] = defaultdict(dict)
    for (agency_id, member), group in groups.items():
        by_agency[agency_id][member] = extent_of(group.moments)
    hiding: dict[str, set[UUID]] = defaultdict(set)
    for unit in sample.answered:
        extents = by_agency.get(unit.agency_id, {})
        members = list(extents)
        apart = rated(unit.moments) - union(list(extents.values())).size
        for at in hidden_of(sample, list(extents.values()), apart):
            hiding[members[at]].add(unit.agency_id)
    return hiding


def _told(groups: Groups, member: str, hiding: set[UUID], sample: Sample) -> Iterable[Group]:
    """Return the groups that may be added up: all, or those alone whose agencies show the member themselves."""
    of_member = {agency_id: group for (agency_id, name), group in groups.items() if name == member}
    enough = may_be_added([extent_of(of_member[agency_id].moments) for agency_id in hiding], sample)
    return [group for agency_id, group in of_member.items() if enough or agency_id not in hiding]
