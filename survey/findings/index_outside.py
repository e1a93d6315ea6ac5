"""Indexes of others for the units that are ours: places and movement, shown beside our own and never counted in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlalchemy.orm import Session

from analysis.outside_series import SeriesYear
from survey.findings.index_ranks import rank_series
from survey.findings.index_result_values import OutsideIndex
from survey.findings.names import wording
from survey.findings.values import AgencyName, Wording
from survey.models.index_sources import ExternalSeries, ExternalValue, ExternalYear
from survey.queries.index_results import list_series, list_series_values, list_series_years


def outside_indexes(
    session: Session, root: AgencyName, agencies: Sequence[AgencyName], *, until: int
) -> tuple[OutsideIndex, ...]:
    """Return every series that tells of the root or of an agency, up to a year.

    A unit is ours where it was tied to an agency, or bears its code or its very name.
    """
    found = []
    for series in list_series(session, root_id=root.id):
        years = [one for one in list_series_years(session, series.id) if one.year <= until]
        values = [one for one in list_series_values(session, series.id) if one.year <= until]
        names = _ours(values, [root, *agencies])
        if not names:
            continue
        name = wording(series.name, series.name_en)
        places = rank_series(name, _years(series, years, values), names, source=series.publisher)
        units = tuple(one for one in places.values() if one.steps)
        if units:
            source = years[-1].source
            found.append(OutsideIndex(series.code, name, series.publisher, series.unit, source, units))
    return tuple(found)


def _ours(values: Sequence[ExternalValue], agencies: Sequence[AgencyName]) -> Mapping[str, Wording]:
    by_key: dict[object, AgencyName] = {}
    for agency in agencies:
        by_key.update({agency.id: agency, agency.code: agency, agency.name.vi: agency, _plain(agency.name.vi): agency})
    names: dict[str, Wording] = {}
    for value in values:
        agency_found = by_key.get(value.agency_id) or by_key.get(value.unit) or by_key.get(value.unit_name)
        if agency_found is not None:
            names[value.unit] = agency_found.name
    return names


def _plain(name: str) -> str:
    """Return the name of a province as such tables write it, without what it is."""
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def _years(series: ExternalSeries, years: Sequence[ExternalYear], values: Sequence[ExternalValue]) -> list[SeriesYear]:
    own: dict[int, list[ExternalValue]] = {}
    for value in values:
        own.setdefault(value.year, []).append(value)
    return [
        SeriesYear(
            year=one.year,
            totals={value.unit: value.total for value in own.get(one.year, [])},
            dimensions={
                value.unit: {code: Fraction(part) if part else None for code, part in value.components.items()}
                for value in own.get(one.year, [])
            },
            codes=tuple(one.components),
            unit_set=one.unit_set,
            higher_is_better=series.higher_is_better,
        )
        for one in years
    ]
