"""The officials' desk: sign in, read what citizens said, run waves."""

from __future__ import annotations

from pathlib import Path

import flask

from survey.desk import (
    account,
    agencies,
    alerts,
    annual,
    chosen,
    comments,
    counter_codes,
    dashboards,
    entry,
    exclusions,
    gauge,
    history,
    improvements,
    jobs,
    keys,
    kiosks,
    letterheads,
    manual,
    paper,
    population,
    population_files,
    posters,
    releases,
    reports,
    second_factor,
    setup,
    sign_in,
    slips,
    wave_counters,
    wave_deletion,
    wave_life,
    wave_summary,
    waves,
)
from survey.desk.blueprint import blueprint
from survey.jobs.queue import JobQueue

__all__ = [
    "account",
    "agencies",
    "alerts",
    "annual",
    "chosen",
    "comments",
    "counter_codes",
    "dashboards",
    "entry",
    "exclusions",
    "gauge",
    "history",
    "improvements",
    "init_desk",
    "jobs",
    "keys",
    "kiosks",
    "letterheads",
    "manual",
    "paper",
    "population",
    "population_files",
    "posters",
    "releases",
    "reports",
    "second_factor",
    "setup",
    "sign_in",
    "slips",
    "wave_counters",
    "wave_deletion",
    "wave_life",
    "wave_summary",
    "waves",
]


def init_desk(app: flask.Flask, *, database_url: str, data_dir: Path, key: str) -> None:
    """Register the desk's pages and the queue of what they ask for in the background."""
    app.register_blueprint(blueprint)
    app.extensions["hailong_jobs"] = JobQueue(database_url=database_url, data_dir=data_dir, key=key)
