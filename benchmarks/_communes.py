"""A country of communes with two years of folded answers: the tallies alone, as the fold leaves them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

import flask
import flask_migrate
import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from analysis.moments import Moments, answer_vectors
from survey.db import Base, db
from survey.models.agencies import Agency
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.sort_key import sort_key
from survey.models.tallies import FoldMark, LevelTally, MomentTally, TallyTotal
from survey.queries.tallies import UNVERIFIED, VERIFIED
from survey.services.editions import load_builtin_editions
from survey.services.tally_totals import totals_of
from survey.services.tallying import Tallies
from survey.services.waves import WavePlan, plan_wave

YEARS: Final = (2025, 2026)
TODAY: Final = date(2026, 11, 21)
# A cell is a month, a channel, and whether a one-time code came along.
MONTHS: Final = 10
CELLS: Final = (("qr", False), ("kiosk", False), ("paper", False), ("qr", True))
# So many answers a cell at most, and so many different cells: what is read is the same with more of them.
MOST_IN_A_CELL: Final = 12
PATTERNS: Final = 400
AT_ONCE: Final = 20_000


@dataclass(frozen=True)
class Country:
    """The root of all communes, and the year that has one before it."""

    root_id: UUID
    year: int


@dataclass(frozen=True)
class _Cell:
    moments: Moments
    levels: list[tuple[str, int, int]]  # item, level, count


def lay_out(app: flask.Flask, communes: int, *, migrate: bool = True) -> Country:
    """Migrate the database and fill it."""
    with app.app_context():
        if migrate:
            flask_migrate.upgrade()
        session = db.session()
        load_builtin_editions(session, today=TODAY)
        root, agencies = _agencies(session, communes)
        dice = np.random.default_rng(20261121)
        for year in YEARS:
            wave, questionnaire = _wave(session, root, year)
            _fill(session, wave, agencies, _patterns(questionnaire, dice), dice)
        session.commit()
        country = Country(root.id, YEARS[-1])
        db.session.remove()
        db.engine.dispose()
    return country


def _agencies(session: Session, communes: int) -> tuple[Agency, list[UUID]]:
    def agency(code: str, kind: str, name: str, parent: Agency | None) -> Agency:
        key = new_id()
        return Agency(
            id=key, code=code, kind=kind, name=name, sort_key=sort_key(name), valid_from=date(2020, 1, 1),
            parent_id=parent.id if parent else None, path=f"{parent.path if parent else ''}{key}/", is_demo=True,
        )  # fmt: skip

    root = agency("BC", "province", "Tỉnh Đo Lường", None)
    session.add(root)
    session.flush()
    rows = [agency(f"BC{number:05d}", "commune", f"Xã Đo Lường {number}", root) for number in range(communes)]
    session.add_all(rows)
    session.flush()
    return root, [row.id for row in rows]


def _wave(session: Session, root: Agency, year: int) -> tuple[Wave, Questionnaire]:
    newest = (
        select(QuestionnaireEdition)
        .where(QuestionnaireEdition.questionnaire == "counter")
        .order_by(QuestionnaireEdition.edition.desc())
        .limit(1)
    )
    edition, method = session.scalars(newest).one(), session.scalars(select(MethodEdition)).first()
    assert method is not None
    plan = WavePlan(f"BC{year}", f"Đợt {year}", "self_selected", year, date(year, 1, 1), date(year, MONTHS, 28))
    wave = plan_wave(session, plan, agency=root, questionnaire_edition=edition, method_edition=method)
    wave.state, wave.closed_on = "closed", date(year, MONTHS, 28)
    session.flush()
    return wave, Questionnaire.from_content(edition.content)


def _patterns(questionnaire: Questionnaire, dice: np.random.Generator) -> list[_Cell]:
    """Draw cells of answers; communes put theirs together from these."""
    items = [item for element in questionnaire.elements for item in element.items]
    elements = [at for at, element in enumerate(questionnaire.elements) for _ in element.items]
    cells = []
    for _ in range(PATTERNS):
        level = dice.uniform(0.7, 0.95)
        odds = (0.02, (1 - level) * 0.2, (1 - level) * 0.3, (1 - level) * 0.5 - 0.01, level * 0.6, level * 0.4 - 0.01)
        ratings = dice.choice(6, size=(int(dice.integers(2, MOST_IN_A_CELL + 1)), len(items)), p=odds)
        vectors = answer_vectors(ratings, element_of_item=elements)
        counted = [
            (item.code, value, int((ratings[:, at] == value).sum()))
            for at, item in enumerate(items)
            for value in range(6)
        ]
        moments = Moments.from_answers(vectors, elements=len(questionnaire.elements))
        cells.append(_Cell(moments, [row for row in counted if row[2]]))
    return cells


def _fill(session: Session, wave: Wave, agencies: list[UUID], patterns: list[_Cell], dice: np.random.Generator) -> None:
    rows: dict[type[Base], list[dict[str, object]]] = {
        table: [] for table in (MomentTally, LevelTally, FoldMark, TallyTotal)
    }
    for agency_id in agencies:
        drawn = iter(dice.integers(0, PATTERNS, MONTHS * len(CELLS)))
        owner: dict[str, object] = {"agency_id": agency_id, "wave_id": wave.id}
        whole = Tallies(patterns[0].moments.elements)
        for month in range(1, MONTHS + 1):
            for channel, verified in CELLS:
                cell = patterns[int(next(drawn))]
                when = f"{wave.index_year}-{month:02d}"
                _count(whole, (when, channel, verified), cell)
                key = {**owner, "month": when, "channel": channel, "verified": verified}
                sums = {name: list(getattr(cell.moments, name)) for name in ("sums", "cross", "answered")}
                rows[MomentTally].append({**key, "n": cell.moments.n, **sums})
                rows[LevelTally] += [
                    {**key, "item": item, "level": level, "count": count} for item, level, count in cell.levels
                ]
        for total in totals_of(whole, agency_id=agency_id, wave_id=wave.id).values():
            rows[TallyTotal].append(asdict(total))
            scope = {"dimension": total.dimension, "member": total.member}
            rows[FoldMark].append({**owner, **scope, "n": total.n, "stale": 0, "folded_until": wave.closes_on})
        _insert(session, rows, at_least=AT_ONCE)
    _insert(session, rows, at_least=1)


def _count(whole: Tallies, key: tuple[str, str, bool], cell: _Cell) -> None:
    """Add a cell to what an agency's totals are made of; of the breakdowns only the totals are read, and written."""
    month, channel, verified = key
    whole.moments[key] = cell.moments
    whole.levels.update({(month, item, channel, verified, level): count for item, level, count in cell.levels})
    for scope in (("channel", channel), ("verified", VERIFIED if verified else UNVERIFIED)):
        known = whole.breakdown_moments.get((*scope, month))
        whole.breakdown_moments[*scope, month] = cell.moments if known is None else known + cell.moments
        whole.breakdowns.update({(*scope, month, item, level): count for item, level, count in cell.levels})


def _insert(session: Session, waiting: dict[type[Base], list[dict[str, object]]], *, at_least: int) -> None:
    for table, rows in waiting.items():
        if len(rows) >= at_least:
            session.execute(insert(table), rows)
            rows.clear()
