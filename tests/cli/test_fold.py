"""The verbs fold, tallies, exclude and retention, as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import flask
import pytest
from click.testing import Result
from sqlalchemy import update
from sqlalchemy.orm import Session

from small_world import World, small_world
from survey.models.identifiers import local_today
from survey.models.tallies import LevelTally

OLD = date(2026, 2, 2)


@pytest.fixture
def verb(app: flask.Flask, run_verb: Callable[..., Result]) -> Callable[..., Result]:
    return lambda *arguments: run_verb(app, *arguments)


@pytest.fixture
def world(session: Session) -> World:
    """Twelve answers to A and four to B, of a day long closed; committed, so that a verb sees them."""
    world = small_world(session)
    world.answer("A", [5, 5, 5, 5], times=12, day=OLD)
    world.answer("B", [5, 5, 5, 5], times=4, day=OLD)
    session.commit()
    return world


@pytest.mark.usefixtures("world")
def test_fold_says_what_moved_and_what_waits(verb: Callable[..., Result]) -> None:
    ran = verb("fold")
    assert ran.exit_code == 0
    assert "the figures of 1 agencies moved (by +12 answers); 1 still wait with 4." in ran.output
    assert "moved (by +0 answers)" in verb("fold").output


@pytest.mark.usefixtures("world")
def test_fold_warns_of_days_whose_answers_can_still_be_withdrawn(verb: Callable[..., Result]) -> None:
    assert "can still be withdrawn" not in verb("fold", "--until", "2026-02-02").output
    assert "can still be withdrawn" in verb("fold", "--until", local_today().isoformat()).output


def test_tallies_are_proved_and_made_anew(world: World, verb: Callable[..., Result]) -> None:
    assert "Nothing has been folded yet" in verb("tallies", "check").output
    verb("fold")
    assert "4 parts agree." in verb("tallies", "check").output
    owner = world.agencies["A"].id
    world.session.execute(update(LevelTally).where(LevelTally.agency_id == owner).values(count=13))
    world.session.commit()
    found = verb("tallies", "check", "--wave", "W")
    assert (found.exit_code, "1 parts differ." in found.output) == (1, True)
    assert "1 parts were made anew." in verb("tallies", "rebuild").output
    assert verb("tallies", "check").exit_code == 0


@pytest.mark.usefixtures("world")
def test_exclude_counts_what_it_took(verb: Callable[..., Result]) -> None:
    days = ("--from", "2026-02-02", "--to", "2026-02-02")
    ran = verb("exclude", "W", "--rule", "test", "--agency", "B", *days, "--reason", "Thử máy")
    assert "4 answers excluded." in ran.output
    missing = verb("exclude", "W", "--rule", "test", "--counter", "00000000", "--reason", "Thử máy")
    assert (missing.exit_code, "No counter has the code" in missing.output) == (1, True)
    assert verb("exclude", "NO-WAVE", "--rule", "burst", "--reason", "…").exit_code == 1


@pytest.mark.usefixtures("world")
def test_retention_says_what_it_erased(verb: Callable[..., Result]) -> None:
    ran = verb("retention", "--dry-run")
    assert (ran.exit_code, "0 answers due." in ran.output) == (0, True)
    assert "0 answers erased." in verb("retention").output
