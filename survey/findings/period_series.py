"""The root of a summary over the periods: the series with its breaks, and what changed against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from analysis.self_selection import mix_effect, standardised_share
from survey.findings.agency import channel_counts
from survey.findings.figures import Figures, figures, index_estimate
from survey.findings.groups import Groups, channel_rows
from survey.findings.movement import NEW, change_of_one, not_comparable
from survey.findings.summary_parts import Period, breaks_between
from survey.findings.trend import VERDICT_WORDS, as_estimate, difference_of, mix_moved, said_of
from survey.findings.values import Change, FixedMix, PeriodFigures
from survey.queries.borders import Crossing

NO_RANK: Final = "not_comparable"
_FEWEST_CHANNELS: Final = 2

Told = tuple[Period, Figures]


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """What changed for the root; ``overall`` and ``elements`` are against the period before."""

    overall: Change
    elements: tuple[Change, ...]
    series: tuple[PeriodFigures, ...]
    fixed_mix: FixedMix | None


def compare_periods(
    session: Session,
    this: Period,
    whole: Figures,
    earlier: Sequence[Period],
    *,
    channels: Groups,
    crossings: Sequence[Crossing],
    path: str,
) -> PeriodChange:
    """Compare the root with itself in the earlier periods, oldest first.

    ``whole`` are its figures in this one, and ``channels`` what came to it by each.
    """
    days = [one.day for one in crossings if one.touches(path)]
    told = [*((period, figures(period.sample, with_items=False)) for period in earlier), (this, whole)]
    series = tuple(_point(told, at, days) for at in range(len(told)))
    return PeriodChange(
        overall=series[-1].change,
        elements=_elements(told, series[-1]),
        series=series,
        fixed_mix=_fixed_mix(session, told, channels) if series[-1].change.difference else None,
    )


def _point(told: Sequence[Told], at: int, borders: Sequence[date]) -> PeriodFigures:
    period, found = told[at]
    before = told[at - 1] if at else None
    breaks = breaks_between(before[0], period, borders) if before else ()
    counts = channel_counts(period.sample)
    return PeriodFigures(
        name=period.name,
        year=period.year,
        n=sum(unit.respondents for unit in period.sample.units),
        index=index_estimate(found.overall, period.sample.method),
        overall=found.overall,
        elements=tuple(element.measures for element in found.elements),
        channels=counts,
        breaks=breaks,
        channels_moved=before is not None and mix_moved(channel_counts(before[0].sample), counts),
        change=_change(before, period, found, comparable=not breaks),
    )


def _change(before: Told | None, period: Period, found: Figures, *, comparable: bool) -> Change:
    if before is None:
        return NEW
    method = period.sample.method
    return change_of_one(
        index_estimate(before[1].overall, before[0].sample.method),
        index_estimate(found.overall, method),
        comparable=comparable,
        share=method.statistic == "share",
    )


def _elements(told: Sequence[Told], last: PeriodFigures) -> tuple[Change, ...]:
    """Compare every element with itself in the period before; verdicts are held to Holm's rule over the elements."""
    this, whole = told[-1]
    if len(told) == 1:
        return (NEW,) * len(whole.elements)
    if last.breaks:
        # Another questionnaire may have other elements: nothing stands side by side.
        return (not_comparable(None),) * len(whole.elements)
    method = this.sample.method
    both = [
        (index_estimate(old.measures, method), index_estimate(new.measures, method))
        for old, new in zip(told[-2][1].elements, whole.elements, strict=True)
    ]
    differences = {
        place: difference_of(before, after, share=method.statistic == "share")
        for place, (before, after) in enumerate(both)
        if before is not None and after is not None
    }
    said = said_of(differences)
    return tuple(
        Change(before, as_estimate(differences[place], after.n), VERDICT_WORDS[said[place]], None, None, NO_RANK)
        if place in differences and after is not None
        else NEW
        if before is None
        else not_comparable(before)
        for place, (before, after) in enumerate(both)
    )


def _fixed_mix(session: Session, told: Sequence[Told], channels: Groups) -> FixedMix | None:
    """Take the change of the share apart, where both periods tell the same channels and there are several.

    Only of answers that are pooled: weighted by N, a whole is not the sum of its channels.
    """
    if any(found.weighting != "pooled" for _, found in told[-2:]):
        return None
    rows = [
        channel_rows(session, wave_ids=[wave.id for wave in period.waves], sample=period.sample, groups=groups)
        for (period, _), groups in zip(told[-2:], (None, channels), strict=True)
    ]
    old, new = ({row.member: row.measures.share_satisfied for row in each} for each in rows)
    earlier = {member: share for member, share in old.items() if share is not None}
    later = {member: share for member, share in new.items() if share is not None}
    if len(earlier) < _FEWEST_CHANNELS or len(earlier) < len(old) or not earlier.keys() == new.keys() == later.keys():
        return None
    effect = mix_effect(
        {member: (share.value, share.n) for member, share in earlier.items()},
        {member: (share.value, share.n) for member, share in later.items()},
    )
    level = told[-1][0].sample.method.confidence_level
    mix = {member: float(share.n) for member, share in earlier.items()}
    return FixedMix(standardised_share(later, mix, confidence_level=level), effect.within, effect.mix)
