"""Who asked for documents learns by e-mail that they are ready, once; a server that fails changes nothing."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.jobs.mail import tell_of_end
from survey.jobs.queue import JobQueue
from survey.models.jobs import Job
from survey.services.accounts import create_official
from survey.services.jobs import count_unseen_jobs, finish_job, list_waiting_jobs, mark_seen, request_job

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SERVER = "smtp://an:m%40t@mail.example:587?from=hailong@tinh.vn"


class Post:
    """A mail server that keeps what it is given."""

    said: list[str]
    letters: list[EmailMessage]

    def __init__(self, host: str, port: int, timeout: int) -> None:
        Post.said.append(f"{host}:{port} {timeout > 0}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        Post.said.append("bye")

    def ehlo(self) -> None:
        Post.said.append("ehlo")

    def has_extn(self, name: str) -> bool:
        return name == "starttls"

    def starttls(self) -> None:
        Post.said.append("starttls")

    def login(self, name: str, password: str) -> None:
        Post.said.append(f"{name} {password}")

    def send_message(self, letter: EmailMessage) -> None:
        Post.letters.append(letter)


def test_a_letter_is_sent_once_and_the_desk_counts_it_until_it_is_seen(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    Post.said, Post.letters = [], []
    monkeypatch.setattr(smtplib, "SMTP", Post)
    with Session(engine) as session:
        official = create_official(session, email="binh@tinh.vn", name="Bình", password=None)
        job = request_job(session, kind="annual", arguments={}, now=NOW, official_id=official.id)
        session.commit()
        told = {"smtp_url": SERVER, "public_url": "https://hailong.example/"}
        assert list_waiting_jobs(session, since=NOW) == [job.id]
        assert not tell_of_end(engine, job.id, **told)
        finish_job(session, job.id, files={}, now=NOW)
        session.commit()
        assert not tell_of_end(engine, job.id, smtp_url="", public_url="x")
        assert tell_of_end(engine, job.id, **told)
        assert not tell_of_end(engine, job.id, **told)

        assert Post.said == ["mail.example:587 True", "ehlo", "starttls", "an m@t", "bye"]
        (letter,) = Post.letters
        assert (letter["To"], letter["From"]) == ("binh@tinh.vn", "hailong@tinh.vn")
        assert f"https://hailong.example/desk/jobs/{job.id}" in letter.get_content()
        assert count_unseen_jobs(session, official_id=official.id) == 1
        session.rollback()
        assert mark_seen(session.get_one(Job, job.id), now=NOW)
        assert count_unseen_jobs(session, official_id=official.id) == 0
        session.commit()

        other = request_job(session, kind="annual", arguments={"year": 1}, now=NOW, official_id=official.id)
        finish_job(session, other.id, files={}, now=NOW)
        session.commit()
        assert not tell_of_end(engine, other.id, smtp_url="gopher://x", public_url="x")


def test_a_queue_that_is_down_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").mkdir()
    with Session(engine) as session:
        job = request_job(session, kind="annual", arguments={}, now=NOW)
        session.commit()
        queue = JobQueue(database_url="sqlite:///x", data_dir=tmp_path, key="k")

        assert not queue.put(job.id)
        assert list_waiting_jobs(session, since=NOW) == [job.id]
