"""A wave that never came about is deleted; one that anything rests on is not."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint, WaveTarget
from survey.services.audit import record
from survey.services.errors import WaveError
from survey.services.wave_checks import check_state


def delete_wave(session: Session, wave: Wave) -> None:
    """Delete a wave that was never opened, with the counters chosen, N and target that were set for it.

    Raises:
        WaveError: It was opened, or answers or printed sheets belong to it.

    """
    check_state(wave, "planned", to_do=("xoá", "deleted"))
    code, name, agency_id = wave.code, wave.name, wave.agency_id
    try:
        with session.begin_nested():
            for table in (WaveServicePoint, PopulationSize, WaveTarget):
                session.execute(delete(table).where(table.wave_id == wave.id))
            session.execute(delete(Wave).where(Wave.id == wave.id))
    except IntegrityError as error:
        # The database knows whatever else points to the wave: sheets that were printed, answers that were imported.
        raise WaveError(
            vi=f"Đợt {code} đã có phiếu hoặc tờ phiếu giấy đã in nên không xoá được; hãy mở rồi đóng đợt.",
            en=f"The wave {code} has answers or printed sheets and cannot be deleted; open it, then close it.",
        ) from error
    session.expunge(wave)
    record(session, "wave.deleted", subject=code, agency_id=agency_id, details={"name": name})
