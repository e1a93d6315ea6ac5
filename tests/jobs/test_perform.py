from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.jobs.perform import MOST_ATTEMPTS, perform_job
from survey.jobs.work import Work, folder_of, unfinished_folder_of
from survey.models.jobs import Job
from survey.services.errors import WaveError
from survey.services.jobs import cancel_job, request_job, retry_job, start_job

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def ask(engine: Engine, kind: str = "letter", **arguments: object) -> UUID:
    with Session(engine) as session:
        job = request_job(session, kind=kind, arguments=arguments, now=NOW)
        session.commit()
        return job.id


def row(engine: Engine, job_id: UUID) -> Job:
    with Session(engine) as session:
        return session.get_one(Job, job_id)


def write_two_letters(work: Work) -> None:
    work.write("PDF", "letter.pdf", b"first")
    work.step(1, 2)
    work.write("CSV", "letter.csv", b"second")
    work.step(2, 2)


def test_a_job_that_is_done_has_all_its_documents_under_their_final_names(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)

    perform_job(engine, job_id, kinds={"letter": write_two_letters}, data_dir=tmp_path)

    job = row(engine, job_id)
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    assert job.files == {"PDF": "letter.pdf", "CSV": "letter.csv"}
    assert (folder_of(tmp_path, job_id) / "letter.csv").read_bytes() == b"second"
    assert not unfinished_folder_of(tmp_path, job_id).exists()


def test_while_a_job_runs_nothing_lies_under_a_final_name(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)
    seen = []

    def look(work: Work) -> None:
        work.write("PDF", "letter.pdf", b"half")
        seen.append(folder_of(tmp_path, job_id).exists())

    perform_job(engine, job_id, kinds={"letter": look}, data_dir=tmp_path)

    assert seen == [False]


def test_a_job_that_breaks_is_failed_and_leaves_no_file(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)

    def break_off(work: Work) -> None:
        work.write("PDF", "letter.pdf", b"half")
        raise OSError(28, "No space left on device")

    perform_job(engine, job_id, kinds={"letter": break_off}, data_dir=tmp_path)

    assert row(engine, job_id).state == "failed"
    assert "Ổ đĩa đã đầy" in row(engine, job_id).message
    assert list((tmp_path / "documents").iterdir()) == []
    with Session(engine) as session:
        assert retry_job(session, session.get_one(Job, job_id))
        assert not retry_job(session, session.get_one(Job, job_id))
        session.commit()
    perform_job(engine, job_id, kinds={"letter": write_two_letters}, data_dir=tmp_path)
    assert (row(engine, job_id).state, row(engine, job_id).message) == ("done", "")


def test_what_ends_the_worker_again_and_again_is_given_up(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)
    for _ in range(MOST_ATTEMPTS):
        with Session(engine) as session:
            assert start_job(session, job_id)
            session.commit()

    perform_job(engine, job_id, kinds={"letter": write_two_letters}, data_dir=tmp_path)

    assert row(engine, job_id).state == "failed"
    assert "báo người vận hành" in row(engine, job_id).message


def test_a_refusal_is_told_in_the_language_of_who_asked(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine, language="en")

    def refuse(_work: Work) -> None:
        raise WaveError(vi="Chưa có đợt nào.", en="There is no wave.")

    perform_job(engine, job_id, kinds={"letter": refuse}, data_dir=tmp_path)

    assert row(engine, job_id).message == "There is no wave."


def test_a_job_cancelled_while_it_runs_stops_at_its_next_step(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)

    def be_cancelled(work: Work) -> None:
        work.write("PDF", "letter.pdf", b"half")
        with Session(engine) as session:
            assert cancel_job(session, job_id, now=NOW)
            session.commit()
        work.step(1, 2)
        pytest.fail("went on")

    perform_job(engine, job_id, kinds={"letter": be_cancelled}, data_dir=tmp_path)

    assert row(engine, job_id).state == "cancelled"
    assert not folder_of(tmp_path, job_id).exists()


def test_a_job_that_died_while_it_ran_is_done_again_from_its_beginning(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)
    with Session(engine) as session:
        session.get_one(Job, job_id).state = "running"
        session.commit()
    leftover = unfinished_folder_of(tmp_path, job_id) / "letter.pdf"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"ha")

    perform_job(engine, job_id, kinds={"letter": write_two_letters}, data_dir=tmp_path)

    assert row(engine, job_id).state == "done"
    assert (folder_of(tmp_path, job_id) / "letter.pdf").read_bytes() == b"first"


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_finished_job_is_not_done_again(engine: Engine, tmp_path: Path, state: str) -> None:
    job_id = ask(engine)
    with Session(engine) as session:
        session.get_one(Job, job_id).state = state
        session.commit()

    perform_job(engine, job_id, kinds={}, data_dir=tmp_path)

    assert row(engine, job_id).state == state


def test_a_job_whose_row_is_gone_is_nothing(engine: Engine, tmp_path: Path) -> None:
    perform_job(engine, uuid4(), kinds={}, data_dir=tmp_path)


def test_what_is_already_under_way_is_not_asked_for_twice(engine: Engine) -> None:
    assert ask(engine, year=2026) == ask(engine, year=2026)
    assert ask(engine, year=2026) != ask(engine, year=2025)


def test_a_page_can_stop_a_job_that_still_waits(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)
    with Session(engine) as session:
        assert cancel_job(session, job_id, now=NOW)
        session.commit()
    done: list[str] = []
    kinds: dict[str, Callable[[Work], None]] = {"letter": lambda _work: done.append("letter")}

    perform_job(engine, job_id, kinds=kinds, data_dir=tmp_path)

    assert done == []


def test_a_document_never_leaves_the_folder_of_its_job(engine: Engine, tmp_path: Path) -> None:
    job_id = ask(engine)
    kinds: dict[str, Callable[[Work], None]] = {"letter": lambda work: work.write("PDF", "../../99/01 a.pdf", b"x")}

    perform_job(engine, job_id, kinds=kinds, data_dir=tmp_path)

    assert row(engine, job_id).files == {"PDF": "..-..-99-01-a.pdf"}
    assert (folder_of(tmp_path, job_id) / "..-..-99-01-a.pdf").read_bytes() == b"x"
