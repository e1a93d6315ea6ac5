"""The invented survey of tests/reference as arrays, and R's answers to it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.design import Codes, Design, sampling_design
from analysis.intervals import Floats

Row = dict[str, str]

HERE = Path(__file__).parent / "reference"


@cache
def answers() -> dict[str, Any]:
    return dict(json.loads((HERE / "survey.json").read_text(encoding="utf-8")))


@cache
def _rows() -> tuple[Row, ...]:
    with (HERE / "sample.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


class People:
    """Columns of the survey, of all rows or of those for which ``keep`` holds."""

    def __init__(self, keep: Callable[[Row], bool] | None = None) -> None:
        self.rows = [row for row in _rows() if keep is None or keep(row)]

    def text(self, column: str) -> np.ndarray:
        return np.array([row[column] for row in self.rows])

    def number(self, column: str) -> Floats:
        return np.array([float(row[column] or "nan") for row in self.rows])

    @property
    def rating(self) -> Floats:
        return self.number("rating")

    @property
    def satisfied(self) -> Floats:
        return np.where(np.isnan(self.rating), np.nan, self.rating >= 4)

    def domain(self, column: str) -> tuple[list[str], Codes]:
        names, code = np.unique(self.text(column), return_inverse=True)
        return list(names), code

    def design(self, kind: str, **more: Any) -> Design:
        weights, strata = self.number("weight"), self.text("stratum")
        stages = [self.text("commune"), self.text("village")]
        sizes = [self.number("all_communes"), self.number("all_villages")]
        given: dict[str, dict[str, Any]] = {
            "simple": {"size": len(self.rows)},
            "weighted": {"weights": weights},
            "stratified": {"weights": weights, "strata": strata},
            "clustered": {"weights": weights, "strata": strata, "clusters": stages},
            "two_stage": {"strata": strata, "clusters": stages, "population_sizes": sizes},
            "unstratified": {"weights": weights, "clusters": [np.char.add(strata, stages[0])]},
            "one_stage": {"weights": weights, "strata": strata, "clusters": stages[:1]},
            "one_stage_fpc": {
                "weights": weights,
                "strata": strata,
                "clusters": stages[:1],
                "population_sizes": sizes[:1],
            },
        }
        return sampling_design(**given[kind], **more)
