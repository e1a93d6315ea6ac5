"""One alert a day about a counter at which much looks like one hand; excluding stays with people."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.db import insert_on_conflict
from survey.models.responses import IntakeAlert
from survey.models.wave_days import DAYS_FOR_LATE_ANSWERS
from survey.queries.agencies import list_agencies
from survey.queries.intake_alerts import DayAtCounter, count_flags
from survey.queries.waves import list_all_waves

KINDS: Final = ("burst", "outside_hours", "repeated_pattern")
# A flag is told only where so many answers of the month carry it, and so large a share of the month's answers.
# Citizens rightly answer at home in the evening, so that only most of them outside the hours stand out.
FEWEST: Final = 10
LEAST_SHARE: Final = {"burst": 0.1, "outside_hours": 0.5, "repeated_pattern": 0.1}
DAYS_TO_CATCH_UP: Final = 7
# Lower ends of the bands in which counts are kept, so that nobody sees one answer come or go.
BANDS: Final = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_AGENCIES_AT_ONCE: Final = 500


def band(count: int) -> int:
    """Return the lower end of the band of a count, 0 below ten."""
    place = bisect_right(BANDS, count)
    return BANDS[place - 1] if place else 0


def band_end(lower: int) -> int | None:
    """Return the largest count of a band, None for the last one."""
    place = bisect_right(BANDS, lower)
    return BANDS[place] - 1 if place < len(BANDS) else None


def find_alerts(session: Session, *, today: date) -> list[dict[str, Any]]:
    """Find what is to be told about the last days before ``today``, as rows for ``raise_alerts``; changes nothing."""
    first_new, last = today - timedelta(days=DAYS_TO_CATCH_UP), today - timedelta(days=1)
    months: dict[tuple[UUID, UUID, str], list[DayAtCounter]] = defaultdict(list)
    for day in _days(session, first_new.replace(day=1), last):
        months[day.agency_id, day.service_point_id, f"{day.day:%Y-%m}"].append(day)
    alerts = (alert for days in months.values() for alert in _alerts_of_month(days))
    return [alert for alert in alerts if alert["day"] >= first_new]


def raise_alerts(session: Session, alerts: list[dict[str, Any]]) -> None:
    """Keep alerts that were found; one that stands is never changed.  The caller commits."""
    if alerts:
        statement = insert_on_conflict(session.get_bind().dialect.name, IntakeAlert)
        keys = ["agency_id", "service_point_id", "day"]
        session.connection().execute(statement.on_conflict_do_nothing(index_elements=keys), alerts)


def _days(session: Session, first: date, last: date) -> Iterator[DayAtCounter]:
    """Yield what came in a day at a counter, once for every wave and group of agencies that it went to."""
    for wave in list_all_waves(session):
        if wave.closes_on < first - timedelta(days=DAYS_FOR_LATE_ANSWERS) or wave.opens_on > last:
            continue
        ids = [agency.id for agency in list_agencies(session, paths=[wave.root_path])]
        for start in range(0, len(ids), _AGENCIES_AT_ONCE):
            yield from count_flags(
                session,
                wave_id=wave.id,
                agency_ids=ids[start : start + _AGENCIES_AT_ONCE],
                first_day=first,
                last_day=last,
            )


def _alerts_of_month(days: Sequence[DayAtCounter]) -> Iterator[dict[str, Any]]:
    """Yield an alert for every day that brought more of what by then stands out in the counter's month."""
    so_far = dict.fromkeys(("answers", *KINDS), 0)
    for today in sorted({day.day for day in days}):
        came = {name: sum(getattr(day, name) for day in days if day.day == today) for name in so_far}
        so_far = {name: count + came[name] for name, count in so_far.items()}
        told = {kind: band(so_far[kind]) if came[kind] and _stands_out(kind, so_far) else 0 for kind in KINDS}
        if any(told.values()):
            counter = {"agency_id": days[0].agency_id, "service_point_id": days[0].service_point_id}
            yield {**counter, "day": today, "answers": band(so_far["answers"]), **told}


def _stands_out(kind: str, so_far: dict[str, int]) -> bool:
    return so_far[kind] >= max(FEWEST, LEAST_SHARE[kind] * so_far["answers"])
