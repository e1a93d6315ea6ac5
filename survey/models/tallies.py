"""Tallies: what the fold makes of closed days, and all that officials ever read."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import Base
from survey.models.columns import BYTEWISE, DISTRIBUTED, JSON_VALUE, Integers

# A figure moves only when so many answers have come to it, or gone from it.
SMALLEST_MOVE: Final = 10


class LevelTally(Base):
    """How many respondents gave an item a level; level 0 is "no opinion"."""

    __tablename__ = "level_tallies"
    __table_args__ = (CheckConstraint("level BETWEEN 0 AND 5", name="level"), {"info": DISTRIBUTED})

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    verified: Mapped[bool] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class BreakdownTally(Base):
    """The same counts along one dimension: ``service_point``, ``field``, ``language``, ``verified`` or ``channel``.

    ``member`` is the id of the counter or field, the language code, or whether a one-time code came along.
    """

    __tablename__ = "breakdown_tallies"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class OptionTally(Base):
    """How many respondents chose an option of a question that is not rated; option 0 is "no opinion".

    Of a question that takes several options each counts for itself, and option 0 counts who chose any.
    """

    __tablename__ = "option_tallies"
    __table_args__ = (CheckConstraint("option >= 0", name="option"), {"info": DISTRIBUTED})

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    option: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class MomentTally(Base):
    """Sums with the respondent as unit: n, Σv, the upper triangle of Σvvᵀ row by row, and who answered.

    v holds for each element of the edition, in its order: items satisfied with, items rated, sum of scores.
    ``answered`` counts the respondents with a rating in each element and, last, in any (see ``analysis.moments``).
    """

    __tablename__ = "moment_tallies"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    verified: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int]
    sums: Mapped[list[int]] = mapped_column(JSON_VALUE)
    cross: Mapped[list[int]] = mapped_column(JSON_VALUE)
    answered: Mapped[list[int]] = mapped_column(JSON_VALUE)


class BreakdownMomentTally(Base):
    """The same sums along one dimension, so that a counter's figure has an interval with the respondent as unit."""

    __tablename__ = "breakdown_moment_tallies"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    sums: Mapped[list[int]] = mapped_column(JSON_VALUE)
    cross: Mapped[list[int]] = mapped_column(JSON_VALUE)
    answered: Mapped[list[int]] = mapped_column(JSON_VALUE)


class TallyTotal(Base):
    """The tallies of one scope, added up over months, channels and kinds of verification.

    A scope is that of a ``FoldMark``: an agency's own figures in a wave, or one breakdown of them.  A summary of
    thousands of agencies reads these; whoever writes tallies writes their totals anew.  ``levels`` holds by item how
    often there was no opinion, then the levels 1 to 5; ``channels`` and ``verified`` are an agency's own only.
    """

    __tablename__ = "tally_totals"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    n: Mapped[int]
    verified: Mapped[int]
    channels: Mapped[dict[str, int]] = mapped_column(JSON_VALUE)
    sums: Mapped[list[int]] = mapped_column(Integers)
    cross: Mapped[list[int]] = mapped_column(Integers)
    answered: Mapped[list[int]] = mapped_column(Integers)
    levels: Mapped[dict[str, list[int]]] = mapped_column(JSON_VALUE)


class FoldMark(Base):
    """How far one scope has been folded: an agency's own figures (``dimension`` "agency") or one breakdown of it.

    ``stale`` counts answers withdrawn or excluded since, which the tallies still contain.
    ``erased_on`` is the day on which retention erased the answers themselves: the tallies are then all that is left.
    """

    __tablename__ = "fold_marks"
    __table_args__ = ({"info": DISTRIBUTED},)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    wave_id: Mapped[UUID] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    member: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    folded_until: Mapped[date]
    n: Mapped[int]
    stale: Mapped[int] = mapped_column(default=0)
    erased_on: Mapped[date | None]
