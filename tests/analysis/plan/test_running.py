"""Expected numbers: tests/reference/plan.json, written by plan.R."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from analysis.plan import as_json, as_text, run_plan
from analysis.proportions import wilson
from analysis.replicates import delete_one_cluster
from known_survey import People, answers

REFERENCE = Path(__file__).parents[2] / "reference"
SAMPLE = (REFERENCE / "sample.csv").read_bytes()
TWO_STAGE = """
data = "sample.csv"
scale = [1, 5]
[design]
strata = "stratum"
clusters = ["commune", "village"]
population_sizes = ["all_communes", "all_villages"]
"""
WHOLE = (
    TWO_STAGE
    + """
[[estimate]]
name = "satisfied"
outcome = "rating"
satisfied = [4, 5]
by = ["field", "sex"]
interval = "logit"
[[estimate]]
name = "levels"
outcome = "rating"
statistic = "distribution"
[[change]]
name = "year on year"
outcome = "rating"
satisfied = [4, 5]
between = { column = "wave", from = "2025", to = 2026 }
adjust = "holm"
[[ranking]]
name = "fields"
outcome = "rating"
satisfied = [4, 5]
units = "field"
seed = 20261121
draws = 200
"""
)


def run(plan: str, data: str | bytes = SAMPLE) -> dict[str, Any]:
    content = data.encode() if isinstance(data, str) else data
    return run_plan(plan.encode(), lambda _: content, plan_file="plan.toml", version="0.1")


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return run(WHOLE)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return dict(json.loads((REFERENCE / "plan.json").read_text(encoding="utf-8")))


def test_rows_of_several_columns_equal_r(whole: dict[str, Any], expected: dict[str, Any]) -> None:
    rows = whole["estimates"][0]["rows"]
    assert [row["domain"] for row in rows] == [
        {"field": field, "sex": sex} for field in ("civil", "land", "works") for sex in "fm"
    ]
    for row, (value, error, low, high, degrees, effect, n) in zip(rows, expected["logit"], strict=True):
        assert [row["estimate"], row["standard_error"]] == pytest.approx([value, error])
        assert [row["low"], row["high"]] == pytest.approx([low, high], rel=1e-8)
        assert row["design_effect"] == pytest.approx(effect)
        assert (row["n"], row["degrees_of_freedom"]) == (n, degrees)
        assert row["effective_n"] == pytest.approx(n / effect)


def test_a_distribution_has_every_level_of_the_scale(whole: dict[str, Any], expected: dict[str, Any]) -> None:
    rows = whole["estimates"][1]["rows"]
    assert [row["level"] for row in rows] == [1, 2, 3, 4, 5]
    seen = [row for row in rows if row["standard_error"] > 0]
    errors = [error for error in expected["level_errors"] if error > 0]
    assert [row["estimate"] for row in rows] == pytest.approx(expected["levels"])
    assert [row["standard_error"] for row in seen] == pytest.approx(errors)
    assert sum(row["estimate"] for row in rows) == pytest.approx(1)


def test_a_change_between_waves_that_share_clusters_equals_r(whole: dict[str, Any], expected: dict[str, Any]) -> None:
    (change,) = whole["changes"]
    value, error, degrees, p_value = expected["change"]
    assert [change["difference"], change["standard_error"], change["p_value"]] == pytest.approx([value, error, p_value])
    assert (change["degrees_of_freedom"], change["p_adjusted"]) == (degrees, change["p_value"])
    assert (change["from"], change["to"], change["verdict"]) == ("2025", "2026", "no evidence of change")
    assert change["n_from"] + change["n_to"] == sum(row["n"] for row in whole["estimates"][0]["rows"])
    assert change["low"] < change["difference"] < change["high"]


def test_a_ranking_says_which_ranks_are_open(whole: dict[str, Any]) -> None:
    (ranking,) = whole["rankings"]
    assert [row["rank"] for row in ranking["rows"]] == [1, 2, 3]
    for row in ranking["rows"]:
        assert row["low_rank"] <= row["rank"] <= row["high_rank"]
    assert ranking["rows"][0]["estimate"] >= ranking["rows"][1]["estimate"] >= ranking["rows"][2]["estimate"]
    assert (ranking["method"], ranking["seed"], ranking["sets"]) == ("bootstrap", 20261121, "simultaneous")


def test_the_result_says_what_it_was_made_of(whole: dict[str, Any]) -> None:
    made_of = whole["input"]
    assert made_of["data"] == "sample.csv"
    assert made_of["data_sha256"] == hashlib.sha256(SAMPLE).hexdigest()
    assert made_of["plan_sha256"] == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert (made_of["version"], made_of["rows"]) == ("0.1", 279)
    assert list(whole) == ["estimates", "changes", "rankings", "input"]


def test_the_same_plan_and_data_give_the_same_bytes(whole: dict[str, Any]) -> None:
    assert as_json(run(WHOLE)) == as_json(whole)
    assert as_text(run(WHOLE)) == as_text(whole)
    assert json.loads(as_json(whole)) == whole


def test_the_order_of_the_rows_changes_no_digit_that_is_printed() -> None:
    header, *rows = SAMPLE.decode().splitlines()
    turned = "\n".join([header, *reversed(rows)]) + "\n"
    first, second = as_text(run(WHOLE)).splitlines(), as_text(run(WHOLE, turned)).splitlines()
    assert first[:-5] == second[:-5]


def test_the_text_shows_every_table(whole: dict[str, Any]) -> None:
    text = as_text(whole)
    assert "satisfied: share of rating, logit 95 %" in text
    assert "wave 2025 → 2026" in text
    assert "fields: rank of rating, simultaneous sets 95 % (bootstrap)" in text
    assert "sample.csv: 279 rows, SHA-256" in text


SMALL = "q,w,g,wave,h\n5,1,a,1,x\n4,2,a,1,x\n2,1,a,2,y\n9,1,b,2,y\n,3,b,1,x\n4,1,b,2,\n5,2,b,1,y\n"


def small(plan: str, data: str = SMALL) -> dict[str, Any]:
    return run('data = "small.csv"\n' + plan, data)


def test_missing_answers_leave_the_domain_and_are_counted() -> None:
    result = small('[[estimate]]\noutcome = "q"\nsatisfied = [4, 5]\nmissing = [9]\nby = "g"')
    first, second = result["estimates"][0]["rows"]
    assert (first["n"], first["missing"]) == (3, 0)
    assert (second["n"], second["missing"]) == (2, 2)
    assert result["estimates"][0]["name"] == "q"


def test_a_sample_without_a_design_gets_the_classical_interval() -> None:
    row = small('missing = [9]\n[[estimate]]\noutcome = "q"\nsatisfied = [4, 5]')["estimates"][0]["rows"][0]
    assert [row["low"], row["high"]] == pytest.approx(
        [wilson(successes=4, n=5).ci.low, wilson(successes=4, n=5).ci.high]
    )


def test_an_empty_cell_of_a_domain_column_is_in_no_domain() -> None:
    rows = small('[[estimate]]\noutcome = "w"\nby = ["h"]')["estimates"][0]["rows"]
    assert [(row["domain"], row["n"]) for row in rows] == [({"h": "x"}, 3), ({"h": "y"}, 3)]


def test_a_domain_without_answers_has_nulls() -> None:
    rows = small('[[estimate]]\noutcome = "q"\nmissing = [9, 2, 4, 5]\nby = "g"')["estimates"][0]["rows"]
    assert rows[0] == {
        "domain": {"g": "a"},
        "n": 0,
        "estimate": None,
        "standard_error": None,
        "low": None,
        "high": None,
        "degrees_of_freedom": None,
        "design_effect": None,
        "effective_n": None,
        "missing": 3,
    }


def test_where_restricts_the_rows_and_keeps_the_design() -> None:
    plan = '[design]\nweights = "w"\n[[estimate]]\noutcome = "w"\nwhere = { wave = 2, g = ["a", "b"] }'
    row = small(plan)["estimates"][0]["rows"][0]
    assert (row["n"], row["estimate"]) == (3, 1.0)
    assert small(plan)["input"]["degrees_of_freedom"] == 6


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ('statistic = "mean"', 29 / 7),
        ('statistic = "total"', 29),
        ('statistic = "total"\nsatisfied = [4, 5]', 6),
        ('statistic = "ratio"\ndenominator = "w"', 29 / 11),
        ('statistic = "quantile"', 4),
        ('statistic = "quantile"\nquantile = 0.1', 2),
        ('statistic = "share"\nsatisfied = ["4", "5"]', 6 / 7),
    ],
)
def test_every_statistic(statistic: str, value: float) -> None:
    plan = f'[design]\nweights = "w"\n[[estimate]]\noutcome = "q"\nmissing = [9]\n{statistic}'
    data = "q,w\n5,1\n4,2\n2,1\n9,1\n,3\n4,1\n5,2\n"
    assert small(plan, data)["estimates"][0]["rows"][0]["estimate"] == pytest.approx(value)


def test_levels_without_a_scale_are_those_that_occur() -> None:
    rows = small('[[estimate]]\noutcome = "q"\nstatistic = "distribution"\nmissing = [9]')["estimates"][0]["rows"]
    assert [row["level"] for row in rows] == [2, 4, 5]
    halves = small('[[estimate]]\noutcome = "q"\nstatistic = "distribution"', "q\n1.5\n2\n")["estimates"][0]["rows"]
    assert [row["level"] for row in halves] == [1.5, 2]
    assert "1.5" in as_text(small('[[estimate]]\noutcome = "q"\nstatistic = "distribution"', "q\n1.5\n2\n"))


def test_domains_sort_by_size_where_they_are_numbers() -> None:
    data = "q,g\n" + "".join(f"{value},{group}\n" for value in (1, 2) for group in (10, 9, 2))
    rows = small('[[estimate]]\noutcome = "q"\nby = "g"', data)["estimates"][0]["rows"]
    assert [row["domain"]["g"] for row in rows] == ["2", "9", "10"]


def test_the_design_s_degrees_of_freedom_by_choice() -> None:
    plan = '[design]\nclusters = "c"\n{}[[estimate]]\noutcome = "q"\nby = "g"'
    data = "q,c,g\n1,1,a\n2,1,a\n3,2,a\n1,2,a\n5,3,b\n2,4,b\n"
    own = small(plan.format(""), data)["estimates"][0]["rows"][0]
    whole = small(plan.format('degrees_of_freedom = "design"\n'), data)["estimates"][0]["rows"][0]
    assert (own["degrees_of_freedom"], whole["degrees_of_freedom"]) == (1, 3)


def test_weights_can_be_brought_to_known_margins() -> None:
    data = "q,g,s\n1,a,m\n2,a,f\n3,b,m\n4,b,f\n"
    one = '[design]\n[[design.margin]]\ncolumn = "g"\ntotals = { a = 30, b = 10 }\n'
    two = one + '[[design.margin]]\ncolumn = "s"\ntotals = { m = 10, f = 30 }\n'
    ask = '[[estimate]]\noutcome = "q"'
    assert small(one + ask, data)["estimates"][0]["rows"][0]["estimate"] == pytest.approx((1.5 * 30 + 3.5 * 10) / 40)
    raked = (1 * 7.5 + 2 * 22.5 + 3 * 2.5 + 4 * 7.5) / 40
    assert small(two + ask, data)["estimates"][0]["rows"][0]["estimate"] == pytest.approx(raked)


def test_decimal_commas_and_semicolons_by_choice() -> None:
    plan = 'delimiter = ";"\ndecimal = ","\n[[estimate]]\noutcome = "q"'
    assert small(plan, "\ufeffq;w\n1,5;a\n2,5;b\n")["estimates"][0]["rows"][0]["estimate"] == 2


CHANGE = '[[change]]\nname = "{name}"\noutcome = "q"\n{more}\nbetween = {{ column = "wave", from = "1", to = "2" }}\n'


def waves(first: list[int], second: list[int], group: str = "a") -> str:
    return "".join(f"{value},{wave},{group}\n" for wave, values in ((1, first), (2, second)) for value in values)


def test_changes_of_one_family_are_adjusted_together() -> None:
    data = "q,wave,g\n" + waves([3, 4, 2, 3, 4, 3], [4, 5, 4, 5, 3, 5]) + waves([3, 4, 4, 3], [4, 3, 5, 4], "b")
    family = CHANGE.format(name="by g", more='by = "g"\nadjust = "holm"')
    alone = CHANGE.format(name="alone", more='adjust = "bh"\nfamily = "screening"')
    bare = CHANGE.format(name="bare", more="")
    first, second, screened, plain = small(family + alone + bare, data)["changes"]
    low, high = sorted([first["p_value"], second["p_value"]])
    assert sorted([first["p_adjusted"], second["p_adjusted"]]) == pytest.approx([2 * low, max(2 * low, high)])
    assert screened["p_adjusted"] == pytest.approx(screened["p_value"])
    assert plain["p_adjusted"] == plain["p_value"]
    assert (first["domain"], first["family"], screened["family"]) == ({"g": "a"}, "plan", "screening")
    assert first["verdict"] in {"improved", "no evidence of change"}


def test_unanimous_waves_are_compared_by_newcombe_s_interval() -> None:
    data = "q,wave\n" + "".join(f"{value},{wave}\n" for wave, value in ((1, 1), (2, 5)) for _ in range(8))
    (change,) = small(CHANGE.format(name="x", more="satisfied = [4, 5]"), data)["changes"]
    assert (change["method"], change["difference"], change["high"]) == ("newcombe", 1, 1)
    assert change["standard_error"] > 0
    assert 0 < change["low"] < 1
    assert (change["p_value"] < 0.05) == (change["verdict"] == "improved")


def test_two_single_answers_are_no_evidence() -> None:
    for more in ("", "satisfied = [5]", "scale = [1, 5]"):
        (change,) = small(CHANGE.format(name="x", more=more), "q,wave\n4,1\n5,2\n")["changes"]
        assert change["verdict"] == "no evidence of change"
    (boundless,) = small(CHANGE.format(name="x", more=""), "q,wave\n4,1\n5,2\n")["changes"]
    assert (boundless["low"], boundless["high"]) == (None, None)
    assert "–" in as_text(small(CHANGE.format(name="x", more=""), "q,wave\n4,1\n5,2\n"))


def test_a_wave_without_answers_is_not_comparable() -> None:
    (change,) = small(CHANGE.format(name="x", more='adjust = "holm"'), "q,wave\n4,1\n3,1\n,2\n")["changes"]
    assert (change["verdict"], change["difference"], change["n_to"]) == ("not comparable", None, 0)


def test_a_break_is_not_comparable_and_in_no_family() -> None:
    data = "q,wave\n" + waves([3, 4, 2, 3], [4, 5, 4, 5]).replace(",a", "")
    broken = CHANGE.format(name="x", more='comparable = false\nadjust = "holm"')
    kept = CHANGE.format(name="y", more='adjust = "holm"')
    first, second = small(broken + kept, data)["changes"]
    assert first["verdict"] == "not comparable"
    assert second["p_adjusted"] == second["p_value"]


RANKING = '[[ranking]]\nname = "r"\noutcome = "q"\nunits = "g"\n'


def test_units_are_ranked_by_share_or_mean_and_units_without_answers_come_last() -> None:
    data = "q,g\n" + "".join(
        f"{value},{unit}\n" for unit, values in {"a": [5, 5, 5], "b": [1, 2, 5], "c": [""]}.items() for value in values
    )
    shares = small(RANKING + "satisfied = [4, 5]", data)["rankings"][0]
    assert [(row["domain"]["g"], row["rank"]) for row in shares["rows"]] == [("a", 1), ("b", 2), ("c", None)]
    assert shares["rows"][0]["rank_standard_error"] > shares["rows"][0]["standard_error"] == 0
    assert (shares["method"], shares["draws"], shares["ranked"]) == ("pairwise", None, 2)
    means = small(RANKING + "scale = [1, 5]", data)["rankings"][0]
    assert [row["rank"] for row in means["rows"]] == [1, 2, None]
    assert means["rows"][0]["rank_standard_error"] > 0
    assert means["rows"][1]["rank_standard_error"] == means["rows"][1]["standard_error"]


def test_a_ranking_says_whether_its_units_share_clusters() -> None:
    data = "q,g,c\n5,a,1\n4,a,2\n2,b,3\n5,b,4\n3,a,4\n"
    ask = RANKING + "satisfied = [4, 5]"

    def told(design: str, rows: str = data) -> object:
        return small(design + ask, rows)["rankings"][0]["units_share_clusters"]

    assert told("") is False
    assert told('[design]\nclusters = "c"\n') is True
    assert told('[design]\nclusters = "c"\n', data.replace("3,a,4", "3,a,2")) is False
    assert told('[design]\nclusters = "c"\n[design.replicates]\nkind = "JK1"\n') is None


REPLICATED = """
[design]
weights = "weight"
clusters = "commune"
{design}
[design.replicates]
{replicates}
[[estimate]]
name = "mean"
outcome = "rating"
[[estimate]]
name = "by field"
outcome = "rating"
satisfied = [4, 5]
by = "field"
interval = "t"
[[estimate]]
name = "total"
outcome = "rating"
satisfied = [4, 5]
statistic = "total"
[[estimate]]
name = "ratio"
outcome = "days"
statistic = "ratio"
denominator = "due"
[[change]]
name = "waves"
outcome = "rating"
between = {{ column = "wave", from = 2025, to = 2026 }}
"""
STRATA = 'strata = "stratum"'


def halves() -> str:
    header, *rows = SAMPLE.decode().splitlines()
    return "\n".join([header, *(row for row in rows if int(row.split(",")[1]) <= 2)]) + "\n"


def with_replicate_columns() -> str:
    people = People()
    weights = delete_one_cluster(people.design("one_stage")).replicates
    header, *rows = SAMPLE.decode().splitlines()
    names = ",".join(f"rw{place}" for place in range(weights.shape[1]))
    cells = [",".join(map(repr, map(float, row))) for row in weights]
    return "\n".join([f"{header},{names}", *(f"{row},{more}" for row, more in zip(rows, cells, strict=True))]) + "\n"


@pytest.mark.parametrize(
    ("name", "design", "replicates", "data"),
    [
        ("jkn", STRATA, 'kind = "JKn"', SAMPLE.decode()),
        ("jkn_fpc", STRATA + '\npopulation_sizes = "all_communes"', 'kind = "JKn"', SAMPLE.decode()),
        ("brr", STRATA, 'kind = "BRR"', halves()),
        ("fay", STRATA, 'kind = "BRR"\nfay_rho = 0.3', halves()),
        ("supplied", "", 'columns = "rw*"\nscale = 0.9\naround_estimate = true', with_replicate_columns()),
    ],
)
def test_replicate_weights_in_a_plan_equal_r(name: str, design: str, replicates: str, data: str) -> None:
    plan = 'data = "sample.csv"' + REPLICATED.format(design=design, replicates=replicates)
    result, expected = run(plan, data), answers()[name]
    mean, by, total, ratio = (estimate["rows"] for estimate in result["estimates"])
    assert [mean[0]["estimate"], mean[0]["standard_error"]] == pytest.approx([expected["mean"], expected["se"]])
    assert [row["standard_error"] for row in by] == pytest.approx(expected["by_se"])
    assert total[0]["standard_error"] == pytest.approx(expected["total"])
    assert ratio[0]["standard_error"] == pytest.approx(expected["ratio"])
    assert result["changes"][0]["standard_error"] == pytest.approx(expected["change"])
    if "degf" in expected:
        assert result["input"]["degrees_of_freedom"] == expected["degf"]


def test_a_plan_can_draw_a_bootstrap_and_stays_the_same() -> None:
    replicates = 'kind = "bootstrap"\nseed = 3\nreplicates = 50'
    plan = 'data = "sample.csv"' + REPLICATED.format(design=STRATA, replicates=replicates)
    assert as_json(run(plan)) == as_json(run(plan))
    assert run(plan)["estimates"][0]["rows"][0]["standard_error"] > 0


def test_jackknife_without_strata() -> None:
    plan = '[design]\nclusters = "c"\n[design.replicates]\nkind = "JK1"\n[[estimate]]\noutcome = "q"'
    row = small(plan, "q,c\n1,1\n2,1\n3,2\n5,2\n4,3\n4,3\n")["estimates"][0]["rows"][0]
    # Leaving out one of three clusters of two: means 4, 2.75 and 2.75 of the others, around their mean.
    assert row["standard_error"] == pytest.approx((2 / 3 * ((4 - 19 / 6) ** 2 + 2 * (2.75 - 19 / 6) ** 2)) ** 0.5)
    assert row["degrees_of_freedom"] == 2


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("linear", ""),
        ("bounded", "bounds = [0.7, 1.8]"),
        ("raking", 'distance = "raking"'),
        ("logit", 'distance = "logit"\nbounds = [0.5, 2.2]'),
    ],
)
def test_calibrated_weights_in_a_plan_equal_r(name: str, how: str) -> None:
    header, *rows = SAMPLE.decode().splitlines()
    men = "\n".join([f"{header},man", *(f"{row},{int(',m,' in row)}" for row in rows)]) + "\n"
    plan = f"""
data = "sample.csv"
[design]
weights = "weight"
strata = "stratum"
clusters = ["commune", "village"]
[design.calibration]
population = 7000
totals = {{ man = 3400, days = 105000 }}
{how}
[[estimate]]
outcome = "due"
"""
    row = run(plan, men)["estimates"][0]["rows"][0]
    assert [row["estimate"], row["standard_error"]] == pytest.approx(
        [answers()[name]["mean"], answers()[name]["se"]], rel=1e-8
    )


def test_one_total_alone_can_be_calibrated_to() -> None:
    plan = '[design]\n[design.calibration]\ntotals = { w = 22 }\n[[estimate]]\noutcome = "w"\nstatistic = "total"'
    row = small(plan)["estimates"][0]["rows"][0]
    assert row["estimate"] == pytest.approx(22)
    assert row["standard_error"] == pytest.approx(0, abs=1e-9)


def test_kish_s_effect_of_the_weights_is_reported() -> None:
    made_of = small('[design]\nweights = "w"\n[[estimate]]\noutcome = "w"')["input"]
    assert made_of["kish_design_effect"] == pytest.approx(7 * 21 / 11**2)
    plain = small('[[estimate]]\noutcome = "w"')
    assert plain["input"]["kish_design_effect"] == 1
    assert "design effect of the weights alone (Kish) 1" in as_text(plain)


def test_weights_can_be_trimmed_and_keep_their_sum() -> None:
    plan = '[design]\nweights = "w"\n{}[[estimate]]\noutcome = "one"\nstatistic = "total"'
    data = "w,one\n1,1\n1,1\n1,1\n9,1\n"
    plain, trimmed = (small(plan.format(more), data) for more in ("", "trim = [0.2, 2]\n"))
    assert trimmed["estimates"][0]["rows"][0]["estimate"] == plain["estimates"][0]["rows"][0]["estimate"] == 12
    # 9 is cut to twice the mean of 3; what was cut off goes to the others, 2 each.
    assert trimmed["input"]["kish_design_effect"] == pytest.approx(4 * (3 * 2**2 + 6**2) / 12**2)
