"""Work through background jobs and fold every night; ``run`` starts this by itself.

For an installation whose web server is started by other means: one such process beside it.

Example:
    HAILONG_DATABASE_URL=postgresql://hailong@db/hailong python3 hailong.py work
"""

from __future__ import annotations

import logging

import click


@click.command
def command() -> None:
    """Work until told to end."""
    from survey.jobs.worker import main  # noqa: PLC0415  --help needs none of it

    # What the queue says of itself would drown what the server has just printed.
    logging.getLogger("huey").setLevel(logging.WARNING)
    main()
