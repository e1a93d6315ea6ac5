"""Mergeable sums from which shares, mean scores and their variances follow, the respondent being the unit.

For E elements the vector v of one respondent has 3·E whole numbers, three for each element in turn: the items he
was satisfied with (rated 4 or 5), the items he rated, and the sum of his scores.  The first two moments of v over
the respondents are all that a ratio of its parts and the linearised variance of such a ratio need, and they can be
added: months, channels, shards and agencies sum to the whole, exactly, because everything is a whole number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

PER_ELEMENT = 3  # satisfied, rated, sum of scores
SATISFIED, RATED, SCORES = range(PER_ELEMENT)
LOWEST_SCORE, HIGHEST_SCORE, SATISFIED_FROM = 1, 5, 4
# Together they keep every partial sum below 2**53: the matrix product in floating point is then exact.
MOST_ITEMS = 10_000
ROWS_AT_ONCE = 65_536

Counts = npt.NDArray[np.int64]


class NothingRatedError(ValueError):
    """A share or a mean was asked for of something that nobody rated."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The sums of one cell: an agency, wave, month and channel, or any union of such cells.

    Attributes:
        elements: Number of elements, E.
        n: Respondents.
        sums: The 3·E sums of v.
        cross: The upper triangle of the sum of v times its transpose, row by row: 3E(3E + 1)/2 numbers.
        answered: Respondents with at least one rated item, in each element and, last, in any: E + 1 numbers.
            Empty where it was not kept; the respondents of an element are then known exactly only where it has one
            item (see ``respondents``).

    Lists, as JSON gives them, are accepted for the three sequences and kept as tuples of Python's own integers, which
    do not overflow.  Raises ValueError where the lengths do not fit.
    """

    elements: int
    n: int
    sums: tuple[int, ...]
    cross: tuple[int, ...]
    answered: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        width = PER_ELEMENT * self.elements
        lengths = {"sums": width, "cross": width * (width + 1) // 2, "answered": self.elements + 1}
        for name, length in lengths.items():
            numbers = tuple(map(int, getattr(self, name)))
            if len(numbers) != length and (name != "answered" or numbers):
                msg = f"{name} has {len(numbers)} numbers; {self.elements} elements need {length}"
                raise ValueError(msg)
            object.__setattr__(self, name, numbers)

    @classmethod
    def zero(cls, elements: int) -> Self:
        """Return the moments of nobody, the neutral value of the sum."""
        width = PER_ELEMENT * elements
        return cls(elements, 0, (0,) * width, (0,) * (width * (width + 1) // 2), (0,) * (elements + 1))

    @classmethod
    def from_answers(cls, answers: npt.ArrayLike | Iterable[Sequence[int]], *, elements: int) -> Self:
        """Add up respondents given as vectors v, an array or an iterable of shape (respondents, 3·elements).

        Raises ValueError where a vector cannot be one: wrong length, not whole, more satisfied than rated items, or
        a sum of scores outside 1 to 5 times the rated items.
        """
        rows = np.asarray(answers if hasattr(answers, "__array__") else list(answers))  # type: ignore[arg-type]  # an ArrayLike that is no array is iterable
        rows = rows.reshape(-1, PER_ELEMENT * elements) if rows.size == 0 else rows
        _check_answers(rows, elements)
        width = PER_ELEMENT * elements
        upper = np.triu_indices(width)
        cross = np.zeros(len(upper[0]), dtype=object)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = rows[start : start + ROWS_AT_ONCE].astype(np.float64)
            cross = cross + (block.T @ block)[upper].astype(np.int64)
        rated = rows[:, RATED::PER_ELEMENT] > 0
        answered = [*rated.sum(axis=0), rated.any(axis=1).sum()]
        return cls(elements, len(rows), tuple(rows.sum(axis=0)), tuple(cross), tuple(answered))

    @classmethod
    def total(cls, parts: Iterable[Self], *, elements: int) -> Self:
        """Add up any number of parts; none give zero."""
        whole = list(parts)
        if not whole:
            return cls.zero(elements)
        for part in whole:
            _check_same_elements(part, elements)
        if len(whole) == 1:
            return whole[0]
        known = all(part.answered for part in whole)
        return cls(
            elements,
            sum(part.n for part in whole),
            tuple(map(sum, zip(*(part.sums for part in whole), strict=True))),
            tuple(map(sum, zip(*(part.cross for part in whole), strict=True))),
            tuple(map(sum, zip(*(part.answered for part in whole), strict=True))) if known else (),
        )

    def __add__(self, other: Self) -> Self:
        return type(self).total((self, other), elements=self.elements)

    def __sub__(self, other: Self) -> Self:
        """Take a part away again; the caller knows that it was in the whole."""
        return self + type(other)(
            other.elements,
            -other.n,
            tuple(-number for number in other.sums),
            tuple(-number for number in other.cross),
            tuple(-number for number in other.answered),
        )

    def satisfied(self, element: int) -> int:
        """Count the ratings of 4 or 5."""
        return self.sums[PER_ELEMENT * element + SATISFIED]

    def rated(self, element: int) -> int:
        """Count the ratings."""
        return self.sums[PER_ELEMENT * element + RATED]

    def scores(self, element: int) -> int:
        """Add up the scores of all ratings."""
        return self.sums[PER_ELEMENT * element + SCORES]

    def product(self, first: int, second: int) -> int:
        """Return the sum over respondents of the product of two entries of v."""
        return self.products((first,), (second,))

    def products(self, first: tuple[int, ...], second: tuple[int, ...]) -> int:
        """Return the sum over respondents of the product of two sums of entries of v."""
        return sum(map(self.cross.__getitem__, _places(PER_ELEMENT * self.elements, first, second)))

    def respondents(self, elements: Sequence[int]) -> int:
        """Count the respondents with at least one rated item in any of the elements.

        Exact for one element and for all where ``answered`` was kept, and for one element of a single item.  For
        anything else the moments do not hold it: the answer is then the largest number that they guarantee, among
        them (Σr)²/Σr² for r rated items a respondent (Cauchy and Schwarz), rounded up.
        """
        if self.answered and len(elements) == 1:
            return self.answered[elements[0]]
        if self.answered and len(set(elements)) == self.elements:
            return self.answered[-1]
        columns = tuple(PER_ELEMENT * element + RATED for element in elements)
        rated = sum(self.sums[column] for column in columns)
        squares = self.products(columns, columns)
        guaranteed = -(-(rated**2) // squares) if squares else 0
        return max([guaranteed, *(self.respondents([element]) for element in elements if len(elements) > 1)])


@lru_cache(maxsize=4096)
def _places(width: int, first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    """Return where the products of the one entries with the others stand in ``cross``."""
    pairs = [(min(one, two), max(one, two)) for one in first for two in second]
    return tuple(low * width - low * (low - 1) // 2 + high - low for low, high in pairs)


def _check_same_elements(part: Moments, elements: int) -> None:
    if part.elements != elements:
        msg = f"moments of {part.elements} elements cannot be added to moments of {elements}"
        raise ValueError(msg)


def _check_answers(rows: npt.NDArray[np.generic], elements: int) -> None:
    if rows.ndim != 2 or rows.shape[1] != PER_ELEMENT * elements:  # noqa: PLR2004  # respondents by entries
        msg = f"answers have shape {rows.shape}; {elements} elements need (respondents, {PER_ELEMENT * elements})"
        raise ValueError(msg)
    if not np.issubdtype(rows.dtype, np.integer) and rows.size:
        msg = f"answers are {rows.dtype}; they are counts and sums of scores, hence whole numbers"
        raise ValueError(msg)
    satisfied, rated, scores = (rows[:, part::PER_ELEMENT].astype(np.int64) for part in range(PER_ELEMENT))
    possible = (satisfied >= 0) & (satisfied <= rated) & (rated <= MOST_ITEMS)
    possible &= (scores >= LOWEST_SCORE * rated) & (scores <= HIGHEST_SCORE * rated)
    if not possible.all():
        row, element = np.argwhere(~possible)[0]
        part = tuple(int(numbers[row, element]) for numbers in (satisfied, rated, scores))
        msg = f"respondent {row}, element {element}: (satisfied, rated, scores) = {part} is impossible"
        raise ValueError(msg)


def answer_vectors(
    ratings: npt.ArrayLike,
    *,
    element_of_item: Sequence[int],
    item_nonresponse: Literal["available", "complete"] = "available",
) -> Counts:
    """Turn ratings 1–5 into vectors v of shape (respondents, 3·elements).

    Args:
        ratings: Shape (respondents, items); 0 or NaN where an item was not rated ("don't know" is not a rating).
        element_of_item: The element of each item, counted from 0.
        item_nonresponse: ``"available"`` keeps what each respondent rated; ``"complete"`` drops respondents who left
            out an item, which is unbiased only if they do not differ from the others, and is never the larger sample.
    """
    table = np.nan_to_num(np.asarray(ratings, dtype=np.float64), nan=0.0)
    if not np.isin(table, np.arange(HIGHEST_SCORE + 1)).all():
        msg = "ratings are whole numbers from 1 to 5; 0 or NaN stands for not rated"
        raise ValueError(msg)
    if table.ndim != 2 or table.shape[1] != len(element_of_item):  # noqa: PLR2004  # respondents by items
        msg = f"ratings have shape {table.shape}; element_of_item names {len(element_of_item)} items"
        raise ValueError(msg)
    scores = table.astype(np.int64)
    if item_nonresponse == "complete":
        scores = scores[(scores > 0).all(axis=1)]
    member = np.eye(max(element_of_item) + 1, dtype=np.int64)[list(element_of_item)]
    parts = ((scores >= SATISFIED_FROM).astype(np.int64), (scores > 0).astype(np.int64), scores)
    return np.stack([part @ member for part in parts], axis=2).reshape(len(scores), PER_ELEMENT * member.shape[1])
