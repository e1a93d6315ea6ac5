"""What leaving answers out has done to the whole: with the excluded answers counted as well, and without them.

The two figures differ by the excluded answers alone, so they are told only of ten of these or more, agency by agency
and wave by wave, and only once a wave is final: until then answers come and go together, and one that went could be
found by looking before and after.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from analysis.moments import Moments, answer_vectors
from survey.findings.figures import Figures, Part, measure_whole
from survey.findings.groups import Group, pooled, rated
from survey.findings.sample import Levels, Sample
from survey.findings.values import BreakdownRow, Wording
from survey.models.editions import RATING_LEVELS, Questionnaire
from survey.models.wave_days import is_final
from survey.queries.exclusions import ExcludedPattern, stream_excluded
from survey.queries.waves import WaveRow

EXCLUSIONS: Final = "exclusions"
WITH: Final = Wording("Tính cả phiếu đã loại", "With the excluded answers")
WITHOUT: Final = Wording("Không tính phiếu đã loại (như báo cáo)", "Without the excluded answers (as reported)")
_FEWEST_HIDING: Final = 2


@dataclass
class _Cell:
    """The excluded answers of an agency in a wave while they are added up."""

    vectors: list[list[int]] = field(default_factory=list)
    levels: dict[str, Levels] = field(default_factory=dict)


def exclusion_effect(
    session: Session, *, waves: Sequence[WaveRow], sample: Sample, whole: Figures, today: date
) -> tuple[BreakdownRow, ...]:
    """Return the whole with the excluded answers and without, pooled by response; nothing where it cannot be told."""
    if sample.design is not None or whole.overall.is_suppressed or not all(is_final(wave, today) for wave in waves):
        return ()
    smallest = sample.method.smallest_n_shown
    told = [unit.agency_id for unit in sample.answered if len(sample.answered) == 1 or rated(unit.moments) >= smallest]
    patterns = stream_excluded(session, wave_ids=[wave.id for wave in waves], agency_ids=told)
    excluded = pooled(sample, _told(_cells(sample.questionnaire, patterns), smallest))
    if rated(excluded.moments) < smallest:
        return ()
    counted = pooled(sample, (_group(part) for part in whole.parts))
    both = pooled(sample, (counted, excluded))
    return tuple(
        BreakdownRow(EXCLUSIONS, member, name, measure_whole(sample, group.moments, dict(group.levels)))
        for member, name, group in (("with", WITH, both), ("without", WITHOUT, counted))
    )


def _group(part: Part) -> Group:
    return Group(part.moments, part.levels)


def _cells(questionnaire: Questionnaire, patterns: Iterable[ExcludedPattern]) -> Iterator[Group]:
    """Add the patterns up by agency and wave."""
    owner = [at for at, element in enumerate(questionnaire.elements) for _ in element.items]
    codes = [item.code for element in questionnaire.elements for item in element.items]
    cells: Mapping[tuple[UUID, UUID], _Cell] = defaultdict(_Cell)
    for pattern in patterns:
        cell, given = cells[pattern.agency_id, pattern.wave_id], json.loads(pattern.answers)
        vector = answer_vectors(np.array([[given.get(code, 0) for code in codes]]), element_of_item=owner)[0]
        cell.vectors += [vector.tolist()] * pattern.count
        for code in codes:
            if code in given:
                counts = cell.levels.setdefault(code, [0] * (1 + len(RATING_LEVELS)))
                counts[given[code]] += pattern.count
    for cell in cells.values():
        yield Group(Moments.from_answers(cell.vectors, elements=len(questionnaire.elements)), cell.levels)


def _told(cells: Iterable[Group], smallest: int) -> list[Group]:
    """Leave out the cells that are too small, unless they are several and enough together."""
    every = list(cells)
    small = [cell for cell in every if rated(cell.moments) < smallest]
    enough = len(small) >= _FEWEST_HIDING and sum(rated(cell.moments) for cell in small) >= smallest
    return every if enough else [cell for cell in every if rated(cell.moments) >= smallest]
