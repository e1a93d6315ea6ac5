"""The figures of a body over the years: as it was, or converted to today's map.

A body that was made by a merger has no figure of its own before it.  Its baseline is made from its parts, weighted by
their N of finished transactions where all are known, else by their answers, and marked "số liệu quy đổi".  Where a part
has no figure, or only a part of another body went over, nothing is converted.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.errors import FindingsError
from survey.findings.history_figures import FigureReader
from survey.findings.history_values import AgencyHistory, View
from survey.findings.lineage import fieldwork_as_was, fieldwork_on_todays_map, read_lineage
from survey.findings.names import agency_name


def history_of(session: Session, *, agency_id: UUID, view: View = "today") -> AgencyHistory:
    """Make the history of an agency from the tallies of every wave that reached it or a body that went into it.

    ``"as_was"`` has a line for each body and wave, under the name of the time; ``"today"`` one for each wave, or for
    those of a year that reached all parts only together.

    Raises:
        FindingsError: There is no such agency.

    """
    lineage = read_lineage(session, agency_id=agency_id)
    if lineage is None:
        raise FindingsError(
            vi="Không có đơn vị này; hãy chọn lại từ danh sách.",
            en="There is no such agency; choose again from the list.",
        )
    today = view == "today"
    listed = fieldwork_on_todays_map(session, lineage) if today else fieldwork_as_was(session, lineage)
    reader = FigureReader(session, lineage if today else lineage.as_it_was)
    lines = [line for each in listed if (line := reader.line(each)) is not None]
    lines.sort(key=lambda line: (line.waves[0].opens_on, line.agency.code), reverse=True)
    return AgencyHistory(agency_name(lineage.present), view, tuple(lines))
