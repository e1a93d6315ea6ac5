"""The rows from which released figures are made anew: read from the database, or put into an empty one in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    Float,
    Integer,
    Table,
    Uuid,
    create_engine,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Session

from survey.db import Base
from survey.models.agencies import Agency
from survey.models.fieldwork import PopulationSize, Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.releases import WaveRelease
from survey.models.tallies import BreakdownMomentTally, BreakdownTally, FoldMark, LevelTally, MomentTally

Rows = list[dict[str, Any]]
Evidence = dict[str, Rows]  # by table, each value as JSON knows it

# In the order in which they can be put in; the last ones are counts of answers.
TABLES: Final[tuple[type[Base], ...]] = (
    Agency,
    QuestionnaireEdition,
    MethodEdition,
    Wave,
    WaveRelease,
    PopulationSize,
    FoldMark,
    MomentTally,
    LevelTally,
    BreakdownMomentTally,
    BreakdownTally,
)
# The dimensions whose figures are compared between years; the others are told apart once.
GROUPS: Final = ("channel", "verified")
_READERS: Final[tuple[tuple[type, Callable[[Any], object]], ...]] = (
    (Uuid, UUID),
    (Date, date.fromisoformat),
    (Boolean, bool),
    (Integer, int),
    (Float, float),
)
_ROWS_AT_ONCE: Final = 500


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 -- every model of ours has one
    return table


def read_evidence(session: Session, *, root: Agency, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> Evidence:
    """Read what the figures of some waves below an agency are made of, each row by the names of its columns."""
    above = [UUID(part) for part in root.path.split("/") if part]
    editions = select(Wave.questionnaire_edition_id).where(Wave.id.in_(wave_ids))
    methods = select(Wave.method_edition_id).where(Wave.id.in_(wave_ids))
    wanted: dict[type[Base], tuple[ColumnElement[bool], ...]] = {
        Agency: (or_(Agency.id.in_(above), Agency.path.startswith(root.path, autoescape=True)),),
        QuestionnaireEdition: (QuestionnaireEdition.id.in_(editions),),
        MethodEdition: (MethodEdition.id.in_(methods),),
        Wave: (Wave.id.in_(wave_ids),),
        WaveRelease: (
            WaveRelease.wave_id.in_(wave_ids),
            WaveRelease.released_on.is_not(None),
            WaveRelease.superseded_on.is_(None),
        ),
        PopulationSize: (PopulationSize.wave_id.in_(wave_ids), PopulationSize.agency_id.in_(agency_ids)),
    }
    wanted[FoldMark] = (*_cells(FoldMark, agency_ids, wave_ids), FoldMark.dimension == "agency")
    wanted[MomentTally] = _cells(MomentTally, agency_ids, wave_ids)
    wanted[LevelTally] = _cells(LevelTally, agency_ids, wave_ids)
    for model in (BreakdownMomentTally, BreakdownTally):
        wanted[model] = (*_cells(model, agency_ids, wave_ids), table_of(model).c.dimension.in_(GROUPS))
    return {table_of(model).name: _rows(session, table_of(model), wanted[model]) for model in TABLES}


def open_evidence(evidence: Mapping[str, Sequence[Mapping[str, Any]]]) -> Session:
    """Put rows into an empty database in memory and open it; what was never written there is not there.

    Raises:
        ValueError: A row does not fit its table; the sentence names the table.

    """
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    session = Session(engine)
    for model in TABLES:
        table = table_of(model)
        rows = evidence.get(table.name, ())
        try:
            typed = [_typed(table, row) for row in rows]
            for start in range(0, len(typed), _ROWS_AT_ONCE):
                session.execute(insert(table), typed[start : start + _ROWS_AT_ONCE])
        except Exception as error:
            msg = f"{table.name}: {error}"
            raise ValueError(msg) from error
    session.commit()
    return session


def _cells(model: type[Base], agency_ids: Sequence[UUID], wave_ids: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    columns = table_of(model).c
    return columns.agency_id.in_(agency_ids), columns.wave_id.in_(wave_ids)


def _rows(session: Session, table: Table, conditions: Sequence[ColumnElement[bool]]) -> Rows:
    found = session.execute(select(table).where(*conditions)).mappings()
    rows = [{name: _plain(value) for name, value in row.items()} for row in found]
    keys = [column.name for column in table.primary_key.columns]
    return sorted(rows, key=lambda row: [f"{row[key]}" for key in keys])


def _plain(value: Any) -> Any:  # noqa: ANN401 -- whatever a column holds
    return str(value) if isinstance(value, UUID | date) else value


def _typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    typed = {column.name: _read(column.type, row[column.name]) for column in table.columns if column.name in row}
    # An empty cell is an empty text where there must be one.
    empty = {column.name: "" for column in table.columns if typed.get(column.name, "") is None and not column.nullable}
    return typed | empty


def _read(kind: object, value: Any) -> Any:  # noqa: ANN401 -- whatever a column holds
    if value is None or isinstance(kind, JSON):
        return value
    return next((read(value) for known, read in _READERS if isinstance(kind, known)), value)
