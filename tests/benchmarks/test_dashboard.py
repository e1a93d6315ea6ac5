"""The benchmark of the dashboard measures what it says: stored answers, folded tallies, pages that really render."""

from __future__ import annotations

import flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks._dashboard_data import fill, lay_out
from benchmarks.dashboard import compare, pages, signed_in
from survey.models.identifiers import local_today
from survey.models.responses import Comment, Response
from survey.models.tallies import FoldMark
from survey.queries.comments import list_batches
from survey.services.fold import last_day_to_fold
from survey.services.tallies import check_tallies

# An answer a day at each agency in each wave.
ROWS = 8_000


def test_the_answers_are_there_their_tallies_agree_and_every_page_is_measured(
    app: flask.Flask, session: Session
) -> None:
    province = lay_out(app, migrate=False)

    assert fill(app, province, ROWS) == ROWS

    agencies = [place.agency_id for place in province.places]
    waiting = select(func.count()).where(
        Response.agency_id.in_(agencies), Response.answered_on > last_day_to_fold(local_today())
    )
    assert session.scalars(waiting).one() > 0
    states = {(check.dimension, check.state) for check in check_tallies(session)}
    dimensions = {"agency", "service_point", "field", "language", "verified", "channel"}
    assert states == {(dimension, "agrees") for dimension in dimensions}
    marks = select(func.count()).where(FoldMark.agency_id.in_(agencies), FoldMark.dimension == "agency")
    assert session.scalars(marks).one() == 2 * len(agencies)
    comments = select(func.count()).where(Comment.agency_id == province.department_id)
    assert session.scalars(comments).one() == 2 * (ROWS // 32) // 10
    assert len(list_batches(session, agency_id=province.department_id).batches) == 4

    session.rollback()
    client = signed_in(app, province)

    (times,) = compare([client], [pages(province)], rounds=1)

    assert len(times) == len(pages(province))
    assert all(time > 0 for time in times)
    for page in pages(province):
        text = client.get(page).text
        assert "empty" not in text or "comments" in page, page
        assert "không đủ số liệu" not in text, page
