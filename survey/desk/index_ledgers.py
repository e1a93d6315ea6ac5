"""The ledger of points of a round: every change, filtered, and taken away as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from survey.db import db
from survey.desk.blueprint import blueprint
from survey.desk.index_sheets import STAGE_NAMES
from survey.desk.index_words import exact
from survey.desk.table_files import table_file
from survey.models.index_rounds import IndexParticipant, IndexRound
from survey.models.index_scores import STAGES, IndexScoreChange
from survey.queries.index_desk import LedgerFilter, changes_of_round, list_parts, names_of_officials
from survey.web.access import current_scope, round_member
from survey.web.day_field import read_day
from survey.web.filters import called, clock, local_day
from survey.web.lists import Column, list_of

FILTERS: Final = ("agency", "criterion", "stage", "from", "until")


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The changes that an address asks for, and the names of who is in them; ``wrong`` says which day is none."""

    changes: list[IndexScoreChange]
    parts: Mapping[UUID, IndexParticipant]
    people: Mapping[UUID, str]
    wrong: str

    def who(self, one: IndexScoreChange) -> str:
        """Return who changed the points; a job has no name."""
        return self.people.get(one.changed_by, "") if one.changed_by else str(gettext("việc chạy nền"))


@blueprint.get("/desk/index/rounds/<uuid:round_id>/ledger")
@round_member
def index_ledger(round_: IndexRound) -> ResponseReturnValue:
    """List every point that changed at the agencies of the official's subtree, newest first."""
    ledger = _read(round_)
    columns: tuple[Column[IndexScoreChange], ...] = (
        Column("when", _("Khi nào"), by=lambda one: one.changed_at),
        Column("agency", _("Tên cơ quan"), by=lambda one: ledger.parts[one.agency_id].agency.sort_key),
        Column("code", _("Tiêu chí"), by=lambda one: _code_key(one.criterion)),
        Column("stage", _("Bước"), by=lambda one: one.stage),
        Column("before", _("Điểm trước"), by=lambda one: one.points_before, is_number=True),
        Column("after", _("Điểm sau"), by=lambda one: one.points_after, is_number=True),
        Column("reason", _("Lý do")),
        Column("who", _("Ai"), by=ledger.who),
    )

    def searched(one: IndexScoreChange) -> str:
        return f"{called(ledger.parts[one.agency_id].agency)} {one.criterion} {one.reason} {ledger.who(one)}"

    return flask.render_template(
        "desk/index_ledger.html",
        round=round_,
        listing=list_of(ledger.changes, columns, text=searched, order="-when"),
        ledger=ledger,
        stages=STAGE_NAMES,
        stage_codes=STAGES,
        asked={name: flask.request.args.get(name, "") for name in FILTERS},
        is_demo=round_.agency.is_demo,
    )


@blueprint.get("/desk/index/rounds/<uuid:round_id>/ledger.<any(csv,xlsx):ending>")
@round_member
def index_ledger_file(round_: IndexRound, ending: str) -> ResponseReturnValue:
    """Download the ledger as it is filtered, in the official's subtree."""
    ledger, code, agency_id = _read(round_), round_.code, round_.agency_id
    headings = [
        gettext("Ngày"), gettext("Giờ"), gettext("Mã cơ quan"), gettext("Tên cơ quan"), gettext("Tiêu chí"),
        gettext("Bước"), gettext("Điểm trước"), gettext("Điểm sau"), gettext("Lý do"), gettext("Ai"),
    ]  # fmt: skip
    rows = [
        (
            f"{local_day(one.changed_at):%d/%m/%Y}",
            clock(one.changed_at),
            ledger.parts[one.agency_id].agency.code,
            called(ledger.parts[one.agency_id].agency),
            one.criterion,
            str(STAGE_NAMES[one.stage]),
            "" if one.points_before is None else exact(one.points_before),
            "" if one.points_after is None else exact(one.points_after),
            one.reason,
            ledger.who(one),
        )
        for one in ledger.changes
    ]
    name = f"hai-long-so-diem-{code}.{ending}"
    return table_file(headings, rows, name=name, title=gettext("Sổ điểm"), agency_id=agency_id)


def _read(round_: IndexRound) -> _Ledger:
    """Read what the address asks for; agencies that were taken out stay in the ledger."""
    session, scope, asked = db.session(), current_scope(), flask.request.args
    both = (*list_parts(session, round_, scope), *list_parts(session, round_, scope, taken_out=True))
    parts = {part.agency_id: part for part in both}
    days: dict[str, date | None] = {name: read_day(asked.get(name, "")) for name in ("from", "until")}
    wrong = next((asked[name] for name in days if asked.get(name, "").strip() and days[name] is None), "")
    chosen = [one for one in parts if f"{one}" == asked.get("agency", "")] if asked.get("agency") else list(parts)
    wanted = LedgerFilter(
        criterion=asked.get("criterion", "").strip(),
        stage=asked.get("stage", ""),
        first=days["from"],
        last=days["until"],
    )
    changes = changes_of_round(session, round_.id, chosen, wanted)
    return _Ledger(changes, parts, names_of_officials(session, {one.changed_by for one in changes}), wrong[:40])


def _code_key(code: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts 1.2 before 1.10."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in code.split("."))
