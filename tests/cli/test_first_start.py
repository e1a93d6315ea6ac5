from __future__ import annotations

from collections.abc import Callable
from datetime import date

import flask
import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli._first_start import ADMINISTRATOR, add_administrator, is_first_start
from survey.cli._refusals import RefusedError
from survey.cli.run import _ask_about_data
from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.services.accounts import is_password_of

RunVerb = Callable[..., Result]


def test_a_database_without_officials_is_a_first_start(session: Session) -> None:
    assert is_first_start(session)
    add_administrator(session)
    assert not is_first_start(session)


def test_the_administrator_runs_every_root_and_must_change_his_password(session: Session) -> None:
    for code in ("P", "Q"):
        session.add(Agency(code=code, kind="province", name=code, sort_key="", path="/", valid_from=date(2026, 1, 1)))
    session.flush()
    password = add_administrator(session)
    official = session.scalars(select(Official)).one()
    assert sorted((grant.agency.code, grant.role) for grant in official.grants) == [
        ("P", "administrator"),
        ("Q", "administrator"),
    ]
    assert official.must_change_password
    assert is_password_of(official, password)
    assert password not in (official.password or "")


def test_a_reset_password_works_once_the_old_one_no_longer_does(
    app: flask.Flask, session: Session, run_verb: RunVerb
) -> None:
    old = add_administrator(session)
    session.commit()
    before = session.scalars(select(Official.fs_uniquifier)).one()

    done = run_verb(app, "reset-password")

    assert done.exit_code == 0, done.output
    session.rollback()
    official = session.scalars(select(Official).execution_options(populate_existing=True)).one()
    new = done.output.split()[-1]
    assert is_password_of(official, new)
    assert not is_password_of(official, old)
    assert official.must_change_password
    assert official.fs_uniquifier != before


def test_a_password_of_nobody_is_not_reset(app: flask.Flask, run_verb: RunVerb) -> None:
    refused = run_verb(app, "reset-password", "nobody@example.org")
    assert refused.exit_code == 1
    assert "There is no account nobody@example.org" in refused.output


def test_the_name_of_the_administrator_is_an_address(session: Session) -> None:
    add_administrator(session)
    assert session.scalars(select(Official.email)).one() == ADMINISTRATOR


def test_an_empty_start_on_a_folder_with_data_is_told_of_them(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    _ask_about_data(session)
    assert capsys.readouterr().out == ""
    root = Agency(code="P", kind="province", name="Tỉnh P", sort_key="", path="/", valid_from=date(2026, 1, 1))
    session.add(root)
    session.flush()
    _ask_about_data(session)
    assert "đã có dữ liệu (Tỉnh P)" in capsys.readouterr().out
    root.is_demo = True
    session.flush()
    with pytest.raises(RefusedError, match=r"demo province \(Tỉnh P\)"):
        _ask_about_data(session)
