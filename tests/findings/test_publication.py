"""What several released reports tell together: no body less its shown parts leaves anybody to be read."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from released_world import FOLDED, publish_wave
from small_world import METHOD, small_world
from survey.findings.publication import (
    Kept,
    Size,
    jointly_withheld,
    released_report,
    released_summary,
    withheld_agencies,
)
from survey.models.editions import content_sha256
from survey.models.questionnaire import MethodEdition
from survey.queries.released import find_released
from survey.services.fold import fold

SMALLEST = 10


def tree(sizes: dict[str, int | None]) -> dict[UUID, Size]:
    """Make agencies of paths such as ``"1/2/"``, each with the respondents it shows."""
    return {UUID(int=number): Size(path, n) for number, (path, n) in enumerate(sizes.items(), start=1)}


def hidden(sizes: dict[str, int | None]) -> set[str]:
    agencies = tree(sizes)
    return {agencies[key].path for key in jointly_withheld(agencies, smallest=SMALLEST)}


def test_nothing_is_withheld_where_nobody_is_left_over_or_enough_are() -> None:
    assert hidden({"1/": 60, "1/2/": 30, "1/3/": 30}) == set()
    assert hidden({"1/": 70, "1/2/": 30, "1/3/": 30, "1/4/": None}) == set()


def test_the_smallest_part_shown_is_withheld_where_the_rest_would_be_found_by_subtracting() -> None:
    assert hidden({"1/": 64, "1/2/": 35, "1/3/": 20, "1/4/": None}) == {"1/3/"}
    assert hidden({"1/": 13, "1/2/": 10, "1/3/": None}) == {"1/2/"}


def test_what_is_withheld_takes_all_below_it_along() -> None:
    sizes = {"1/": 64, "1/2/": 35, "1/3/": 20, "1/3/5/": 20, "1/3/5/6/": 20, "1/4/": None}
    assert hidden(sizes) == {"1/3/", "1/3/5/", "1/3/5/6/"}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, int | None]:
    """Draw a tree whose bodies count their own people and all below; small numbers are not shown."""
    parents = [draw(st.integers(0, number)) for number in range(draw(st.integers(0, 9)))]
    paths = ["1/"]
    for number, parent in enumerate(parents, start=2):
        paths.append(f"{paths[min(parent, len(paths) - 1)]}{number}/")
    own = {path: draw(st.integers(0, 25)) for path in paths}
    whole = {path: sum(n for other, n in own.items() if other.startswith(path)) for path in paths}
    return {path: n if n >= SMALLEST else None for path, n in whole.items()}


@given(trees())
def test_no_body_less_its_shown_parts_leaves_one_to_nine(sizes: dict[str, int | None]) -> None:
    gone = hidden(sizes)
    for path, n in sizes.items():
        if n is None or path in gone:
            assert path not in gone or all(other in gone for other in sizes if other.startswith(path))
            continue
        below = [other for other in sizes if other.startswith(path) and other.count("/") == path.count("/") + 1]
        shown = sum(sizes[other] or 0 for other in below if other not in gone)
        assert not 0 < n - shown < SMALLEST


def test_values_used_last_are_kept_and_others_made_again() -> None:
    made: list[int] = []
    kept: Kept[int] = Kept(2)
    for key in (1, 2, 1, 3, 1, 2):
        assert kept.get(key, lambda key=key: made.append(key) or key) == key  # type: ignore[misc,func-returns-value]
    assert made == [1, 2, 3, 2]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_figures_leave_nobody_over_so_that_a_bundle_may_tell_all_of_them(session: Session) -> None:
    world = small_world(session)
    careful = {**METHOD, "code": "careful", "smallest_n_shown": 20}
    method = MethodEdition(code="careful", content=careful, sha256=content_sha256(careful))
    session.add(method)
    session.flush()
    world.waves["W"].method_edition_id, world.waves["W"].state = method.id, "closed"
    for code in ("A1", "A2"):
        world.add_agency(code, parent="A")
    for code, times in (("A1", 25), ("A2", 12), ("B", 22), ("C", 13)):
        world.answer(code, [5, 4, 3, 4], times=times)
    fold(session, until=FOLDED)
    release = publish_wave(session, world.waves["W"])
    version = find_released(session, release.code)
    assert version is not None
    assert withheld_agencies(session, version) == frozenset()
    told = {
        code: released_report(session, version, world.agencies[code].id) for code in ("P", "A", "A1", "A2", "B", "C")
    }
    assert {code: found.overall.n for code, found in told.items() if found} == {
        "P": 47,
        "A": 25,
        "A1": 25,
        "A2": None,
        "B": 22,
        "C": None,
    }
    rows = {row.agency.code: row.overall.n for row in released_summary(session, version).agencies}
    assert rows == {"A": 25, "B": 22, "C": None}
