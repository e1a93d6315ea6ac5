"""What a summary is made from, as one checksum that costs little: it moves whenever the summary would."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import PopulationSize, Wave
from survey.models.releases import Release
from survey.models.responses import Exclusion
from survey.models.tallies import FoldMark


def count_children(session: Session, agency_id: UUID) -> int:
    """Count the agencies right under one."""
    return session.scalar(select(func.count()).where(Agency.parent_id == agency_id)) or 0


def checksum_behind(session: Session, *, path: str) -> str:
    """Return the checksum of how far every wave is folded below an agency, and of all that officials set there."""
    below = select(Agency.id).where(Agency.path.startswith(path, autoescape=True))
    names = func.sum(func.length(Agency.name))
    statements: tuple[Select[*tuple[object, ...]], ...] = (
        select(func.count(), names, func.max(Agency.valid_from), func.count(Agency.valid_to)).where(
            Agency.path.startswith(path, autoescape=True)
        ),
        select(
            FoldMark.wave_id,
            func.count(),
            func.sum(FoldMark.n),
            func.sum(FoldMark.stale),
            func.max(FoldMark.folded_until),
        )
        .where(FoldMark.agency_id.in_(below), FoldMark.dimension == "agency")
        .group_by(FoldMark.wave_id),
        select(Wave.id, Wave.name, Wave.state, Wave.opens_on, Wave.closes_on, Wave.closed_on, Wave.index_year),
        select(PopulationSize.wave_id, func.count(), func.sum(PopulationSize.transactions))
        .where(PopulationSize.agency_id.in_(below))
        .group_by(PopulationSize.wave_id),
        select(func.count()).select_from(Exclusion).where(Exclusion.agency_id.in_(below)),
        select(func.count(), func.count(Release.released_on), func.count(Release.superseded_on)),
    )
    # A sum is an int on one database and a Decimal on the other, and rows come in no order.
    lines = (sorted(" ".join(f"{part}" for part in row) for row in session.execute(each)) for each in statements)
    return hashlib.sha256("\n\n".join("\n".join(each) for each in lines).encode()).hexdigest()
