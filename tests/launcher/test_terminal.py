"""The door of the terminal looks at the data before a verb does."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def fold(data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "terminal.py", "fold", "--data", str(data)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_a_mistyped_folder_is_refused_and_not_made(tmp_path: Path) -> None:
    done = fold(tmp_path / "mistyped")

    assert done.returncode == 1
    assert "There is no data in" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_verb_refuses_a_database_of_a_newer_version(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path)
    with sqlite3.connect(tmp_path / sqlite_template.name) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    done = fold(tmp_path)

    assert done.returncode == 1
    assert "belongs to a newer version (9999)" in done.stderr


def test_every_verb_asks_for_the_tables_of_this_version(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path)
    with sqlite3.connect(tmp_path / sqlite_template.name) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    done = fold(tmp_path)

    assert done.returncode == 1
    assert "lacks the tables of this version" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_of_the_hand_over_ends_it_without_a_traceback(
    number: signal.Signals, full: bool
) -> None:
    hand_over = (
        "import hailong, pathlib, sys; hailong.PYTHON = pathlib.Path(sys.executable); "
        "hailong.make_environment = lambda lock: print('ready', flush=True); hailong.main(['wave', '--help'])"
    )
    for _ in range(60 if full else 6):
        with subprocess.Popen(
            [sys.executable, "-c", hand_over], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            # Any moment: from before the new Python begins until the verb is done.
            time.sleep(random.SystemRandom().uniform(0, 0.4))
            process.send_signal(number)
            said = process.stdout.read()
        assert "Traceback" not in said
        assert process.returncode in {0, 128 + number}
