"""The waves of one agency, one after the other: what changed, and where nothing may be compared.

Verdicts are for closed waves only, once the last late answer is folded: looking every day until something is
significant is not offered.  All verdicts of a trend are one family and held together by Holm's rule, and so are those
of its elements.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.comparison import independent_difference, newcombe, verdict
from analysis.multiplicity import holm
from analysis.results import Difference, Estimate
from analysis.results import Verdict as Said
from survey.findings.agency import channel_counts
from survey.findings.errors import FindingsError
from survey.findings.figures import Figures, figures, index_estimate
from survey.findings.forms import forms_of
from survey.findings.names import agency_name, wave_name
from survey.findings.sample import Sample
from survey.findings.series import read_series
from survey.findings.trend_values import AgencyTrend, ElementChange, TrendPoint, Verdict
from survey.findings.values import Count
from survey.models.wave_days import is_final
from survey.queries.agencies import AgencyRow, get_agency, list_agencies
from survey.queries.borders import list_border_days
from survey.queries.waves import WaveRow, list_waves

Key = TypeVar("Key", bound=Hashable)

MOST_WAVES: Final = 8
# Half the sum of the differences of the shares of the channels: as much as a fifth of the answers came another way.
MIX_MOVED: Final = 0.2
VERDICT_WORDS: Final = {
    Said.IMPROVED: "improved",
    Said.DECLINED: "declined",
    Said.NO_EVIDENCE: "no_evidence",
    Said.NOT_COMPARABLE: "not_comparable",
}


@dataclass(frozen=True, slots=True)
class _Point:
    """One wave before it is compared: ``form`` names what it asks."""

    wave: WaveRow
    form: str
    sample: Sample
    figures: Figures
    index: Estimate | None
    is_final: bool

    @property
    def is_closed(self) -> bool:
        return self.wave.state == "closed"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A point, the one it may be compared with, and otherwise why it may not be compared with the one before it."""

    point: _Point
    against: _Point | None
    joined: bool
    breaks: tuple[str, ...]
    is_first: bool


def agency_trend(session: Session, *, agency_id: UUID, today: date) -> AgencyTrend:
    """Make the trend of an agency and everything below it; reads tallies, by a few statements.

    Raises:
        FindingsError: There is no such agency.

    """
    agency = get_agency(session, agency_id=agency_id)
    if agency is None:
        raise FindingsError(
            vi="Không có đơn vị này; hãy chọn lại từ danh sách.",
            en="There is no such agency; choose again from the list.",
        )
    waves = [wave for wave in list_waves(session, agency_id=agency_id) if _was_there(agency, wave)]
    shown = sorted(waves[:MOST_WAVES], key=lambda wave: (wave.opens_on, wave.closes_on, wave.code))
    points = _points(session, agency, shown, today)
    borders = list_border_days(session, path=agency.path)
    pairs = [_pair(points, place, borders) for place in range(len(points))]
    changes = _changes(pairs)
    elements, pair = _elements(pairs)
    methods = [point.sample.method for point in points]
    return AgencyTrend(
        agency=agency_name(agency),
        points=tuple(_shown(pair, change) for pair, change in zip(pairs, changes, strict=True)),
        elements=elements,
        elements_of=wave_name(pair.point.wave) if pair else None,
        elements_against=wave_name(pair.against.wave) if pair and pair.against else None,
        confidence_level=methods[-1].confidence_level if methods else 0.95,
        smallest_n=methods[-1].smallest_n_shown if methods else 0,
        comparisons=sum(change.difference is not None for change in changes),
        element_comparisons=sum(element.change.difference is not None for element in elements),
        earlier=len(waves) - len(shown),
    )


def difference_of(before: Estimate, after: Estimate, *, share: bool) -> Difference:
    """Compare two independent estimates of an index."""
    return newcombe(earlier=before, later=after) if share else independent_difference(earlier=before, later=after)


def as_estimate(difference: Difference, n: int) -> Estimate:
    """Return a difference as what pages print: with its interval, and the n of the later figure."""
    return Estimate(
        value=difference.value,
        ci=difference.ci,
        standard_error=difference.standard_error,
        n=n,
        confidence_level=difference.confidence_level,
        method=difference.method,
    )


def said_of(differences: Mapping[Key, Difference]) -> dict[Key, Said]:
    """Say what each of a family of differences is, held together by Holm's rule."""
    adjusted = holm([difference.p_value for difference in differences.values()]).tolist() if differences else []
    return {
        place: verdict(difference, p_adjusted=p_value)
        for (place, difference), p_value in zip(differences.items(), adjusted, strict=True)
    }


def mix_moved(before: Sequence[Count], after: Sequence[Count]) -> bool:
    """Tell whether the answers of two periods came by other channels."""
    one, two = ({count.code: count.count for count in counts} for counts in (before, after))
    sizes = sum(one.values()), sum(two.values())
    if not all(sizes):
        return False
    apart = sum(abs(one.get(code, 0) / sizes[0] - two.get(code, 0) / sizes[1]) for code in one.keys() | two.keys())
    return apart / 2 > MIX_MOVED


def _was_there(agency: AgencyRow, wave: WaveRow) -> bool:
    return wave.closes_on >= agency.valid_from and (agency.valid_to is None or wave.opens_on < agency.valid_to)


def _points(session: Session, agency: AgencyRow, waves: Sequence[WaveRow], today: date) -> list[_Point]:
    below = [row.id for row in list_agencies(session, paths=[agency.path])]
    form_of = {wave.id: form for form, group in forms_of(session, waves).items() for wave in group}
    points = []
    for wave, sample in zip(waves, read_series(session, waves=waves, agency_ids=below), strict=True):
        found = figures(sample, with_items=False)
        index = index_estimate(found.overall, sample.method)
        points.append(_Point(wave, form_of[wave.id], sample, found, index, is_final(wave, today)))
    return points


def _pair(points: Sequence[_Point], place: int, borders: Sequence[date]) -> _Pair:
    point = points[place]
    earlier = [one for one in points[:place] if one.is_final]
    fitting = (one for one in reversed(earlier) if one.index is not None and not _breaks(one, point, borders))
    against = next(fitting, None)
    breaks = _breaks(earlier[-1], point, borders) if earlier and against is None else ()
    joined = against is not None and against is points[place - 1]
    return _Pair(point, against, joined, breaks, is_first=not earlier)


def _breaks(before: _Point, after: _Point, borders: Sequence[date]) -> tuple[str, ...]:
    """Return why two waves cannot be compared; nothing where they can."""
    found = {
        "questionnaire": before.form != after.form,
        "method": before.wave.method_edition_id != after.wave.method_edition_id,
        "sample": before.wave.sample_kind != after.wave.sample_kind,
        "unit": any(before.wave.opens_on < day <= after.wave.closes_on for day in borders),
    }
    return tuple(name for name, is_so in found.items() if is_so)


def _changes(pairs: Sequence[_Pair]) -> list[Verdict]:
    differences = {
        place: difference
        for place, pair in enumerate(pairs)
        if pair.point.is_final and (difference := _difference(pair)) is not None
    }
    said = said_of(differences)
    return [
        Verdict(as_estimate(differences[place], pair.point.index.n), VERDICT_WORDS[said[place]])
        if place in differences and pair.point.index is not None
        else Verdict(None, _why_not(pair))
        for place, pair in enumerate(pairs)
    ]


def _difference(pair: _Pair) -> Difference | None:
    before, after = pair.against.index if pair.against else None, pair.point.index
    if before is None or after is None:
        return None
    return difference_of(before, after, share=pair.point.sample.method.statistic == "share")


def _why_not(pair: _Pair) -> str:
    if not pair.point.is_final:
        return "late" if pair.point.is_closed else "open"
    if pair.point.index is None:
        return "too_few"
    return "not_comparable" if pair.breaks else "new"


def _elements(pairs: Sequence[_Pair]) -> tuple[tuple[ElementChange, ...], _Pair | None]:
    """Compare the elements of the latest closed wave that can be compared."""
    known = [pair for pair in pairs if pair.point.is_final and pair.against is not None and pair.point.index]
    if not known or known[-1].against is None:
        return (), None
    pair = known[-1]
    method = pair.point.sample.method
    both = [
        (new.name, index_estimate(old.measures, method), index_estimate(new.measures, method))
        for old, new in zip(known[-1].against.figures.elements, pair.point.figures.elements, strict=True)
    ]
    differences = {
        place: difference_of(before, after, share=method.statistic == "share")
        for place, (_, before, after) in enumerate(both)
        if before is not None and after is not None
    }
    said = said_of(differences)
    return tuple(
        ElementChange(
            name,
            before,
            after,
            Verdict(as_estimate(differences[place], after.n), VERDICT_WORDS[said[place]])
            if place in differences and after is not None
            else Verdict(None, "too_few"),
        )
        for place, (name, before, after) in enumerate(both)
    ), pair


def _shown(pair: _Pair, change: Verdict) -> TrendPoint:
    point = pair.point
    counts = channel_counts(point.sample)
    moved = pair.against is not None and mix_moved(channel_counts(pair.against.sample), counts)
    return TrendPoint(
        wave=wave_name(point.wave),
        is_closed=point.is_closed,
        index=point.index,
        overall=point.figures.overall,
        channels=counts,
        breaks=pair.breaks,
        against=wave_name(pair.against.wave) if pair.against else None,
        joined=pair.joined,
        channels_moved=moved,
        change=change,
    )
