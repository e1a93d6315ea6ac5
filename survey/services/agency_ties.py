"""What ties an agency to its dates and its place: decisions that are recorded, and figures that were added up."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServicePoint
from survey.models.agency_changes import AgencyChange, AgencyChangePart
from survey.models.fieldwork import PopulationSize, Wave, WaveServicePoint
from survey.models.responses import Response
from survey.models.tallies import BreakdownTally, FoldMark, LevelTally
from survey.services.errors import AgencyError


def check_end_is_free(session: Session, agency: Agency) -> None:
    """Refuse to set by hand the end of a body that a recorded change ends; a rename that was carried out ends nothing.

    Raises:
        AgencyError: where a change comes from it.

    """
    change = session.scalar(
        select(AgencyChange)
        .join(AgencyChangePart, AgencyChangePart.change_id == AgencyChange.id)
        .where(
            AgencyChangePart.from_agency_id == agency.id,
            or_(AgencyChange.kind != "rename", AgencyChange.carried_out_on.is_(None)),
        )
        .order_by(AgencyChange.effective_on)
        .limit(1)
    )
    if change is not None:
        day = f"{change.effective_on:%d/%m/%Y}"
        raise AgencyError(
            vi=f"“{agency.name}” có thay đổi đã ghi theo {change.decision}, hiệu lực {day}, nên không sửa ngày hết "
            "hiệu lực ở đây; hãy dùng “Thay đổi đơn vị” (trong tệp: để nguyên ngày đang lưu hoặc bỏ dòng này).",
            en=f"“{agency.name_en or agency.name}” has a recorded change ({change.decision}, effective {day}), so its "
            "end is not edited here; use “Changes of bodies” (in a file: keep the stored day or leave the line out).",
        )


def check_place_is_free(session: Session, agency: Agency) -> None:
    """Refuse to correct the place of what figures were added up by: closed waves would tell other totals.

    Raises:
        AgencyError: where anything at or below it has answers, tallies or N, or takes part in a wave.

    """
    below = select(Agency.id).where(Agency.path.startswith(agency.path, autoescape=True)).scalar_subquery()
    in_waves = (
        select(WaveServicePoint.wave_id)
        .join(ServicePoint, ServicePoint.id == WaveServicePoint.service_point_id)
        .where(or_(ServicePoint.agency_id.in_(below), ServicePoint.serves_agency_id.in_(below)))
    )
    carriers = (Response, LevelTally, BreakdownTally, FoldMark, PopulationSize, Wave)
    asked = [in_waves, *(select(each.agency_id).where(each.agency_id.in_(below)) for each in carriers)]
    if any(session.scalar(each.limit(1)) is not None for each in asked):
        raise AgencyError(
            vi=f"“{agency.name}” hoặc đơn vị bên dưới đã có phiếu, số liệu hoặc đợt khảo sát; đổi cấp trên như sửa lỗi "
            "ghi sẽ làm thay đổi số liệu các đợt đã đóng. Hãy ghi “Chuyển” với ngày hiệu lực ở “Thay đổi đơn vị”.",
            en=f"“{agency.name_en or agency.name}” or a body below it has answers, figures or a wave; another parent, "
            "like the correction of a slip, would change the figures of closed waves. Record a move with its day under "
            "“Changes of bodies”.",
        )
