"""Work through background jobs and fold every night; ``run`` starts this by itself.

For an installation whose web server is started by other means: one such process beside it.

Example:
    HAILONG_DATABASE_URL=postgresql://hailong@db/hailong python3 hailong.py work
"""

from __future__ import annotations

import logging
import threading

import click

from survey.cli._data_folder import keep_private
from survey.cli._signals import end_with


@click.command
@click.option("--parent", type=int, hidden=True, help="End with the process of this number.")
def command(parent: int | None) -> None:
    """Work until told to end."""
    keep_private()
    if parent is not None:
        threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    from survey.jobs.worker import main  # noqa: PLC0415  --help needs none of it

    # What the queue says of itself would drown what the server has just printed.
    logging.getLogger("huey").setLevel(logging.WARNING)
    main()
