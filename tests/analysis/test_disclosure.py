from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from os import environ
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import Cell, DisclosureRule, Relation, Suppression, margin_relations, suppress

FULL = "HAILONG_FULL" in environ
ROWS, COLUMNS = ("a", "b", "c"), ("x", "y", "z")
HIERARCHIES = ({"*": ROWS}, {"*": COLUMNS})
counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(max(0, n - 12), n)))
tables = st.lists(counts, min_size=9, max_size=9)
Cells = Mapping[Hashable, Cell]


def with_totals(
    inner: Mapping[tuple[str, ...], tuple[int, int]], hierarchies: Sequence[Mapping[str, Sequence[str]]] = HIERARCHIES
) -> dict[Hashable, Cell]:
    """Add up the innermost cells to every total of the hierarchies."""
    cells = {key: Cell(*count) for key, count in inner.items()}
    for axis, parts_of in enumerate(hierarchies):
        for total, parts in parts_of.items():
            for rest in [key for key in cells if key[axis] == parts[0]]:
                members = [cells[(*rest[:axis], part, *rest[axis + 1 :])] for part in parts]
                added = Cell(sum(cell.n for cell in members), sum(cell.satisfied for cell in members))
                cells[(*rest[:axis], total, *rest[axis + 1 :])] = added
    return dict(cells)


def square(inner: Sequence[tuple[int, int]]) -> tuple[dict[Hashable, Cell], tuple[Relation, ...]]:
    keys = [(row, column) for row in ROWS for column in COLUMNS]
    cells = with_totals(dict(zip(keys, inner, strict=True)))
    return cells, margin_relations(cells, HIERARCHIES)  # type: ignore[arg-type]  # the keys are tuples of text


class Attacker:
    """Tries to recover a hidden cell with an integer solver, from the published cells alone."""

    def __init__(self, cells: Cells, relations: Sequence[Relation], found: Suppression) -> None:
        self.unknown = [key for key in cells if key in found.hidden and cells[key].n > 0]
        place = {key: i for i, key in enumerate(self.unknown)}
        many = len(self.unknown)
        rows, right = [], []
        for relation in relations:
            for offset, count in ((0, "n"), (many, "satisfied")):
                row, known = np.zeros(2 * many), 0
                for key in (relation.total, *relation.parts):
                    sign = -1 if key == relation.total else 1
                    if key in place:
                        row[place[key] + offset] += sign
                    else:
                        known += sign * getattr(cells[key], count)
                rows.append(row)
                right.append(-known)
        capacity = np.hstack([np.eye(many), -np.eye(many)])
        self.constraints = [
            scipy.optimize.LinearConstraint(np.array(rows), right, right),
            scipy.optimize.LinearConstraint(capacity, 0, np.inf),
        ]
        most = sum(cell.n for cell in cells.values()) + 100
        self.bounds = scipy.optimize.Bounds([1] * many + [0] * many, most)

    def _extreme(self, objective: np.ndarray) -> float:
        found = scipy.optimize.milp(
            objective, constraints=self.constraints, bounds=self.bounds, integrality=np.ones(len(objective))
        )
        assert found.success
        return float(found.fun)

    def respondents(self, key: Hashable) -> tuple[int, int]:
        objective = np.zeros(2 * len(self.unknown))
        objective[self.unknown.index(key)] = 1.0
        return round(self._extreme(objective)), round(-self._extreme(-objective))

    def most_unsatisfied(self, key: Hashable) -> int:
        objective = np.zeros(2 * len(self.unknown))
        objective[self.unknown.index(key)] = -1.0
        objective[self.unknown.index(key) + len(self.unknown)] = 1.0
        return round(-self._extreme(objective))

    def most_satisfied(self, key: Hashable) -> int:
        objective = np.zeros(2 * len(self.unknown))
        objective[self.unknown.index(key) + len(self.unknown)] = -1.0
        return round(-self._extreme(objective))


def assert_safe(cells: Cells, relations: Sequence[Relation], found: Suppression, smallest_n: int = 10) -> None:
    attacker = Attacker(cells, relations, found)
    for key in attacker.unknown:
        low, high = attacker.respondents(key)
        assert low < high, f"{key} has {low} respondents for sure"
        if cells[key].n < smallest_n:
            assert high >= smallest_n, f"{key} has at most {high}"
        if key in found.primary - found.implied and cells[key].uniform:
            other = attacker.most_unsatisfied(key) if cells[key].satisfied else attacker.most_satisfied(key)
            assert other > 0, f"{key} is all or nothing for sure"


def test_a_small_cell_takes_a_companion_in_its_row_and_column() -> None:
    cells, relations = square([(5, 4), (40, 35), (50, 45), (30, 25), (60, 50), (70, 60), (80, 70), (90, 75), (95, 80)])

    found = suppress(cells, relations)

    assert found.primary == {("a", "x")}
    assert found.complementary == {("a", "y"), ("b", "x"), ("b", "y")}
    assert_safe(cells, relations, found)


def test_nothing_is_hidden_where_everything_is_large_and_mixed() -> None:
    cells, relations = square([(40, 35)] * 9)

    assert suppress(cells, relations).hidden == set()


def test_two_small_cells_are_no_company_for_each_other() -> None:
    # Together 7 of the published 107: the difference would be a group below ten.
    cells = with_totals({("a",): (3, 2), ("b",): (4, 3), ("c",): (100, 80)}, [{"*": ROWS}])
    relations = margin_relations(cells, [{"*": ROWS}])  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.complementary == {("c",)}
    assert_safe(cells, relations, found)


@pytest.mark.parametrize("satisfied", [0, 12])
def test_a_small_group_of_one_mind_is_hidden_behind_mixed_answers(satisfied: int) -> None:
    other = (40, 40) if satisfied else (40, 0)
    cells = with_totals({("a",): (12, satisfied), ("b",): other, ("c",): (100, 80)}, [{"*": ROWS}])
    relations = margin_relations(cells, [{"*": ROWS}])  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.primary == {("a",)}
    assert ("c",) in found.complementary
    assert found.implied == set()
    assert_safe(cells, relations, found)


def test_where_the_total_says_it_all_nothing_helps_and_it_is_said() -> None:
    cells = with_totals({("a",): (12, 12), ("b",): (40, 40), ("c",): (90, 90)}, [{"*": ROWS}])
    relations = margin_relations(cells, [{"*": ROWS}])  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.implied == {("a",)}
    assert ("*",) not in found.hidden


def test_an_empty_cell_is_not_printed_and_protects_nobody() -> None:
    cells = with_totals({("a",): (0, 0), ("b",): (5, 4), ("c",): (90, 70)}, [{"*": ROWS}])
    relations = margin_relations(cells, [{"*": ROWS}])  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.empty == {("a",)}
    assert found.complementary == {("c",)}
    assert found.hidden == {("a",), ("b",), ("c",)}


def test_a_lone_part_takes_its_total_along() -> None:
    cells = with_totals({("a",): (5, 4), ("b",): (0, 0), ("c",): (0, 0)}, [{"*": ROWS}])
    relations = margin_relations(cells, [{"*": ROWS}])  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.primary == {("a",), ("*",)}


def test_when_only_the_total_is_left_the_total_is_hidden() -> None:
    # Nobody else to hide with, and the total equals the cell.
    rule = DisclosureRule(smallest_n=10, all_or_nothing_below=0)
    cells: dict[Hashable, Cell] = {"part": Cell(4, 2), "other": Cell(8, 4), "total": Cell(12, 6), "twin": Cell(12, 6)}
    relations = [Relation("total", ("part", "other")), Relation("twin", ("total",))]

    found = suppress(cells, relations, rule)

    assert found.primary == {"part", "other"}
    assert found.complementary == set()
    lonely: dict[Hashable, Cell] = {"part": Cell(4, 2), "total": Cell(11, 6), "rest": Cell(7, 4)}
    assert suppress(lonely, [Relation("total", ("part", "rest"))], DisclosureRule(5, 0)).complementary == {"rest"}
    single: dict[Hashable, Cell] = {"part": Cell(12, 12), "total": Cell(12, 12)}
    assert suppress(single, [Relation("total", ("part",))], DisclosureRule(5, 13)).primary == {"part", "total"}


def test_groups_that_overlap_in_a_ring_are_opened() -> None:
    # Every total hides two cells, and yet a = (ab + ac - bc) / 2: only the audit sees it.
    cells: dict[Hashable, Cell] = {"a": Cell(5, 4), "b": Cell(12, 8), "c": Cell(14, 9)}
    relations = []
    for one, other in ("ab", "ac", "bc"):
        first, second = cells[one], cells[other]
        cells[one + other] = Cell(first.n + second.n, first.satisfied + second.satisfied)
        relations.append(Relation(one + other, (one, other)))

    found = suppress(cells, relations)

    assert found.hidden & {"ab", "ac", "bc"}
    assert_safe(cells, relations, found)


def test_only_whole_people_count() -> None:
    # Three groups of three cells that overlap: 1.5 respondents each would fit as well, but nobody is half a person.
    cells: dict[Hashable, Cell] = {"a": Cell(1, 1), "b": Cell(1, 0), "c": Cell(1, 1), "d": Cell(2, 1)}
    relations = []
    for names in ("dab", "dbc", "dca"):
        n, satisfied = (sum(getattr(cells[name], count) for name in names) for count in ("n", "satisfied"))
        cells[names] = Cell(n, satisfied)
        relations.append(Relation(names, tuple(names)))

    found = suppress(cells, relations, DisclosureRule(smallest_n=2, all_or_nothing_below=0))

    assert found.hidden >= {"a", "b", "c", "d"}
    assert found.hidden & {"dab", "dbc", "dca"}
    assert_safe(cells, relations, found, smallest_n=2)


def test_a_cell_that_only_distant_totals_give_away_is_found() -> None:
    # b, y is the whole less row c less column z, though no relation of its own publishes anything.
    cells, relations = square([(0, 0), (0, 0), (8, 0), (0, 0), (1, 0), (3, 1), (1, 0), (10, 7), (0, 0)])

    found = suppress(cells, relations)

    assert found.hidden & {("*", "*"), ("c", "*"), ("*", "z")}
    assert_safe(cells, relations, found)


def test_a_cell_of_two_tables_needs_company_in_both() -> None:
    # Months by channel: a small month must not come back through the year, nor through the channels.
    months, channels = ("1", "2", "3"), ("qr", "paper")
    hierarchies = [{"year": months}, {"*": channels}]
    inner = {
        ("1", "qr"): (4, 3),
        ("1", "paper"): (40, 30),
        ("2", "qr"): (35, 30),
        ("2", "paper"): (30, 20),
        ("3", "qr"): (50, 40),
        ("3", "paper"): (60, 50),
    }
    cells = with_totals(inner, hierarchies)
    relations = margin_relations(cells, hierarchies)  # type: ignore[arg-type]  # the keys are tuples of text

    found = suppress(cells, relations)

    assert found.primary == {("1", "qr")}
    assert len(found.complementary) >= 3
    assert_safe(cells, relations, found)


@given(tables)
@settings(max_examples=300 if FULL else 12)
def test_no_hidden_cell_can_be_recovered_from_what_is_published(inner: list[tuple[int, int]]) -> None:
    cells, relations = square(inner)

    found = suppress(cells, relations)

    for key, cell in cells.items():
        assert (key in found.primary) == (0 < cell.n < 10 or (0 < cell.n < 30 and cell.uniform))
        assert (key in found.empty) == (cell.n == 0)
    assert_safe(cells, relations, found)


@given(st.lists(counts, min_size=12, max_size=12))
@settings(max_examples=200 if FULL else 10)
def test_no_cell_of_three_tables_over_three_axes_can_be_recovered(inner: list[tuple[int, int]]) -> None:
    # Agency by month, agency by channel, month by channel, and their totals; not the three at once.
    hierarchies = [{"*": ("a", "b", "c")}, {"*": ("1", "2")}, {"*": ("qr", "paper")}]
    keys = [(agency, month, channel) for agency in "abc" for month in "12" for channel in ("qr", "paper")]
    everything = with_totals(dict(zip(keys, inner, strict=True)), hierarchies)
    cells = {key: cell for key, cell in everything.items() if "*" in key}  # type: ignore[operator]  # tuples of text
    relations = margin_relations(cells, hierarchies)  # type: ignore[arg-type]  # the keys are tuples of text

    assert_safe(cells, relations, suppress(cells, relations))


@given(tables)
@settings(max_examples=5)
def test_the_same_tables_are_suppressed_in_the_same_way(inner: list[tuple[int, int]]) -> None:
    cells, relations = square(inner)

    assert suppress(cells, relations) == suppress(cells, relations)


def test_relations_follow_the_hierarchies() -> None:
    keys = [("*", "y"), ("a", "y"), ("b", "y"), ("a", "q1"), ("a", "q2")]

    found = margin_relations(keys, [{"*": ("a", "b")}, {"y": ("q1", "q2")}])

    assert found == (
        Relation(("*", "y"), (("a", "y"), ("b", "y"))),
        Relation(("a", "y"), (("a", "q1"), ("a", "q2"))),
    )


def test_a_total_with_a_missing_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\('b',\) is missing"):
        margin_relations([("*",), ("a",)], [{"*": ("a", "b")}])


@pytest.mark.parametrize(
    ("cells", "relations", "message"),
    [
        ({"a": Cell(5, 6)}, [], "6 satisfied of 5"),
        ({"a": Cell(5, -1)}, [], "-1 satisfied of 5"),
        ({"a": Cell(5, 4)}, [Relation("a", ("b",))], "needs the cell b"),
        ({"a": Cell(50, 40), "b": Cell(49, 40)}, [Relation("a", ("b",))], "do not add up"),
        ({"a": Cell(50, 40), "b": Cell(50, 41)}, [Relation("a", ("b",))], "do not add up"),
    ],
)
def test_tables_that_contradict_themselves_are_refused(cells: Cells, relations: list[Relation], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        suppress(cells, relations)


def test_an_audit_that_cannot_be_finished_lets_nothing_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up(*_args: object, **_constraints: object) -> SimpleNamespace:
        return SimpleNamespace(success=False, message="time limit")

    monkeypatch.setattr(scipy.optimize, "linprog", given_up)

    with pytest.raises(ArithmeticError, match="time limit"):
        suppress({"a": Cell(5, 4)}, [])
