"""The verbs ``wave`` and ``agency``: a wave's whole life from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import flask
import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldwork import add_editions
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import local_today
from survey.services.accounts import create_official, grant_role

Run = Callable[..., Result]


@pytest.fixture
def run(app: flask.Flask, session: Session, run_verb: Run) -> Run:
    add_editions(session, "q1", "q2", "overall")
    session.commit()

    def run(*arguments: object) -> Result:
        session.rollback()
        return run_verb(app, *arguments)

    return run


@pytest.fixture
def planned(run: Run) -> Run:
    today = local_today()
    for arguments in (
        ("agency", "add", "P", "Tỉnh A", "--kind", "province", "--from", "2020-01-01"),
        ("agency", "add", "X", "Xã X", "--kind", "commune", "--under", "P", "--from", "2020-01-01"),
        ("agency", "add-counter", "X", "Quầy 1"),
        (
            "wave", "plan", "W", "Đợt", "--agency", "P", "--year", today.year, "--from", today,
            "--to", today + timedelta(days=30), "--questionnaire", "test/q1-q2-overall", "--method", "share-2026",
        ),
    ):  # fmt: skip
        result = run(*arguments)
        assert result.exit_code == 0, result.output
    return run


def test_tree_of_agencies_is_printed(planned: Run) -> None:
    assert planned("agency", "list").output == "P  Tỉnh A\n  X  Xã X\n"


def test_wave_is_opened_paused_resumed_extended_and_closed(planned: Run, session: Session) -> None:
    later = local_today() + timedelta(days=60)
    for verb, words in (
        (("open",), "is open"),
        (("pause",), "is paused"),
        (("resume",), "is open again"),
        (("extend", "--to", later), "lasts until"),
        (("close",), "is closed; it can be released from"),
    ):
        result = planned("wave", verb[0], "W", *verb[1:])
        assert (result.exit_code, words in result.output) == (0, True), result.output

    wave = session.scalars(select(Wave)).one()
    assert (wave.state, wave.closes_on, wave.closed_on) == ("closed", later, local_today())
    assert "W" in planned("wave", "list").output


def test_opening_is_tried_out_and_leaves_out_what_it_is_told_to(planned: Run, session: Session) -> None:
    assert planned("agency", "add-counter", "P", "Quầy tỉnh").exit_code == 0
    tried = planned("wave", "open", "W", "--except", "X", "--dry-run")
    assert "1 counters would hand out forms, 0 are busy; nothing was done" in tried.output
    assert session.scalars(select(Wave.state)).one() == "planned"

    assert "is open at 1 counters" in planned("wave", "open", "W", "--except", "X").output

    assert session.scalars(select(Wave.state)).one() == "open"


def test_a_target_is_set_and_the_gauge_printed(planned: Run) -> None:
    assert planned("wave", "open", "W").exit_code == 0
    assert "±5 points" in planned("wave", "target", "W", "--margin", "5").output

    printed = planned("wave", "gauge", "W").output

    assert "X  Xã X: 0 / 385 (thiếu 385)" in printed
    assert planned("wave", "target", "W", "--margin", "500").exit_code != 0


def test_a_wave_that_was_never_opened_is_deleted_and_a_code_is_rotated_and_retired(planned: Run) -> None:
    today = local_today()
    assert f"W: {today:%d/%m/%Y} – " in planned("wave", "gauge", "W").output
    assert planned("wave", "delete", "W").exit_code == 0
    assert "W" not in planned("wave", "list").output

    old = planned("agency", "counters", "X").output.split()[0]
    assert "mã đang dùng" in planned("code", "retire", old).output
    new = planned("code", "rotate", old.lower()).output.split()[0]
    assert planned("agency", "counters", "X").output.split()[:2] == [f"{new},", old]
    assert planned("code", "retire", old).exit_code == 0
    assert planned("agency", "counters", "X").output.split()[0] == new
    assert "Không có mã quầy" in planned("code", "rotate", "0000").output


def test_release_takes_three_officials_above_the_wave(planned: Run, session: Session) -> None:
    root = session.scalars(select(Agency).where(Agency.code == "P")).one()
    below = session.scalars(select(Agency).where(Agency.code == "X")).one()
    for name, agency in (("an", root), ("binh", root), ("em", root), ("chi", below)):
        official = create_official(session, email=f"{name}@tinh.vn", name=name, password="mật khẩu rất dài")
        grant_role(session, official, agency=agency, role="survey_manager")
    session.commit()
    planned("wave", "open", "W")
    planned("wave", "close", "W")
    wave = session.scalars(select(Wave)).one()
    wave.opens_on, wave.closed_on = date(2026, 1, 1), local_today() - timedelta(days=10)
    session.commit()

    assert "may not release" in planned("wave", "draft-release", "W", "--by", "chi@tinh.vn").output
    assert "may not release" in planned("wave", "draft-release", "W", "--by", "dung@tinh.vn").output
    assert planned("wave", "draft-release", "W", "--by", "an@tinh.vn").exit_code == 0
    assert "cannot release it" in planned("wave", "release", "W", "--by", "an@tinh.vn").output
    assert "is not reviewed yet" in planned("wave", "release", "W", "--by", "binh@tinh.vn").output
    assert "version 1 is reviewed" in planned("wave", "review-release", "W", "--by", "em@tinh.vn").output
    assert "is released, version 1" in planned("wave", "release", "W", "--by", "binh@tinh.vn").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("wave", "open", "V"), "There is no wave V"),
        (("wave", "close", "W"), "not opened yet"),
        (("agency", "counters", "Z"), "No agency has the code “Z”"),
        (("agency", "add", "X", "Xã", "--kind", "commune", "--under", "P", "--from", "2020-01-01"), "belongs to"),
    ],
)
def test_refusal_is_a_sentence(planned: Run, arguments: tuple[str, ...], words: str) -> None:
    result = planned(*arguments)

    assert (result.exit_code, words in result.output) == (1, True), result.output
