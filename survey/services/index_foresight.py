"""What changing the rubric of a round would do to what is scored already; nothing is changed by asking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.index_rounds import IndexRound
from survey.models.index_scores import IndexScore
from survey.models.rubric_content import LeafContent
from survey.models.rubrics import Rubric
from survey.services.index_carrying import CARRIED, Fate, fate_of, leaves_of, survey_moves
from survey.services.index_ledger import content_of
from survey.services.index_rounds import list_participants
from survey.services.row_version import version_of


@dataclass(frozen=True, slots=True)
class LeafFate:
    """What becomes of the scores of one criterion: how many of them meet each fate."""

    code: str
    name: Mapping[str, str]
    scores: Mapping[Fate, int]
    before: Fraction | None
    after: Fraction | None

    @property
    def lost(self) -> int:
        """Return how many scores are not carried over."""
        return sum(number for fate, number in self.scores.items() if fate not in CARRIED)

    @property
    def reasons(self) -> list[Fate]:
        """Return why, where any is lost."""
        return [fate for fate in self.scores if fate not in CARRIED]


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would be carried over and what not, and the criteria of the new edition that nobody scored yet.

    ``survey_again`` says that points of the satisfaction survey are there, and must be taken from it again.
    """

    leaves: Sequence[LeafFate]
    unscored: Sequence[LeafContent]
    seen: str
    survey_again: bool

    def number(self, fate: Fate) -> int:
        """Return how many scores meet a fate."""
        return sum(leaf.scores.get(fate, 0) for leaf in self.leaves)

    @property
    def lost(self) -> list[LeafFate]:
        """Return the criteria with scores that are not carried over."""
        return [leaf for leaf in self.leaves if leaf.lost]

    @property
    def recounted(self) -> list[LeafFate]:
        """Return the criteria with scores that are counted anew."""
        return [leaf for leaf in self.leaves if leaf.scores.get("recounted")]


def foresee(session: Session, round_: IndexRound, rubric: Rubric) -> Foresight:
    """Say what changing to a rubric would do now; ``seen`` stands for it in a form."""
    old, new = content_of(round_).leaves, leaves_of(rubric)
    moves = survey_moves(old, new)
    agencies = [part.agency_id for part in list_participants(session, round_)]
    wanted = select(IndexScore.criterion, IndexScore.value, IndexScore.points).where(
        IndexScore.agency_id.in_(agencies), IndexScore.round_id == round_.id, IndexScore.value.is_not(None)
    )
    found: dict[str, Counter[Fate]] = {}
    for code, value, points in session.execute(wanted):
        if value is not None and (code in old or code in new):
            fate = fate_of(value, points, old.get(code), new.get(code), survey_moves=moves)
            found.setdefault(code, Counter())[fate] += 1
    order = dict.fromkeys([*old, *new])
    leaves = [_leaf(code, found[code], old.get(code), new.get(code)) for code in order if code in found]
    unscored = [leaf for code, leaf in new.items() if code not in found]
    told = {leaf.code: repr(sorted(leaf.scores.items())) for leaf in leaves}
    is_surveyed = any(one.source == "satisfaction" for code in found for one in (old.get(code), new.get(code)) if one)
    return Foresight(leaves, unscored, version_of({**told, "": rubric.sha256}), moves and is_surveyed)


def _leaf(code: str, scores: Counter[Fate], old: LeafContent | None, new: LeafContent | None) -> LeafFate:
    named = new or old
    return LeafFate(
        code,
        named.name if named else {},
        dict(scores),
        old.rule.maximum if old else None,
        new.rule.maximum if new else None,
    )
