"""Which bodies a body was made of, what they were called on a day, and which fieldwork reached them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.forms import forms_of
from survey.findings.names import agency_name
from survey.findings.values import AgencyName
from survey.models.wave_days import last_day
from survey.queries.agencies import AgencyRow, list_agencies_by_id
from survey.queries.agency_changes import Link, list_origins, list_renames, name_on
from survey.queries.waves import WaveRow, list_waves_run_for

# Changes that leave a body what it is, under another code, place or name.
_SAME_BODY = frozenset({"rename", "move"})


@dataclass(frozen=True, slots=True)
class Lineage:
    """A body and those that went into it.

    ``whole`` are the body itself, first, and all that went into it entirely; ``body`` tells which of these are one and
    the same under another code or place.  Of the ``partial`` ones only a part went over, the last on the day ``cut``.
    """

    whole: tuple[AgencyRow, ...]
    body: Mapping[UUID, UUID]
    partial: tuple[AgencyRow, ...]
    cut: date | None
    renames: tuple[Link, ...]

    @property
    def present(self) -> AgencyRow:
        """Return the body whose history it is."""
        return self.whole[0]

    @property
    def as_it_was(self) -> Lineage:
        """Return the same where no figure is converted, and nothing has to be comparable."""
        return replace(self, partial=(), cut=None)

    def name(self, row: AgencyRow, day: date) -> AgencyName:
        """Return a body under the name that it and the one above it bore on a day."""
        name, name_en = name_on(self.renames, row.id, day, stored=(row.name, row.name_en))
        above: tuple[str | None, str | None] = (row.parent_name, row.parent_name_en)
        if row.parent_id is not None and row.parent_name is not None:
            above = name_on(self.renames, row.parent_id, day, stored=(row.parent_name, row.parent_name_en))
        return agency_name(replace(row, name=name, name_en=name_en, parent_name=above[0], parent_name_en=above[1]))


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """Waves that are added up, and the bodies of a lineage that they should tell of."""

    waves: tuple[WaveRow, ...]
    bodies: tuple[AgencyRow, ...]
    edition: str

    @property
    def first(self) -> date:
        """Return the first day of the fieldwork."""
        return min(wave.opens_on for wave in self.waves)

    @property
    def last(self) -> date:
        """Return the last day of the fieldwork."""
        return max(last_day(wave) for wave in self.waves)

    def meets(self, body: AgencyRow, *, since: date | None = None) -> bool:
        """Return whether a body existed on a day of the fieldwork, or of what is left of it ``since`` a day."""
        first = max(self.first, since or self.first)
        return body.valid_from <= self.last and (body.valid_to is None or body.valid_to > first)


def read_lineage(session: Session, *, agency_id: UUID) -> Lineage | None:
    """Read a body with all that went into it; None where there is no such body."""
    links = list_origins(session, agency_ids=[agency_id])
    body = {agency_id: agency_id}
    for link in links:
        if link.is_whole and link.to_id in body:
            body.setdefault(link.from_id, body[link.to_id] if link.kind in _SAME_BODY else link.from_id)
    partial = {link.from_id: link.effective_on for link in links if not link.is_whole and link.from_id not in body}
    cuts = [link.effective_on for link in links if not link.is_whole]
    rows = {row.id: row for row in list_agencies_by_id(session, agency_ids=[*body, *partial])}
    if agency_id not in rows:
        return None
    named = {*rows, *(row.parent_id for row in rows.values() if row.parent_id)}
    return Lineage(
        whole=tuple(rows[key] for key in body),
        body=body,
        partial=tuple(row for key, row in rows.items() if key in partial),
        cut=max(cuts, default=None),
        renames=tuple(list_renames(session, agency_ids=named)),
    )


def fieldwork_as_was(session: Session, lineage: Lineage) -> list[Fieldwork]:
    """List every body with every wave that reached it."""
    return [
        Fieldwork((wave,), (body,), edition)
        for wave, edition in _waves(session, lineage.whole)
        for body in lineage.whole
        if body.path.startswith(wave.root_path)
    ]


def fieldwork_on_todays_map(session: Session, lineage: Lineage) -> list[Fieldwork]:
    """List the waves that reached all bodies of their time; those of a year that did so only together are one."""
    found: list[Fieldwork] = []
    apart: dict[tuple[int, str], list[WaveRow]] = defaultdict(list)
    for wave, edition in _waves(session, lineage.whole):
        reached = _reached(lineage.whole, [wave])
        alone = Fieldwork((wave,), reached, edition)
        if all(body in reached for body in lineage.whole if alone.meets(body)):
            found.append(alone)
        else:
            apart[wave.index_year, edition].append(wave)
    for (_, edition), waves in apart.items():
        together = Fieldwork(tuple(waves), _reached(lineage.whole, waves), edition)
        missed = tuple(body for body in lineage.whole if body not in together.bodies and together.meets(body))
        found.append(replace(together, bodies=(*together.bodies, *missed)))
    return found


def _waves(session: Session, bodies: Sequence[AgencyRow]) -> list[tuple[WaveRow, str]]:
    """List the waves that reached any of the bodies, each with what must agree for two to be compared."""
    above = {UUID(part) for body in bodies for part in body.path.split("/") if part}
    waves = list_waves_run_for(session, agency_ids=sorted(above))
    form_of = {wave.id: form for form, alike in forms_of(session, waves).items() for wave in alike}
    return [(wave, f"{form_of[wave.id]}/{wave.method_edition}/{wave.sample_kind}") for wave in waves]


def _reached(bodies: Iterable[AgencyRow], waves: Sequence[WaveRow]) -> tuple[AgencyRow, ...]:
    roots = [wave.root_path for wave in waves]
    return tuple(body for body in bodies if any(body.path.startswith(root) for root in roots))
