"""Which edition a counter hands out: a wave asks one edition, so another edition is a wave beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import ServicePoint
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.identifiers import new_id
from survey.models.questionnaire import QuestionnaireEdition
from survey.services.errors import WaveError
from survey.services.names import LONGEST_CODE, LONGEST_NAME
from survey.services.wave_checks import STATE_NAMES


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice did: counters that moved, the waves they are in now, and whether N must be entered anew."""

    moved: int
    waves: tuple[Wave, ...]
    has_population_sizes: bool


def choose_edition(session: Session, edition: QuestionnaireEdition, *, counters: Collection[ServicePoint]) -> Choice:
    """Let counters hand out another edition from now on; forms handed out before count where they belong.

    Each counter moves to the wave beside its own: the same agency, days, method and index year, asking the edition.
    It is found or made, and it is open or paused as the first one is.  A counter that asks the edition already stays,
    and so does one that is in no wave.

    Raises:
        WaveError: where the edition is a draft, no counter is in a wave that hands out forms, or the wave beside is
            closed.

    """
    if edition.published_on is None:
        name = f"{edition.questionnaire}/{edition.edition}"
        raise WaveError(
            vi=f"Phiếu {name} còn là bản nháp; hãy công bố phiếu trước khi chọn.",
            en=f"The edition {name} is still a draft; publish it before choosing it.",
        )
    waves = _open_waves(session, counters)
    moving = {counter: wave for counter, wave in waves.items() if wave.questionnaire_edition_id != edition.id}
    beside = {wave: _wave_beside(session, wave, edition) for wave in dict.fromkeys(moving.values())}
    try:
        with session.begin_nested():
            for counter, wave in moving.items():
                _move(session, counter, wave, beside[wave])
    except IntegrityError as error:
        raise WaveError(
            vi="Một quầy vừa được chuyển sang đợt khác; hãy tải lại trang rồi chọn lại.",
            en="One of the counters has just moved to another wave; load the page again and choose again.",
        ) from error
    has_sizes = select(PopulationSize.id).where(PopulationSize.wave_id.in_([wave.id for wave in beside])).limit(1)
    return Choice(len(moving), tuple(beside.values()), session.scalar(has_sizes) is not None)


def _open_waves(session: Session, counters: Collection[ServicePoint]) -> dict[ServicePoint, Wave]:
    by_id = {counter.id: counter for counter in counters}
    rows = session.scalars(
        select(WaveServicePoint)
        .join(Wave, Wave.id == WaveServicePoint.wave_id)
        .where(
            WaveServicePoint.service_point_id.in_(by_id), WaveServicePoint.is_open, Wave.state.in_(("open", "paused"))
        )
    )
    found = {by_id[row.service_point_id]: row.wave for row in rows}
    if not found:
        names = ", ".join(f"“{counter.name}”" for counter in counters) or "–"
        raise WaveError(
            vi=f"Không quầy nào ({names}) ở trong đợt đang phát phiếu; hãy mở một đợt trước.",
            en=f"None of the counters ({names}) is in a wave that hands out forms; open a wave first.",
        )
    return found


def _wave_beside(session: Session, wave: Wave, edition: QuestionnaireEdition) -> Wave:
    found = session.scalar(
        select(Wave).where(
            Wave.agency_id == wave.agency_id,
            Wave.questionnaire_edition_id == edition.id,
            Wave.method_edition_id == wave.method_edition_id,
            Wave.sample_kind == wave.sample_kind,
            Wave.index_year == wave.index_year,
            Wave.opens_on == wave.opens_on,
        )
    )
    if found is None:
        return _add_wave_beside(session, wave, edition)
    if found.state in {"planned", "closed"}:
        vi, en = STATE_NAMES[found.state]
        raise WaveError(
            vi=f"Đợt {found.code}, hỏi phiếu này bên cạnh đợt {wave.code}, {vi}; hãy mở đợt đó hoặc lập đợt mới.",
            en=f"The wave {found.code}, which asks this edition beside {wave.code}, is {en}; open it or plan another.",
        )
    # The first one may have been extended since.
    found.closes_on = max(found.closes_on, wave.closes_on)
    return found


def _add_wave_beside(session: Session, wave: Wave, edition: QuestionnaireEdition) -> Wave:
    titles = edition.content["title"]
    mark = f" · {edition.questionnaire}/{edition.edition}"
    code = f"{wave.code}{mark.replace(' · ', '-').replace('/', '-')}"
    if len(code) > LONGEST_CODE or session.scalar(select(Wave.id).where(Wave.code == code)):
        code = f"{wave.code[: LONGEST_CODE - 9]}-{new_id().hex[-8:]}"
    room = LONGEST_NAME - len(mark)
    beside = Wave(
        id=new_id(),
        code=code,
        name=f"{wave.name} – {titles['vi']}"[:room] + mark,
        name_en=f"{wave.name_en} – {titles['en']}"[:room] + mark if wave.name_en else None,
        agency_id=wave.agency_id,
        questionnaire_edition_id=edition.id,
        method_edition_id=wave.method_edition_id,
        sample_kind=wave.sample_kind,
        index_year=wave.index_year,
        state=wave.state,
        opens_on=wave.opens_on,
        closes_on=wave.closes_on,
    )
    session.add(beside)
    session.flush()
    return beside


def _move(session: Session, counter: ServicePoint, wave: Wave, beside: Wave) -> None:
    session.execute(
        update(WaveServicePoint)
        .where(WaveServicePoint.wave_id == wave.id, WaveServicePoint.service_point_id == counter.id)
        .values(is_open=False)
    )
    row = session.get(WaveServicePoint, (beside.id, counter.id))
    if row is None:
        session.add(WaveServicePoint(wave_id=beside.id, service_point_id=counter.id, is_open=True))
    else:
        row.is_open = True
    session.flush()
