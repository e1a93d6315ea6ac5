"""Answers in, tallies out: the one place where responses become counts and moments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from analysis.moments import PER_ELEMENT, Moments, answer_vectors
from survey.models.editions import NO_OPINION, RATING_LEVELS, Questionnaire
from survey.queries.responses import PatternCount
from survey.queries.tallies import OWN, Scope
from survey.services.fold_plan import DIMENSIONS, Move, member_of

_ABSENT: Final = -1
_LEVELS: Final = len(RATING_LEVELS) + 2  # absent, no opinion, and 1 to 5
_PATTERNS_REMEMBERED: Final = 100_000

Key = TypeVar("Key", bound=Hashable)
Ints = npt.NDArray[np.int64]
LevelKey = tuple[str, str, str, bool, int]  # month, item, channel, verified, level
MomentKey = tuple[str, str, bool]  # month, channel, verified
BreakdownKey = tuple[str, str, str, str, int]  # dimension, member, month, item, level
BreakdownMomentKey = tuple[str, str, str]  # dimension, member, month
OptionKey = tuple[str, str, int]  # month, question, option


@dataclass
class Tallies:
    """Counts and moments by key; a key that nobody is in is absent."""

    elements: int
    levels: Counter[LevelKey] = field(default_factory=Counter)
    moments: dict[MomentKey, Moments] = field(default_factory=dict)
    breakdowns: Counter[BreakdownKey] = field(default_factory=Counter)
    breakdown_moments: dict[BreakdownMomentKey, Moments] = field(default_factory=dict)
    options: Counter[OptionKey] = field(default_factory=Counter)

    def of(self, scope: Scope) -> Tallies:
        """Return the tallies of one scope."""
        if scope == OWN:
            return Tallies(self.elements, levels=self.levels, moments=self.moments, options=self.options)
        return Tallies(
            self.elements,
            breakdowns=Counter({key: count for key, count in self.breakdowns.items() if key[:2] == scope}),
            breakdown_moments={key: moments for key, moments in self.breakdown_moments.items() if key[:2] == scope},
        )


def tally(portions: Iterable[Sequence[PatternCount]], questionnaire: Questionnaire, moves: Iterable[Move]) -> Tallies:
    """Add up the answers of the scopes that move, each from its own day on; bounded memory."""
    after = {move.scope: move.after for move in moves}
    read = _reader(questionnaire)
    tallies = Tallies(elements=len(questionnaire.elements))
    for portion in portions:
        answers = _Answers(read, questionnaire, portion)
        _add_own(tallies, answers, after.get(OWN, date.max))
        _add_options(tallies, questionnaire, portion, after.get(OWN, date.max))
        for dimension in DIMENSIONS:
            _add_dimension(tallies, answers, dimension, after)
    return tallies


class _Answers:
    """One portion as arrays: levels of shape (patterns, items), vectors v, and how many gave each pattern."""

    def __init__(
        self, read: Callable[[str], tuple[int, ...]], questionnaire: Questionnaire, portion: Sequence[PatternCount]
    ) -> None:
        self.portion = portion
        self.items = [item.code for item in questionnaire.items]
        self.levels: Ints = np.array([read(one.answers) for one in portion], dtype=np.int64)
        self.counts: Ints = np.array([one.count for one in portion], dtype=np.int64)
        owner = [index for index, element in enumerate(questionnaire.elements) for _ in element.items]
        self.vectors = answer_vectors(np.maximum(self.levels[:, : len(owner)], 0), element_of_item=owner)

    def count_levels(self, rows: Ints, group: Ints, groups: int) -> Ints:
        """Count, of shape (groups, items, levels), what the rows say, each in its group."""
        items = len(self.items)
        cell = (group[:, None] * items + np.arange(items)) * _LEVELS + self.levels[rows] - _ABSENT
        weights = np.repeat(self.counts[rows], items)
        counts = np.bincount(cell.ravel(), weights=weights, minlength=groups * items * _LEVELS)
        return np.rint(counts).astype(np.int64).reshape(groups, items, _LEVELS)

    def moments(self, rows: Ints) -> Moments:
        """Add up the vectors v of the rows, each as often as it was given."""
        return Moments.from_answers(
            np.repeat(self.vectors[rows], self.counts[rows], axis=0), elements=self.vectors.shape[1] // PER_ELEMENT
        )


def _reader(questionnaire: Questionnaire) -> Callable[[str], tuple[int, ...]]:
    codes = [item.code for item in questionnaire.items]

    @lru_cache(maxsize=_PATTERNS_REMEMBERED)
    def read(answers: str) -> tuple[int, ...]:
        given = json.loads(answers)
        return tuple(given.get(code, _ABSENT) for code in codes)

    return read


def _add_own(tallies: Tallies, answers: _Answers, after: date) -> None:
    rows = [row for row, one in enumerate(answers.portion) if one.day > after]
    keys = [_own_key(answers.portion[row]) for row in rows]
    for key, levels, moments in _grouped(answers, rows, keys):
        month, channel, verified = key
        for item, level, count in levels:
            tallies.levels[month, item, channel, verified, level] += count
        known = tallies.moments.get(key)
        tallies.moments[key] = moments if known is None else known + moments


def _add_options(tallies: Tallies, questionnaire: Questionnaire, portion: Sequence[PatternCount], after: date) -> None:
    """Count what was chosen of the questions that are not rated; of the agency as a whole, and no further."""
    if not questionnaire.questions:
        return
    for one in portion:
        if one.day <= after:
            continue
        given, month = json.loads(one.answers), f"{one.day:%Y-%m}"
        for question in questionnaire.questions:
            if question.code not in given:
                continue
            for option in question.chosen(given[question.code]):
                tallies.options[month, question.code, option] += one.count
            if question.several:
                tallies.options[month, question.code, NO_OPINION] += one.count


def _own_key(one: PatternCount) -> MomentKey:
    return f"{one.day:%Y-%m}", one.channel, one.verified


def _add_dimension(tallies: Tallies, answers: _Answers, dimension: str, after: Mapping[Scope, date]) -> None:
    rows: list[int] = []
    keys: list[BreakdownMomentKey] = []
    for row, one in enumerate(answers.portion):
        member = member_of(one, dimension)
        if member is not None and one.day > after.get((dimension, member), date.max):
            rows.append(row)
            keys.append((dimension, member, f"{one.day:%Y-%m}"))
    for key, levels, moments in _grouped(answers, rows, keys):
        for item, level, count in levels:
            tallies.breakdowns[(*key, item, level)] += count
        known = tallies.breakdown_moments.get(key)
        tallies.breakdown_moments[key] = moments if known is None else known + moments


def _grouped(
    answers: _Answers, rows: Sequence[int], keys: Sequence[Key]
) -> Iterator[tuple[Key, list[tuple[str, int, int]], Moments]]:
    """Yield, for each key among the rows, its counts by item and level, and its moments."""
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    if not numbers:
        return
    group = np.array([numbers[key] for key in keys], dtype=np.int64)
    index = np.array(rows, dtype=np.int64)
    counts = answers.count_levels(index, group, len(numbers))
    for key, number in numbers.items():
        given = counts[number, :, 1:]  # without those who left the item blank
        found = [(answers.items[item], int(level), int(given[item, level])) for item, level in np.argwhere(given > 0)]
        yield key, found, answers.moments(index[group == number])
