"""From a released wave into the total of an agency, with the interval of its elements together."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from small_world import DAY, small_world
from survey.findings.errors import FindingsError
from survey.findings.index_survey import survey_of_round
from survey.findings.index_totals import round_totals
from survey.models.releases import Release
from survey.queries.release_basis import checksum_of_counts
from survey.services.fold import fold
from survey.services.index_rounds import RoundWish, plan_round
from survey.services.index_scoring import take_survey
from survey.services.rubric_file import read_builtin
from survey.services.rubrics import publish_rubric, save_rubric

DAYS = [date(2026, 12, day) for day in (1, 2, 3, 4)]


def test_answers_of_a_released_wave_become_points_with_one_interval(session: Session) -> None:
    world = small_world(session)
    content = read_builtin("departments-2026") | {"rubric": "own"}
    criterion = content["areas"][6]["criteria"][2]  # five elements; the small form has two
    criterion["parts"] = [part | {"maximum": "5"} for part in (criterion["parts"][0], criterion["parts"][2])]
    root = world.agencies["P"]
    rubric = save_rubric(session, content, agency_id=root.id)
    publish_rubric(session, rubric, today=DAY)
    wish = RoundWish("R", "Kỳ", None, 2026, *DAYS)
    round_ = plan_round(session, root, rubric, wish, agencies=[world.agencies["A"], world.agencies["B"]], by=None)
    world.answer("A", [5, 5, 5, 5], times=80)
    world.answer("A", [2, 5, 2, 2], times=20)
    world.answer("B", [5, 5, 5, 5], times=12)
    fold(session, until=DAY)
    world.release("W")
    session.commit()
    release = session.scalars(select(Release)).one()
    release.basis = checksum_of_counts(session, [world.waves["W"].id])

    found = survey_of_round(session, round_, release)
    take_survey(session, round_, release, found, by=None, today=DAY)

    # B has too few answers for an index figure.
    agency = world.agencies["A"].id
    assert list(found) == [agency]
    assert found[agency].values == {"7.3.1": Fraction(4, 5), "7.3.3": Fraction(9, 10)}
    total = round_totals(session, round_)[agency]
    assert (total.points, total.components["7.3"].points) == (Fraction("8.5"), Fraction("8.5"))
    assert total.low < total.points < total.high
    # The two elements err together: less than both ends added up, more than if they were independent.
    arms = [5 * (high - low) for low, high in found[agency].ends.values()]
    assert (arms[0] ** 2 + arms[1] ** 2) ** 0.5 < float(total.high - total.low) + 0.02 < sum(arms) + 0.04
    release.basis = "another"
    with pytest.raises(FindingsError, match="did not move since"):
        survey_of_round(session, round_, release)
