"""What an attacker can know of hidden cells: by hand, and by writing down every table that fits."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import disclosure_audit
from analysis.disclosure import DisclosureRule, suppress
from analysis.disclosure_audit import Cell, Exposed, Relation, exposed

Counts = tuple[int, ...]


def row(*parts: tuple[int, int]) -> tuple[dict[Hashable, Cell], list[Relation]]:
    cells: dict[Hashable, Cell] = {place: Cell(*part) for place, part in enumerate(parts)}
    cells["all"] = Cell(sum(n for n, _ in parts), sum(satisfied for _, satisfied in parts))
    return cells, [Relation("all", tuple(range(len(parts))))]


def attacked(*parts: tuple[int, int], hidden: Sequence[Hashable] = (0, 1), smallest_n: int = 2) -> Exposed:
    cells, relations = row(*parts)
    return exposed(cells, relations, frozenset(hidden), smallest_n)


def test_two_cells_of_one_respondent_each_are_known() -> None:
    assert attacked((1, 0), (1, 1)).counted == {0, 1}


def test_one_and_two_respondents_cannot_be_told_from_two_and_one() -> None:
    assert attacked((1, 0), (2, 1)).counted == set()


def test_below_the_smallest_n_is_known_where_the_total_leaves_no_more() -> None:
    # Of three, no cell can have three; of four one can, since the other has at least one.
    assert attacked((1, 0), (2, 1), smallest_n=3).counted == {0, 1}
    assert attacked((2, 0), (2, 1), smallest_n=3).counted == set()
    # 7 and 3: the larger is not below the smallest n of 7, and that it is not above 9 says nothing.
    assert attacked((7, 0), (3, 1), smallest_n=7).counted == set()


def test_a_lone_hidden_cell_is_known_wholly() -> None:
    assert attacked((12, 12), (40, 30), hidden=[0]) == Exposed(frozenset([0]), frozenset([0]))


def test_with_its_total_hidden_nothing_is_known() -> None:
    assert attacked((1, 1), (40, 30), hidden=[0, "all"], smallest_n=500) == Exposed(frozenset(), frozenset())


@pytest.mark.parametrize("satisfied", [0, 3])
def test_one_of_another_mind_in_either_cell_hides_both_minds(satisfied: int) -> None:
    all_alike, other = (3, satisfied), (2, 1)
    assert attacked(all_alike, other).uniform == set()
    assert attacked(all_alike, (2, 2 * satisfied // 3)).uniform == {0, 1}


def test_an_empty_cell_protects_nobody() -> None:
    assert attacked((5, 4), (0, 0), (9, 8)).counted == {0}


def test_cells_that_no_relation_connects_are_attacked_apart() -> None:
    cells, relations = row((1, 0), (1, 1))
    more, others = row((5, 4), (4, 2))
    cells |= {f"second {key}": cell for key, cell in more.items()}
    relations += [Relation("second all", ("second 0", "second 1")) for _ in others]
    found = exposed(cells, relations, frozenset([0, 1, "second 0", "second 1"]), 2)
    assert found.counted == {0, 1}


def tables_that_fit(cells: dict[Hashable, Cell], hidden: list[Hashable]) -> Iterator[tuple[Counts, Counts]]:
    """List every n and s of the hidden cells of a 2 × 3 table whose rows and columns are published."""
    lines = [[(one, two) for two in "xyz"] for one in "ab"] + [[(one, two) for one in "ab"] for two in "xyz"]

    def adds_up(counts: Counts, name: str) -> bool:
        given_ = dict(zip(hidden, counts, strict=True))
        return all(
            sum(given_.get(key, getattr(cells[key], name)) for key in line)
            == sum(getattr(cells[key], name) for key in line)
            for line in lines
        )

    most = max((sum(cells[key].n for key in line) for line in lines), default=0)
    sizes = [counts for counts in product(range(1, most + 1), repeat=len(hidden)) if adds_up(counts, "n")]
    satisfied = [counts for counts in product(range(most + 1), repeat=len(hidden)) if adds_up(counts, "satisfied")]
    for n, s in product(sizes, satisfied):
        if all(few <= many for few, many in zip(s, n, strict=True)):
            yield n, s


answers = st.integers(0, 2).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@settings(max_examples=25)
@given(inner=st.lists(answers, min_size=6, max_size=6), chosen=st.sets(st.integers(0, 5), min_size=1, max_size=5))
def test_the_audit_knows_what_all_tables_that_fit_have_in_common(
    inner: list[tuple[int, int]], chosen: set[int]
) -> None:
    keys: list[Hashable] = list(product("ab", "xyz"))
    cells = {key: Cell(*count) for key, count in zip(keys, inner, strict=True)}
    relations = []
    for total, parts in [(one, [(one, two) for two in "xyz"]) for one in "ab"] + [
        (two, [(one, two) for one in "ab"]) for two in "xyz"
    ]:
        cells[total] = Cell(sum(cells[key].n for key in parts), sum(cells[key].satisfied for key in parts))
        relations.append(Relation(total, tuple(parts)))
    hidden = [keys[place] for place in sorted(chosen) if cells[keys[place]].n > 0][:4]

    fitting = list(tables_that_fit(cells, hidden))
    counted, uniform = set(), set()
    for place, key in enumerate(hidden):
        sizes = {n[place] for n, _ in fitting}
        if len(sizes) == 1 or (cells[key].n < 2 and max(sizes) < 2):
            counted.add(key)
        if all(s[place] == n[place] for n, s in fitting) or all(s[place] == 0 for _, s in fitting):
            uniform.add(key)
    empty = [keys[place] for place in chosen if cells[keys[place]].n == 0]
    for random_tables in (8, 0):  # the programmes of each cell must find alone what random tables show sooner
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disclosure_audit, "RANDOM_TABLES", random_tables)
            found = exposed(cells, relations, frozenset([*hidden, *empty]), 2)
        assert found == Exposed(frozenset(counted), frozenset(uniform))


def hides(n: int, satisfied: int) -> bool:
    return DisclosureRule().hides(Cell(n, satisfied))


def test_the_rule_at_its_edges() -> None:
    assert (hides(9, 5), hides(10, 5)) == (True, False)
    assert (hides(29, 29), hides(30, 30)) == (True, False)
    assert (hides(29, 0), hides(30, 0)) == (True, False)
    assert (hides(29, 28), hides(29, 1)) == (False, False)


def test_the_smallest_part_keeps_a_hidden_cell_company() -> None:
    cells, relations = row((5, 4), (90, 60), (40, 30), (60, 40))
    assert suppress(cells, relations).complementary == {2}


def test_the_smallest_mixed_part_hides_who_all_agreed() -> None:
    cells, relations = row((12, 12), (20, 15), (90, 90), (60, 40))
    found = suppress(cells, relations)
    assert found.primary == {0}
    assert found.complementary == {1}
    assert found.implied == set()


def test_parts_go_before_their_total() -> None:
    # The total is smaller than no part here, yet as small: the part is taken.
    cells, relations = row((5, 4), (0, 0), (90, 60))
    assert suppress(cells, relations).complementary == {2}


def test_no_part_where_all_agreed_is_hidden_for_one_that_hides_them() -> None:
    # The 40 keep the count of the 12; that all of the 52 were satisfied only the mixed part can hide, not the 50.
    cells, relations = row((12, 12), (40, 40), (50, 50), (90, 60))
    found = suppress(cells, relations)
    assert found.primary == {0}
    assert found.complementary == {1, 3}


def test_every_cell_of_a_ring_hides_the_smallest_of_its_own_totals() -> None:
    # 17 for a and b, 19 for c; the 26 of b and c stay.
    cells: dict[Hashable, Cell] = {"a": Cell(5, 4), "b": Cell(12, 8), "c": Cell(14, 9)}
    for one, other in ("bc", "ac", "ab"):
        n, satisfied = (getattr(cells[one], name) + getattr(cells[other], name) for name in ("n", "satisfied"))
        cells[one + other] = Cell(n, satisfied)
    relations = [Relation(names, tuple(names)) for names in ("bc", "ac", "ab")]
    assert suppress(cells, relations).hidden == {"a", "b", "c", "ab", "ac"}
