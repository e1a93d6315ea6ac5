"""Which counters a wave hands out forms at: all below its agency, less those left out, more those that join later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, contains_eager

from survey.models.agencies import Agency, ServicePoint
from survey.models.fieldwork import Wave, WaveServicePoint
from survey.services.audit import Detail, record
from survey.services.errors import WaveError
from survey.services.wave_checks import check_state
from survey.services.waves import counters_to_open, give_counters


@dataclass(frozen=True, slots=True)
class Clash:
    """A counter that would hand out a wave's forms, and the other wave it hands out now."""

    counter: ServicePoint
    other: Wave


def find_clashes(session: Session, wave: Wave) -> list[Clash]:
    """List the counters of a planned wave that are in another wave that is open or paused, by agency and name."""
    wanted = {counter.id for counter in counters_to_open(session, wave)}
    rows = session.execute(
        select(ServicePoint, Wave)
        .join(WaveServicePoint, WaveServicePoint.service_point_id == ServicePoint.id)
        .join(Wave, Wave.id == WaveServicePoint.wave_id)
        .join(ServicePoint.agency)
        .options(contains_eager(ServicePoint.agency))
        .where(WaveServicePoint.is_open, Wave.id != wave.id)
        .order_by(Agency.sort_key, ServicePoint.sort_key, ServicePoint.id)
    )
    return [Clash(counter, other) for counter, other in rows if counter.id in wanted]


def join_counters(session: Session, wave: Wave, counters: Collection[ServicePoint]) -> int:
    """Let counters take part; where forms are handed out already they begin at once.  Return how many are new.

    Raises:
        WaveError: where the wave is closed, or a counter is retired, of another tree, or in another open wave.

    """
    check_state(wave, "planned", "open", "paused", to_do=("thêm quầy", "given a counter"))
    known = _rows(session, wave)
    if wave.state == "planned":
        if not known:
            # Nothing was ever left out: all take part already.
            return 0
        new = [counter for counter in counters if counter.id not in known]
        session.add_all(
            WaveServicePoint(wave_id=wave.id, service_point_id=counter.id, is_open=False) for counter in new
        )
    else:
        new = [counter for counter in counters if counter.id not in known or not known[counter.id].is_open]
        give_counters(session, wave, new)
    _record(session, wave, "wave.counters_joined", new)
    return len(new)


def leave_out_counters(session: Session, wave: Wave, counters: Collection[ServicePoint]) -> int:
    """Let counters take no part any more; forms they handed out still count.  Return how many left.

    Raises:
        WaveError: where the wave is closed, or no counter would be left.

    """
    check_state(wave, "planned", "open", "paused", to_do=("bớt quầy", "relieved of a counter"))
    leaving = {counter.id for counter in counters}
    if wave.state == "planned":
        taking_part = {counter.id for counter in counters_to_open(session, wave)}
        _refuse_none_left(wave, taking_part - leaving)
        if not _rows(session, wave):
            rows = [WaveServicePoint(wave_id=wave.id, service_point_id=key) for key in sorted(taking_part)]
            session.add_all(rows)
            session.flush()
        session.execute(delete(WaveServicePoint).where(*_of(wave, leaving)))
    else:
        taking_part = {key for key, row in _rows(session, wave).items() if row.is_open}
        _refuse_none_left(wave, taking_part - leaving)
        session.execute(update(WaveServicePoint).where(*_of(wave, leaving)).values(is_open=False))
    left = [counter for counter in counters if counter.id in taking_part]
    _record(session, wave, "wave.counters_left_out", left)
    return len(left)


def _rows(session: Session, wave: Wave) -> dict[UUID, WaveServicePoint]:
    rows = session.scalars(select(WaveServicePoint).where(WaveServicePoint.wave_id == wave.id))
    return {row.service_point_id: row for row in rows}


def _of(wave: Wave, counters: Collection[UUID]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return WaveServicePoint.wave_id == wave.id, WaveServicePoint.service_point_id.in_(list(counters))


def _refuse_none_left(wave: Wave, left: Collection[object]) -> None:
    if not left:
        raise WaveError(
            vi=f"Đợt {wave.code} cần ít nhất một quầy; hãy giữ lại một quầy, hoặc tạm dừng cả đợt.",
            en=f"The wave {wave.code} needs a counter; keep one, or pause the whole wave.",
        )


def _record(session: Session, wave: Wave, verb: str, counters: Sequence[ServicePoint]) -> None:
    if counters:
        names = [counter.name for counter in counters[:20]]
        details: dict[str, Detail] = {"counters": len(counters), "names": names}
        record(session, verb, subject=wave.code, agency_id=wave.agency_id, details=details)
