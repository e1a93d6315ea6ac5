from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from survey.queries.desk_lists import list_run_agencies
from survey.queries.scope import Scope
from survey.queries.slips import list_choices
from survey.services.agencies import add_agency

TODAY = date(2026, 11, 22)
TOMORROW = TODAY + timedelta(days=1)


def test_a_body_that_is_to_move_stands_in_a_list_once_and_where_it_is_today(session: Session) -> None:
    since = date(2025, 7, 1)
    top = add_agency(session, code="P", kind="province", name="Tỉnh", valid_from=since)
    here, there = (
        add_agency(session, code=code, kind="commune", name=code, valid_from=since, parent=top) for code in ("A", "B")
    )
    centre = add_agency(session, code="A-1", kind="unit", name="Trung tâm", valid_from=since, parent=here)
    centre.valid_to = TOMORROW
    session.flush()
    moved = add_agency(session, code="A-1", kind="unit", name="Trung tâm", valid_from=TOMORROW, parent=there)

    scope = Scope(((top.path, "survey_manager"),))
    for day, living in ((TODAY, centre), (TOMORROW, moved)):
        assert [each.id for each in list_run_agencies(session, scope, today=day) if each.code == "A-1"] == [living.id]
    assert [len(list_choices(session, each, today=TODAY)) for each in (here, there)] == [2, 1]
    assert [len(list_choices(session, each, today=TOMORROW)) for each in (here, there)] == [1, 2]
