"""The one rule of who sees what, on random trees, against its plain definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.models.accounts import ROLES
from survey.queries.scope import ADMINISTERS, AUDITS, MANAGES, RUNS_SURVEYS, Scope

parents = st.lists(st.integers(0, 30), min_size=1, max_size=12)


def paths_of(parents: list[int]) -> list[str]:
    """Make a tree: agency k hangs below one made before it, the first is the root."""
    paths = ["0/"]
    for number, parent in enumerate(parents, start=1):
        paths.append(f"{paths[parent % len(paths)]}{number}/")
    return paths


def chain(path: str) -> list[str]:
    return path.rstrip("/").split("/")


@given(parents, st.lists(st.tuples(st.integers(0, 12), st.sampled_from(ROLES)), max_size=4))
def test_an_official_reads_and_runs_his_subtree_and_nothing_else(
    parents: list[int], granted: list[tuple[int, str]]
) -> None:
    paths = paths_of(parents)
    grants = [(paths[number % len(paths)], role) for number, role in granted]
    scope = Scope(grants=tuple(grants))

    for path in paths:
        own = [(root, role) for root, role in grants if chain(root) == chain(path)[: len(chain(root))]]
        running = [root for root, role in own if role in RUNS_SURVEYS]
        assert scope.reads(path) == bool(own)
        assert scope.runs_surveys(path) == bool(running)
        assert scope.manages(path) == any(role in MANAGES for _, role in own)
        assert scope.administers(path) == any(role in ADMINISTERS for _, role in own)
        assert scope.audits(path) == any(role in AUDITS for _, role in own)
        assert scope.stands_above(path) == any(root != path or len(chain(path)) == 1 for root in running)


def test_an_ability_at_a_root_is_not_held_below_it() -> None:
    scope = Scope(grants=(("0/1/", "administrator"), ("0/", "viewer")))

    assert scope.holds(ADMINISTERS)
    assert not scope.holds(ADMINISTERS, at_a_root=True)
    assert not scope.holds(RUNS_SURVEYS - ADMINISTERS)


def test_a_path_that_only_begins_with_the_same_letters_is_another_agency() -> None:
    assert not Scope(grants=(("0/1/", "viewer"),)).reads("0/10/")


def test_without_a_grant_nothing_is_seen() -> None:
    scope = Scope(grants=())

    assert not scope.reads("0/")
    assert not scope.concerns("0/")
