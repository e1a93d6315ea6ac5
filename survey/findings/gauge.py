"""How far a wave has come: answers so far, participation, margin of the last fold, and what is missing of a target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.sample_size import SampleSize, sample_size
from survey.findings.figures import figures
from survey.findings.names import agency_name
from survey.findings.sample import Sample, read_sample
from survey.findings.values import AgencyName
from survey.models.editions import Method, Questionnaire
from survey.models.wave_days import last_day, months_between
from survey.queries.agencies import AgencyRow
from survey.queries.gauge import (
    KnownSize,
    count_counters_serving,
    count_folded_by_month,
    list_known_sizes,
    sum_metered,
)
from survey.queries.responses import BEFORE_EVERYTHING, count_since
from survey.queries.tallies import list_marks
from survey.queries.wave_desk import get_target
from survey.queries.waves import WaveRow, get_editions

DAYS_OF_PACE: Final = 14
SMALLEST_SHOWN: Final = 10
# Nothing is known of the share beforehand: of one half the sample must be largest.
ASSUMED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Target:
    """The margin either way and what is assumed, shares as 0–1."""

    margin: float
    design_effect: float
    participation: float
    confidence_level: float


@dataclass(frozen=True, slots=True)
class Size:
    """N as far as it is known: of so many of the wave's months, the last of them, and the day it was last set.

    ``whole`` is N of all months of the wave, put in proportion where some are not known yet.
    """

    known: int
    months: tuple[str, ...]
    of_months: int
    set_on: date | None

    @property
    def whole(self) -> int:
        """Return N of the whole wave at the rate of the months that are known."""
        return max(1, round(self.known * self.of_months / len(self.months)))

    @property
    def is_projected(self) -> bool:
        """Return whether months are missing."""
        return len(self.months) < self.of_months


@dataclass(frozen=True, slots=True)
class Rate:
    """Folded answers of the months whose N is known, over that N; ``share`` is None below ten answers and above N."""

    answers: int
    size: int
    share: float | None

    @property
    def is_above(self) -> bool:
        """Return whether more people answered than had a transaction: answers given twice, or a wrong N."""
        return self.answers > self.size


@dataclass(frozen=True, slots=True)
class GaugeRow:
    """One agency in a wave.  ``answers`` is live; what comes below it is filled in for the page that is shown.

    ``margin`` is the longer arm of the interval of the share satisfied, as of ``folded_until``; None below ten answers.
    ``pace`` is answers a day over the last fourteen days at the counters that serve the agency, or since the wave began
    where it has no counter of its own; ``reached_on`` is the day on which the target is met at that.
    """

    agency: AgencyName
    path: str
    sort_key: str
    counters: int
    answers: int
    size: Size | None
    target: SampleSize | None
    folded_until: date | None
    ended_on: date | None
    rate: Rate | None = None
    margin: float | None = None
    pace: float | None = None
    reached_on: date | None = None

    @property
    def needed(self) -> int | None:
        """Return how many more answers the target takes; None without a target."""
        return max(0, self.target.n - self.answers) if self.target else None


@dataclass(frozen=True, slots=True)
class Total:
    """The agencies of a list together: counts only."""

    agencies: int
    answers: int
    size: int | None
    without_size: int
    needed: int | None
    reached: int


def target_of_wave(session: Session, *, wave_id: UUID) -> Target | None:
    """Return the target of a wave at the confidence level of its method; None where nobody has set one."""
    target = get_target(session, wave_id)
    if target is None:
        return None
    method = Method.from_content(get_editions(session, wave_id=wave_id).method)
    return Target(target.margin, target.design_effect, target.participation, method.confidence_level)


def gauge_rows(
    session: Session, *, wave: WaveRow, agencies: Sequence[AgencyRow], target: Target | None, today: date
) -> list[GaugeRow]:
    """Return those of the agencies that take part, in their order: they have counters, answers or N in the wave.

    A body that has ended by ``today`` keeps its answers and its N, and has no target: nobody rates it any more.

    A few statements, however many agencies and answers: folded answers are read from their marks, and only what came
    since the last fold is counted.
    """
    ids = [agency.id for agency in agencies]
    marks = {mark.agency_id: mark for mark in list_marks(session, wave_ids=[wave.id], agency_ids=ids, own=True)}
    since = {key: marks[key].folded_until if key in marks else BEFORE_EVERYTHING for key in ids}
    new = count_since(session, wave_id=wave.id, since=since)
    counters = count_counters_serving(session, wave_id=wave.id)
    sizes = _sizes(wave, list_known_sizes(session, wave_id=wave.id, agency_ids=ids))
    rows = []
    for agency in agencies:
        mark, size = marks.get(agency.id), sizes.get(agency.id)
        has_ended = agency.valid_to is not None and agency.valid_to <= today
        folded = mark.n - (0 if mark.erased_on else mark.stale) if mark else 0
        answers = folded + new.get(agency.id, 0)
        if not answers and not size and (has_ended or agency.id not in counters):
            continue
        rows.append(
            GaugeRow(
                agency=agency_name(agency),
                path=agency.path,
                sort_key=agency.sort_key,
                counters=counters.get(agency.id, 0),
                answers=answers,
                size=size,
                target=_planned(target, size.whole if size else None) if target and not has_ended else None,
                folded_until=mark.folded_until if mark and mark.n else None,
                ended_on=agency.valid_to,
            )
        )
    return rows


def total_of(rows: Sequence[GaugeRow]) -> Total:
    """Add up what a list of agencies says."""
    sizes = [row.size.known for row in rows if row.size]
    needed = [row.needed for row in rows if row.needed is not None]
    return Total(
        agencies=len(rows),
        answers=sum(row.answers for row in rows),
        size=sum(sizes) if sizes else None,
        without_size=len(rows) - len(sizes),
        needed=sum(needed) if needed else None,
        reached=sum(each == 0 for each in needed),
    )


def fill_in(session: Session, rows: Sequence[GaugeRow], *, wave: WaveRow, today: date) -> list[GaugeRow]:
    """Add to the rows of a page what is read for them alone: rate, margin, pace and the day of the target."""
    ids = [row.agency.id for row in rows]
    if not ids:
        return []
    by_month = count_folded_by_month(session, wave_id=wave.id, agency_ids=ids)
    margins = _margins(session, wave, ids)
    first_day = max(today - timedelta(days=DAYS_OF_PACE), wave.opens_on)
    days = (today - first_day).days
    metered = sum_metered(
        session, wave_id=wave.id, agency_ids=ids, first_day=first_day, last_day=today - timedelta(days=1)
    )
    filled = []
    for row in rows:
        pace = None
        if wave.state == "open" and days > 0:
            since_it_began = row.answers / (today - wave.opens_on).days
            pace = metered.get(row.agency.id, 0) / days if row.counters else since_it_began
        filled.append(
            replace(
                row,
                rate=_rate(row, by_month),
                margin=margins.get(row.agency.id),
                pace=pace,
                reached_on=_reached(row.needed, pace, today),
            )
        )
    return filled


def _sizes(wave: WaveRow, known: Sequence[KnownSize]) -> dict[UUID, Size]:
    by_agency: dict[UUID, list[KnownSize]] = defaultdict(list)
    for each in known:
        by_agency[each.agency_id].append(each)
    of_months = len(months_of(wave))
    return {
        key: Size(
            known=sum(each.transactions for each in found),
            months=tuple(sorted(each.month for each in found)),
            of_months=max(of_months, len(found)),
            set_on=max((each.set_on for each in found if each.set_on), default=None),
        )
        for key, found in by_agency.items()
    }


def months_of(wave: WaveRow) -> list[str]:
    """Return the months in which a wave hands out forms, or did, as in "2026-11"."""
    last = last_day(wave)
    return months_between(wave.opens_on, last)


@lru_cache(maxsize=4096)
def _planned(target: Target, population: int | None) -> SampleSize:
    return sample_size(
        margin=target.margin,
        confidence_level=target.confidence_level,
        share=ASSUMED_SHARE,
        design_effect=target.design_effect,
        population_size=population,
        response_rate=target.participation,
    )


def _rate(row: GaugeRow, by_month: Mapping[tuple[UUID, str], int]) -> Rate | None:
    if row.size is None:
        return None
    answers = sum(by_month.get((row.agency.id, month), 0) for month in row.size.months)
    is_shown = SMALLEST_SHOWN <= answers <= row.size.known
    return Rate(answers, row.size.known, answers / row.size.known if is_shown else None)


def _margins(session: Session, wave: WaveRow, ids: Sequence[UUID]) -> dict[UUID, float]:
    editions = get_editions(session, wave_id=wave.id)
    sample = read_sample(
        session,
        waves=[wave],
        agency_ids=ids,
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    parts = zip(ids, sample.parts([key] for key in ids), strict=True)
    found = {key: _margin(part) for key, part in parts}
    return {key: margin for key, margin in found.items() if margin is not None}


def _margin(sample: Sample) -> float | None:
    if not sample.answered:
        return None
    share = figures(sample, with_items=False).overall.share_satisfied
    return None if share is None else max(share.value - share.ci.low, share.ci.high - share.value)


def _reached(needed: int | None, pace: float | None, today: date) -> date | None:
    if not needed or not pace:
        return None
    return today + timedelta(days=min(ceil(needed / pace), 3650))
