"""A reorganisation in the background: tried out first, carried out once somebody agreed to just that."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.jobs.work import Work
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.queries.scope import ADMINISTERS, get_scope
from survey.services.accounts import administer_new_root
from survey.services.audit import SYSTEM, act_as
from survey.services.errors import AgencyError
from survey.services.reorganisation import Outcome, Reorganisation, reorganise
from survey.services.reorganisation_files import SentFile, read_plan, tell
from survey.services.reorganisation_plan import ReorganisationPlan
from survey.services.table_file import LARGEST_FILE

REORGANISE: Final = "reorganise"
RESULT: Final = "JSON"
_STEPS: Final = 3


def pack(file: SentFile | None) -> dict[str, str] | None:
    """Return a file as a job keeps it."""
    return file and {"name": file.name, "content": base64.b64encode(zlib.compress(file.content)).decode()}


def reorganise_job(work: Work) -> None:
    """Read the files, and write what they say: taken back again unless the job carries out what was shown.

    No step is told while it writes, when on SQLite nobody else can, nor after a commit, when it is too late to stop.
    """
    arguments = work.arguments
    communes = _unpack(arguments["communes"])
    provinces = _unpack(arguments["provinces"]) if arguments["provinces"] else None
    work.step(1, _STEPS)
    plan = read_plan(communes, provinces, only=frozenset(arguments["only"]))
    work.step(2, _STEPS)
    official_id = UUID(arguments["official_id"])
    act_as(f"official:{official_id}")
    try:
        told = _write(work, plan, official_id, shown=arguments["shown"])
    finally:
        act_as(SYSTEM)
    work.write(RESULT, "reorganisation.json", json.dumps(told, ensure_ascii=False).encode())
    if not arguments["shown"]:
        work.step(_STEPS, _STEPS)


def _write(work: Work, plan: ReorganisationPlan, official_id: UUID, *, shown: str) -> dict[str, Any]:
    session = work.session
    # It reads before it writes: on SQLite it must hold the lock from the beginning.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    scope = get_scope(session, official_id=official_id)
    if not scope.holds(ADMINISTERS, at_a_root=True):
        raise AgencyError(
            vi="Bạn không còn là người quản trị cấp cao nhất nên không sắp xếp được đơn vị.",
            en="You administer no whole tree any more, so you cannot reorganise.",
        )
    outcome = reorganise(session, plan, _asked(work.arguments), today=work.today, may_change=scope.administers)
    told = tell(plan, outcome)
    if not shown:
        session.rollback()
        return told
    if told["digest"] != shown:
        session.rollback()
        raise AgencyError(
            vi="Dữ liệu đã thay đổi sau lần xem thử nên chưa ghi gì; hãy gửi tệp để xem thử lại.",
            en="The data changed after the dry run, so nothing was written; send the files for another dry run.",
        )
    _administer(session, official_id, outcome)
    session.commit()
    return told


def _administer(session: Session, official_id: UUID, outcome: Outcome) -> None:
    official = session.get_one(Official, official_id)
    held = {grant.agency_id for grant in official.grants if grant.role in ADMINISTERS}
    for agency_id in outcome.new_roots:
        if agency_id not in held:
            administer_new_root(session, official, session.get_one(Agency, agency_id))


def _asked(arguments: Mapping[str, Any]) -> Reorganisation:
    return Reorganisation(
        date.fromisoformat(arguments["effective_on"]),
        arguments["decision"],
        date.fromisoformat(arguments["old_since"]),
        UUID(arguments["official_id"]),
    )


def _unpack(packed: Mapping[str, str]) -> SentFile:
    content = zlib.decompressobj().decompress(base64.b64decode(packed["content"]), LARGEST_FILE + 1)
    return SentFile(packed["name"], content)
