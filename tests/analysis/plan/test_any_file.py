"""Whatever stands in a cell, a plan ends with a result that is JSON or with a sentence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.plan import PlanError, as_json, as_text, run_plan

HEADER = ["q", "d", "w", "s", "c", "n", "g", "wave"]
ROWS = [
    [
        str(1 + (3 * row) % 5),
        str(1 + row),
        str(0.5 + row % 3),
        "ab"[row % 2],
        str(row % 4),
        "9",
        "xyz"[row % 3],
        str(row // 6),
    ]
    for row in range(12)
]
CELLS = [
    "",
    "0",
    "1",
    "-1",
    "5",
    "1e400",
    "-1e308",
    "1e308",
    "inf",
    "NaN",
    "NA",
    "x",
    '"',
    "a,b",
    "a\nb",
    "\x00",
    "é",
    " 2 ",
    "9" * 30,
]
DESIGNS = [
    "",
    'weights = "w"',
    'strata = "s"\nclusters = "c"\nweights = "w"',
    'clusters = ["s", "c"]\npopulation_sizes = ["n", "n"]\nlonely_stratum = "average"',
    'weights = "w"\nstrata = "g"\nlonely_stratum = "adjust"',
    'weights = "w"\nclusters = "c"\nreplicates = { kind = "JK1" }',
    'weights = "w"\nreplicates = { kind = "bootstrap", seed = 1, replicates = 5 }',
    'weights = "w"\nmargin = [{ column = "g", totals = { x = 10, y = 10, z = 10 } }]',
    'weights = "w"\ncalibration = { population = 30, distance = "logit", bounds = [0.2, 5] }',
]
QUESTIONS = """
[[estimate]]
outcome = "q"
satisfied = [4, 5]
by = ["g", "s"]
interval = "beta"
[[estimate]]
outcome = "q"
statistic = "distribution"
by = "g"
[[estimate]]
outcome = "d"
statistic = "ratio"
denominator = "q"
by = "wave"
[[estimate]]
outcome = "d"
statistic = "total"
[[estimate]]
outcome = "d"
statistic = "quantile"
by = "c"
[[change]]
outcome = "q"
by = "g"
between = { column = "wave", from = 0, to = "1" }
adjust = "holm"
[[change]]
outcome = "q"
satisfied = [5]
by = "s"
between = { column = "wave", from = 0, to = "1" }
[[ranking]]
outcome = "q"
satisfied = [4, 5]
units = "g"
"""


@settings(max_examples=60)
@given(
    design=st.sampled_from(DESIGNS),
    changes=st.lists(
        st.tuples(st.integers(0, len(ROWS)), st.integers(0, len(HEADER) - 1), st.sampled_from(CELLS)), max_size=6
    ),
    kept=st.integers(0, len(ROWS)),
)
def test_any_cell_gives_json_or_a_sentence(design: str, changes: list[tuple[int, int, str]], kept: int) -> None:
    table = [list(row) for row in [HEADER, *ROWS][: kept + 1]]
    for row, column, cell in changes:
        if row < len(table):
            table[row][column] = cell
    data = "\n".join(",".join(row) for row in table).encode()
    plan = f'data = "d.csv"\n[design]\n{design}\n{QUESTIONS}'.encode()
    try:
        result = run_plan(plan, lambda _: data, plan_file="plan.toml", version="0")
    except PlanError:
        return
    assert as_json(result)
    assert as_text(result)
    for estimate in result["estimates"]:
        for row in estimate["rows"]:
            if row["low"] is not None and estimate["statistic"] != "quantile":
                assert row["low"] <= row["estimate"] <= row["high"]


@settings(max_examples=60)
@given(data=st.binary(max_size=60), plan=st.binary(max_size=60))
def test_any_bytes_give_a_sentence(data: bytes, plan: bytes) -> None:
    for content in (plan, b'data = "d"\n[[estimate]]\noutcome = "q"', b'data = "d"\n[[estimate]]\n' + plan):
        try:
            run_plan(content, lambda _: data, plan_file="plan.toml", version="0")
        except PlanError:
            continue
