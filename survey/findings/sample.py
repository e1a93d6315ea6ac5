"""The folded answers behind a figure, agency by agency; read by a few statements, however many agencies and answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import Moments
from survey.findings.design import DesignSample, read_design
from survey.findings.own_tallies import read_own_tallies
from survey.findings.sums import MomentSum
from survey.models.editions import RATING_LEVELS, Method, Questionnaire
from survey.models.wave_days import last_day, months_between
from survey.queries.agencies import MonthTransactions, list_agencies, list_transactions
from survey.queries.responses import BEFORE_EVERYTHING, count_since, has_design
from survey.queries.tallies import Mark, MomentRow, Total
from survey.queries.waves import WaveRow

Levels = list[int]  # counts of "no opinion" and of 1 to 5


@dataclass(frozen=True, slots=True)
class Unit:
    """The answers to one agency.

    ``respondents`` are in the figures, ``stored`` count now.  ``transactions`` is N as far as it is known, and
    ``covers`` says whether it covers just the period of the answers; None where nothing is known.
    """

    agency_id: UUID
    respondents: int
    stored: int
    moments: Moments
    levels: Mapping[str, Levels]
    channels: Mapping[str, int]
    verified: int
    transactions: int | None
    covers: bool
    folded_until: date | None


@dataclass(frozen=True, slots=True)
class Sample:
    """Answers to the same questions by the same method; ``units`` in the order in which the agencies were named.

    ``design`` is the whole survey where it has strata, clusters or weights.
    """

    questionnaire: Questionnaire
    method: Method
    sample_kind: str
    units: tuple[Unit, ...]
    design: DesignSample | None = None

    def parts(self, groups: Iterable[Iterable[UUID]]) -> list[Sample]:
        """Return the parts given to groups of agencies, in their order."""
        units = {unit.agency_id: unit for unit in self.units}
        found = (tuple(units[key] for key in group if key in units) for group in groups)
        return [replace(self, units=part) for part in found]

    @property
    def answered(self) -> tuple[Unit, ...]:
        """Return the units with answers in the figures."""
        return tuple(unit for unit in self.units if unit.respondents)


@dataclass
class Cell:
    """One agency while it is added up."""

    sums: MomentSum
    levels: dict[str, Levels] = field(default_factory=dict)
    channels: Counter[str] = field(default_factory=Counter)
    verified: int = 0
    stored: int = 0
    marks: list[Mark] = field(default_factory=list)
    transactions: list[MonthTransactions] = field(default_factory=list)

    def add_moments(self, row: MomentRow) -> None:
        """Add the sums of a month, channel and kind of verification."""
        self.sums.add(row.n, row.sums, row.cross, row.answered)
        self.channels[row.channel] += row.n
        self.verified += row.n if row.verified else 0

    def add_total(self, total: Total) -> None:
        """Add all tallies of a wave at once."""
        self.sums.add(total.n, total.sums, total.cross, total.answered)
        self.channels.update(total.channels)
        self.verified += total.verified
        for item, counts in total.levels.items():
            held = self.levels.get(item)
            self.levels[item] = counts if held is None else [one + two for one, two in zip(held, counts, strict=True)]

    def add_levels(self, item: str, level: int, count: int) -> None:
        """Add how often an item was given a level."""
        self.levels.setdefault(item, [0] * (1 + len(RATING_LEVELS)))[level] += count

    def add_mark(self, mark: Mark) -> None:
        """Note how far a wave is folded, and how many answers of it were stored then and still are."""
        self.marks.append(mark)
        self.stored += mark.n - (0 if mark.erased_on else mark.stale)


def read_sample(
    session: Session,
    *,
    waves: Sequence[WaveRow],
    agency_ids: Sequence[UUID],
    questionnaire: Questionnaire,
    method: Method,
) -> Sample:
    """Read what the fold left of one or more waves that ask the same by the same method."""
    elements = len(questionnaire.elements)
    cells = _read_cells(session, [wave.id for wave in waves], agency_ids, elements)
    for wave in waves:
        since = {agency_id: _folded_until(cells[agency_id], wave) for agency_id in agency_ids}
        for agency_id, count in count_since(session, wave_id=wave.id, since=since).items():
            cells[agency_id].stored += count
    by_id = {wave.id: wave for wave in waves}
    units = tuple(unit_of(agency_id, cells[agency_id], by_id) for agency_id in agency_ids)
    return Sample(questionnaire, method, waves[0].sample_kind, units, _read_design(session, waves, questionnaire))


def _read_design(session: Session, waves: Sequence[WaveRow], questionnaire: Questionnaire) -> DesignSample | None:
    """Read the whole survey where it has a design, whatever part of it is asked for; counters never have one."""
    if waves[0].sample_kind == "self_selected":
        return None
    wave_ids = [wave.id for wave in waves]
    roots = list({wave.root_path for wave in waves})
    every = [agency.id for agency in list_agencies(session, paths=roots)]
    if not has_design(session, wave_ids=wave_ids, agency_ids=every):
        return None
    items = [item.code for item in questionnaire.items]
    return read_design(session, wave_ids=wave_ids, agency_ids=every, items=items)


def _read_cells(
    session: Session, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID], elements: int
) -> dict[UUID, Cell]:
    cells = {agency_id: Cell(MomentSum(elements)) for agency_id in agency_ids}
    read_own_tallies(session, lambda agency_id, _: cells[agency_id], wave_ids=wave_ids, agency_ids=agency_ids)
    for month in list_transactions(session, wave_ids=wave_ids, agency_ids=agency_ids):
        cells[month.agency_id].transactions.append(month)
    return cells


def _folded_until(cell: Cell, wave: WaveRow) -> date:
    return next((mark.folded_until for mark in cell.marks if mark.wave_id == wave.id), BEFORE_EVERYTHING)


def unit_of(agency_id: UUID, cell: Cell, waves: Mapping[UUID, WaveRow]) -> Unit:
    """Return an agency with what was added up of it in some waves."""
    folded = [mark for mark in cell.marks if mark.n]
    in_waves = {mark.wave_id for mark in folded} or set(waves)
    known = [month for month in cell.transactions if month.wave_id in in_waves]
    closed = all(waves[wave_id].state == "closed" for wave_id in in_waves)
    return Unit(
        agency_id=agency_id,
        respondents=sum(mark.n for mark in folded),
        stored=cell.stored,
        moments=cell.sums.moments,
        levels=cell.levels,
        channels=cell.channels,
        verified=cell.verified,
        transactions=sum(month.transactions for month in known) if known else None,
        covers=closed and bool(known) and _covers(known, [waves[wave_id] for wave_id in in_waves]),
        folded_until=max((mark.folded_until for mark in folded), default=None),
    )


def _covers(known: Sequence[MonthTransactions], waves: Sequence[WaveRow]) -> bool:
    """Return whether N is known of exactly the months in which the waves handed out forms."""
    needed = {(wave.id, month) for wave in waves for month in _months(wave)}
    return {(month.wave_id, month.month) for month in known} == needed


def _months(wave: WaveRow) -> list[str]:
    """List the months in which a wave handed out forms."""
    return months_between(wave.opens_on, last_day(wave))
