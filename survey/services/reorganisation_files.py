"""A reorganisation from its files to what it would do, for whoever asks: the terminal, or a page over a job."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from survey.services.commune_file import COMMUNE_COLUMNS, read_communes
from survey.services.reorganisation import Outcome
from survey.services.reorganisation_plan import (
    PROVINCE_COLUMNS,
    NewUnit,
    ReorganisationPlan,
    make_plan,
    provinces_of,
    read_provinces,
)
from survey.services.table_file import read_table
from survey.services.table_headings import known_headings

USUAL_DECISION: Final = "Nghị quyết 202/2025/QH15 và các nghị quyết sắp xếp cấp xã năm 2025"
MOST_TOLD: Final = 200
_KNOWN: Final = known_headings((*COMMUNE_COLUMNS, *PROVINCE_COLUMNS))


class SentFile(NamedTuple):
    """A file and its name."""

    name: str
    content: bytes


def read_plan(communes: SentFile, provinces: SentFile | None, *, only: frozenset[str]) -> ReorganisationPlan:
    """Read the files; without one of provinces these are found out of the communes' lines.

    Raises:
        ImportRefusedError: where a file cannot be read or lacks a column.

    """
    file = read_communes(read_table(communes.content, name=communes.name, known=_KNOWN))
    if provinces is None:
        pairs = provinces_of(file.rows)
    else:
        pairs = read_provinces(read_table(provinces.content, name=provinces.name, known=_KNOWN))
    return make_plan(file.rows, file.oddities, pairs, only=only)


def tell(plan: ReorganisationPlan, outcome: Outcome) -> dict[str, Any]:
    """Return what a reorganisation does as plain values; ``digest`` stands for all of it."""
    effects = outcome.effects
    told: dict[str, Any] = {
        "provinces": _counts(plan, len(plan.old_provinces), plan.provinces),
        "communes": _counts(plan, len(plan.old_communes), plan.communes),
        "divided": len(plan.divided),
        "added_old": outcome.added_old,
        "added_new": outcome.added_new,
        "ended": outcome.ended,
        "moved_along": outcome.moved_along,
        "counters": [name for name in effects.counters if name[2] is not None][:MOST_TOLD],
        "counters_moved": sum(heir is not None for _, _, heir in effects.counters),
        "counters_retired": [[name, owner] for name, owner, heir in effects.counters if heir is None],
        "roles": len(effects.roles),
        "waves": sorted(effects.waves),
        "slips": effects.slips,
        "lost_slips": effects.lost_slips,
        "odd": [[odd.line, odd.column, odd.value, odd.probably, odd.vi, odd.en] for odd in plan.oddities[:MOST_TOLD]],
        "odd_number": len(plan.oddities),
    }
    said = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return {**told, "digest": hashlib.sha256(said.encode()).hexdigest()}


def _counts(plan: ReorganisationPlan, before: int, units: Sequence[NewUnit]) -> dict[str, Any]:
    return {"before": before, "after": len(units), "fates": plan.count(units)}
