"""The road maps of all agencies of a round beside each other, for who runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import flask
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_findings import telling_findings
from survey.desk.index_plan_files import PLAN_FORMATS, overview_file
from survey.findings.index_plan_values import PlanLine
from survey.findings.index_plans import plan_overview, plan_year
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.sort_key import sort_key
from survey.queries.index_plans import list_plan_years
from survey.rendering.index_plan_words import aim_words, lacking_words
from survey.web.access import round_manager
from survey.web.filters import words
from survey.web.language import current_language
from survey.web.lists import Column, list_of

if TYPE_CHECKING:
    from survey.findings.index_plan_values import PlanOverview


def _lacking(line: PlanLine) -> object:
    parts = (line.standing.lacking_rank, line.standing.lacking_points) if line.standing else ()
    known = [one for one in parts if one is not None]
    return max(known) if known else None


_YEARS_AROUND: Final = 50
COLUMNS: Final[tuple[Column[PlanLine], ...]] = (
    Column("name", _("Cơ quan"), by=lambda line: sort_key(line.road_map.agency.name.vi)),
    Column("tasks", _("Số việc"), by=lambda line: len(line.road_map.alive), is_number=True),
    Column("done", _("Đã xong"), by=lambda line: len(line.road_map.done), is_number=True),
    Column("overdue", _("Quá hạn"), by=lambda line: line.road_map.overdue, is_number=True),
    Column("expected", _("Điểm kỳ vọng"), by=lambda line: line.road_map.expected, is_number=True),
    Column("aim", _("Mục tiêu đề ra"), by=lambda line: line.road_map.aim.first_k if line.road_map.aim else None),
    Column("rank", _("Hạng"), by=lambda line: line.standing.rank if line.standing else None, is_number=True),
    Column("lacking", _("So với mục tiêu"), by=_lacking),
)


@blueprint.get("/desk/index/rounds/<uuid:round_id>/road-maps")
@round_manager
def index_overview(round_: IndexRound) -> ResponseReturnValue:
    """List the agencies of a round with their tasks, points expected, aim, and standing against it."""
    overview = _overview(round_)
    ids = [line.road_map.agency.id for line in overview.lines]
    usual = plan_year(round_.year, local_today())
    language = current_language()
    return flask.render_template(
        "desk/road_maps.html",
        round=round_,
        overview=overview,
        listing=list_of(overview.lines, COLUMNS, text=_searched),
        years=sorted({usual, overview.year, *list_plan_years(db.session(), ids)}, reverse=True),
        beside=[plan for line in overview.lines for plan in line.others if plan.alive],
        without=sum(not line.road_map.alive for line in overview.lines),
        aims={line.road_map.agency.id: aim_words(line.road_map.aim, language) for line in overview.lines},
        lacking={
            line.road_map.agency.id: lacking_words(line.standing, language) for line in overview.lines if line.standing
        },
        is_draft=any(line.standing.is_draft for line in overview.lines if line.standing),
        formats=PLAN_FORMATS,
        is_demo=round_.agency.is_demo,
    )


@blueprint.get("/desk/index/rounds/<uuid:round_id>/road-maps.<ending>")
@round_manager
def overview_document(round_: IndexRound, ending: str) -> ResponseReturnValue:
    """Download the road maps of a round's agencies: the overview, and every task as an annex."""
    return overview_file(_overview(round_), ending)


def _overview(round_: IndexRound) -> PlanOverview:
    """Return the road maps of the year that the address asks for, else of the one in which the round is mended."""
    usual = plan_year(round_.year, local_today())
    asked = flask.request.args.get("year", usual, type=int)
    year = asked if abs(asked - round_.year) <= _YEARS_AROUND else usual
    return plan_overview(db.session(), round_, telling_findings(round_), year=year, today=local_today())


def _searched(line: PlanLine) -> str:
    plan = line.road_map
    return f"{words(plan.agency.name)} {plan.agency.code}"
