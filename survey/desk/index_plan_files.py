"""Road maps to take away, in every format; what draws is loaded when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from survey.db import db
from survey.desk.documents import FORMATS
from survey.web.audit import record_download
from survey.web.language import current_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from survey.findings.index_plan_values import AimStanding, PlanOverview, RoadMap
    from survey.rendering.blocks import Report, Table

PLAN_FORMATS = {ending: one for ending, one in FORMATS.items() if ending != "json"}


def road_map_file(plan: RoadMap, standing: AimStanding | None, ending: str) -> ResponseReturnValue:
    """Give an agency's road map as a document; the ledger keeps who took it."""
    from survey.rendering.index_plan_report import road_map_report, road_map_tables  # noqa: PLC0415 -- see the title

    language = current_language()
    report, tables = road_map_report(plan, standing, language), road_map_tables(plan, language)
    stem = f"hai-long-lo-trinh-{plan.agency.code}-{plan.year}"
    return _given(stem, ending, plan.agency.id, report, tables, [plan])


def overview_file(overview: PlanOverview, ending: str) -> ResponseReturnValue:
    """Give the road maps of a round's agencies as a document; the ledger keeps who took it."""
    from survey.rendering.index_plan_report import overview_report, overview_tables  # noqa: PLC0415 -- likewise

    language = current_language()
    report, tables = overview_report(overview, language), overview_tables(overview, language)
    stem = f"hai-long-lo-trinh-{overview.round_code}-{overview.year}"
    return _given(stem, ending, overview.root.id, report, tables, [line.road_map for line in overview.lines])


def _given(
    stem: str, ending: str, agency_id: UUID, report: Report, tables: Mapping[str, Table], plans: Sequence[RoadMap]
) -> ResponseReturnValue:
    if ending not in PLAN_FORMATS:
        raise NotFound
    name = f"{stem}.{ending}"
    record_download(name, agency_id=agency_id)
    # Drawing takes longer than reading; the connection is free for others meanwhile.
    db.session.close()
    response = flask.Response(_made(ending, report, tables, plans), mimetype=PLAN_FORMATS[ending].mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _made(ending: str, report: Report, tables: Mapping[str, Table], plans: Sequence[RoadMap]) -> bytes:
    from survey.rendering.docx import report_docx  # noqa: PLC0415 -- likewise
    from survey.rendering.index_plan_csv import index_plan_csv  # noqa: PLC0415 -- likewise
    from survey.rendering.pdf import report_pdf  # noqa: PLC0415 -- likewise
    from survey.rendering.xlsx import report_xlsx  # noqa: PLC0415 -- likewise

    if ending == "pdf":
        return report_pdf(report)
    if ending == "docx":
        return report_docx(report)
    if ending == "xlsx":
        return report_xlsx(report, tables)
    return index_plan_csv(plans, report.language, excel_vietnam=ending == "excel.csv")
