"""A page of the index asks the database a fixed number of times, however many agencies and criteria there are."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from asked_statements import statements
from desk_fixtures import SignIn
from desk_province import START, YEAR, Province
from survey.models.agencies import Agency
from survey.models.identifiers import local_today
from survey.models.index_rounds import IndexRound
from survey.models.rubrics import Rubric
from survey.services.agencies import add_agency
from survey.services.index_ledger import Entry, content_of, place_of, write_score
from survey.services.index_participants import add_agencies
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.rubrics import load_builtin_rubrics
from tests.house.test_query_budget import BUDGET

PAGES = [
    "", "/decision", "/result", "/ledger", "/indicators", "/agencies", "/corrections?agency={health}&criterion=1.1",
    "/agencies/{health}", "/agencies/{health}/leaves/1.1",
]  # fmt: skip


def test_pages_of_a_round_ask_as_often_of_many_agencies_as_of_few(
    sign_in: SignIn, province: Province, session: Session
) -> None:
    load_builtin_rubrics(session, today=START)
    rubric = session.scalars(select(Rubric).where(Rubric.rubric == "departments")).one()
    root, last = session.get_one(Agency, province.province), date(YEAR + 1, 12, 31)
    wish = RoundWish("R", "Kỳ", None, YEAR, last, last, last, last)
    agencies = [session.get_one(Agency, province.health)]
    round_ = plan_round(session, root, rubric, wish, agencies=agencies, by=None)
    round_.state = "decision"
    score(session, round_, agencies)
    client, few = sign_in("giamdoc"), {}
    for page in PAGES:
        few[page] = asked(client, round_, page, province)
    more = [
        add_agency(session, code=f"99.5{at}", kind="department", name=f"Sở {at}", valid_from=START, parent=root)
        for at in range(6)
    ]
    add_agencies(session, round_, more)
    score(session, round_, more)

    for page, asked_of_few in few.items():
        asked_of_many = asked(client, round_, page, province)
        assert len(asked_of_few) <= BUDGET, "\n".join(asked_of_few)
        assert len(asked_of_many) <= len(asked_of_few) + 1, "\n".join((page, *asked_of_many))


def score(session: Session, round_: IndexRound, agencies: list[Agency]) -> None:
    for agency in agencies:
        for code, leaf in content_of(round_).leaves.items():
            if leaf.is_judged:
                entry = Entry(Fraction(1), "appraisal", "", None, local_today())
                write_score(session, place_of(round_, agency.id, code), entry)
    session.commit()


def asked(client: FlaskClient, round_: IndexRound, page: str, province: Province) -> list[str]:
    address = f"/desk/index/rounds/{round_.id}{page.format(health=province.health)}"
    with statements() as found:
        response = client.get(address)
    assert response.status_code == 200, address
    return [*found]
