"""Changes where a side shows no variance rest on the intervals of both sides, at the level and in the design."""

from typing import Any

import pytest
from scipy.stats import norm, t

from analysis.plan import run_plan

HEAD = 'data = "d.csv"\nconfidence_level = 0.9\n'
SIDES = """
[[estimate]]
outcome = "q"
by = ["g", "wave"]
{more}
[[change]]
outcome = "q"
by = "g"
between = {{ column = "wave", from = 1, to = 2 }}
{more}
"""
# In a all agree in the first wave, in b nobody is satisfied in the second; c varies in both.
ANSWERS = {
    ("a", 1): [5, 5, 5, 5],
    ("a", 2): [5, 4, 2, 1, 5, 3],
    ("b", 1): [1, 4, 5, 2, 4],
    ("b", 2): [2, 2, 2],
    ("c", 1): [4, 5, 3],
    ("c", 2): [5, 5, 2, 1],
}
DATA = "q,wave,g,c\n" + "".join(
    f"{value},{wave},{group},{group}{wave}{place // 2}\n"
    for (group, wave), values in ANSWERS.items()
    for place, value in enumerate(values)
)


def sides(design: str, more: str) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    plan = HEAD + design + SIDES.format(more=more)
    result = run_plan(plan.encode(), lambda _: DATA.encode(), plan_file="plan.toml", version="0")
    found = result["estimates"][0]["rows"]
    return list(zip(found[::2], found[1::2], result["changes"], strict=True))


def ends(row: dict[str, Any], design: str, more: str) -> tuple[float, float]:
    """Return the interval of a side: of a share Wilson's on its effective size, of a mean the one that is printed."""
    if "satisfied" not in more:
        return row["low"], row["high"]
    share, size = row["estimate"], row["effective_n"]
    critical = float(t.ppf(0.95, row["degrees_of_freedom"]) if design else norm.ppf(0.95))
    half = critical * (share * (1 - share) / size + (critical / size / 2) ** 2) ** 0.5
    middle, over = share + critical**2 / (2 * size), 1 + critical**2 / size
    return (middle - half) / over, (middle + half) / over


@pytest.mark.parametrize("design", ["", '[design]\nclusters = "c"\n'])
@pytest.mark.parametrize("more", ["satisfied = [4, 5]", "scale = [1, 5]"])
def test_a_change_from_or_to_one_mind_adds_the_arms_of_both_sides(design: str, more: str) -> None:
    first, second, third = sides(design, more)
    for before, after, change in (first, second):
        difference = after["estimate"] - before["estimate"]
        (low_before, high_before), (low_after, high_after) = (ends(row, design, more) for row in (before, after))
        down = ((after["estimate"] - low_after) ** 2 + (high_before - before["estimate"]) ** 2) ** 0.5
        up = ((high_after - after["estimate"]) ** 2 + (before["estimate"] - low_before) ** 2) ** 0.5
        assert change["difference"] == pytest.approx(difference)
        assert [change["low"], change["high"]] == pytest.approx([difference - down, difference + up])
        assert change["standard_error"] > 0
    assert third[2]["method"] not in {first[2]["method"], "newcombe"}
    assert first[2]["method"] == second[2]["method"]


def test_every_domain_has_its_own_two_sides() -> None:
    found = sides("", "satisfied = [4, 5]")
    assert [(change["n_from"], change["n_to"]) for _, _, change in found] == [(4, 6), (5, 3), (3, 4)]
    assert [change["estimate_from"] for _, _, change in found] == [1, pytest.approx(3 / 5), pytest.approx(2 / 3)]
    assert [change["estimate_to"] for _, _, change in found] == [0.5, 0, 0.5]
    assert [(change["from"], change["to"], change["column"]) for _, _, change in found] == [("1", "2", "wave")] * 3


def test_holm_and_benjamini_hochberg_over_three_domains() -> None:
    low, middle, high = sorted(change["p_value"] for _, _, change in sides("", "satisfied = [4, 5]"))
    for name, expected in (
        ("holm", [3 * low, max(3 * low, 2 * middle), max(3 * low, 2 * middle, high)]),
        ("bh", [min(3 * low, 1.5 * middle, high), min(1.5 * middle, high), high]),
    ):
        plan = HEAD + SIDES.replace("[[change]]", f'[[change]]\nadjust = "{name}"').format(more="satisfied = [4, 5]")
        changes = run_plan(plan.encode(), lambda _: DATA.encode(), plan_file="plan.toml", version="0")["changes"]
        assert sorted(change["p_adjusted"] for change in changes) == pytest.approx([min(p, 1) for p in expected])
        assert {change["adjust"] for change in changes} == {name}
        assert {change["outcome"] for change in changes} == {"q"}


def test_a_domain_of_one_wave_has_nothing_on_the_other_side() -> None:
    plan = HEAD + SIDES.format(more="satisfied = [4, 5]")
    for wave, missing, there in ((2, "from", "to"), (1, "to", "from")):
        data = DATA + f"4,{wave},d,z\n2,{wave},d,z\n"
        change = run_plan(plan.encode(), {"d.csv": data.encode()}.__getitem__, plan_file="p", version="0")["changes"][
            -1
        ]
        assert change["domain"] == {"g": "d"}
        assert (change[f"n_{missing}"], change[f"estimate_{missing}"]) == (0, None)
        assert (change[f"n_{there}"], change[f"estimate_{there}"]) == (2, 0.5)
        assert (change["difference"], change["verdict"]) == (None, "not comparable")


def test_the_verdict_rests_on_the_adjusted_p_value() -> None:
    data = "q,wave,g\n" + "".join(
        f"{5 if place < satisfied else 1},{wave},{group}\n"
        for group, wave, satisfied in (("a", 1, 20), ("a", 2, 29), ("b", 1, 20), ("b", 2, 20))
        for place in range(40)
    )
    verdicts = []
    for adjust in ("none", "holm"):
        plan = SIDES.replace("[[change]]", f'[[change]]\nadjust = "{adjust}"').format(more="satisfied = [4, 5]")
        full = f'data = "d.csv"\n{plan}'
        first, _ = run_plan(full.encode(), lambda _: data.encode(), plan_file="p", version="0")["changes"]
        assert 0.025 < first["p_value"] < 0.05
        verdicts.append(first["verdict"])
    assert verdicts == ["improved", "no evidence of change"]
