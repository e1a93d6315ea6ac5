"""What a plan does at its edges: kinds of values, empty cells, domains of one value, the places of refusals."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.plan import PlanError, run_plan
from analysis.plan.values import number, whole

ESTIMATE = '[[estimate]]\nname = "x"\noutcome = "q"\n'
DATA = "q,w,g\n5,1,a\n4,2,a\n2,1,b\n1,4,b\n"


def run(plan: str, data: str = DATA) -> dict[str, Any]:
    return run_plan(f'data = "d.csv"\n{plan}'.encode(), lambda _: data.encode(), plan_file="plan.toml", version="0")


def rows(plan: str, data: str = DATA) -> list[dict[str, Any]]:
    return list(run(plan, data)["estimates"][0]["rows"])


def refusal(plan: str, data: str = DATA) -> PlanError:
    with pytest.raises(PlanError) as refused:
        run(plan, data)
    return refused.value


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ("dat = 1\n" + ESTIMATE, "plan.toml: in the plan, dat is not known; did you mean data?"),
        ("[design]\nweight = 1\n" + ESTIMATE, "plan.toml: in [design], weight is not known; did you mean weights?"),
        (ESTIMATE + "b = 1", "plan.toml: in [[estimate]] x, b is not known; did you mean by?"),
        ("[[design.margin]]\n" + ESTIMATE, "plan.toml: in [[margin]] 1, column is missing; add it"),
        ('decimal = ";"\n' + ESTIMATE, "plan.toml: in the plan, decimal is ';'; choose one of '.', ','"),
        ("estimate = [1]", "plan.toml: in the plan, estimate must be written as [[estimate]]"),
        (ESTIMATE + "scale = [3, 3]", "plan.toml: in [[estimate]] x, scale must be its lowest and highest value, "),
        ("", "plan.toml: the plan asks for nothing; add an [[estimate]], a [[change]] or a [[ranking]]"),
        ("x = ", "plan.toml: the plan is not valid TOML ("),
    ],
)
def test_a_refusal_names_the_plan_and_the_place_in_it(plan: str, sentence: str) -> None:
    refused = refusal(plan)
    assert str(refused).startswith(sentence)
    assert (refused.file, refused.line, refused.column) == ("plan.toml", None, None)


@pytest.mark.parametrize("seed", ["1.5", "true", '"1"', "-1"])
def test_a_seed_is_a_whole_number(seed: str) -> None:
    refused = refusal(f'[[ranking]]\noutcome = "q"\nunits = "g"\nseed = {seed}')
    assert refused.problem == "in [[ranking]] 1, seed must be a whole number of at least 0"


def test_a_seed_of_0_is_a_seed() -> None:
    (ranking,) = run('[[ranking]]\noutcome = "q"\nunits = "g"\nseed = 0\ndraws = 1')["rankings"]
    assert (ranking["seed"], ranking["draws"], ranking["method"]) == (0, 1, "bootstrap")


def test_numbers_are_written_whole_where_they_are() -> None:
    assert (whole(6.0), whole(2.5), whole(float("inf")), whole(None)) == (6, 2.5, None, None)
    assert isinstance(whole(6.0), int)
    assert (number(6), number(float("nan")), number(None)) == (6.0, None, None)


def test_answers_may_be_words_or_words_and_numbers() -> None:
    data = "q\nyes\n4\n4.0\nno\n5\n"
    assert rows(ESTIMATE + 'satisfied = ["yes"]', data)[0]["estimate"] == 1 / 5
    assert rows(ESTIMATE + 'satisfied = ["yes", 4]', data)[0]["estimate"] == 3 / 5
    refused = refusal(ESTIMATE + 'satisfied = ["yes", 4]\nscale = [1, 5]', data)
    assert str(refused) == (
        "d.csv, line 2, column q: the answer is 'yes', which is not a number; correct it or list it under missing"
    )
    assert refusal(ESTIMATE + "satisfied = [4]", data).line == 2


def test_the_ends_of_a_scale_belong_to_it() -> None:
    assert rows(ESTIMATE + "scale = [1, 5]")[0]["n"] == 4
    assert refusal(ESTIMATE + "scale = [2, 5]").line == 5
    assert refusal(ESTIMATE + "scale = [1, 4.9]").line == 2


def test_a_ratio_leaves_out_whoever_lacks_either_part() -> None:
    plan = ESTIMATE + 'statistic = "ratio"\ndenominator = "w"\nmissing = [9]'
    (row,) = rows(plan, "q,w\n5,1\n4,2\n2,\n3,9\n9,4\n,4\n")
    assert (row["estimate"], row["n"]) == (3, 2)


@pytest.mark.parametrize(("value", "found"), [("2", 2), ('"2"', 1), ('"2.0"', 1), ("[1, 2]", 3)])
def test_numbers_are_chosen_by_value_and_texts_by_letter(value: str, found: int) -> None:
    data = "q,wave\n5,1\n4,2\n2,2.0\n1,None\n"
    assert rows(ESTIMATE + f"where = {{ wave = {value} }}", data)[0]["n"] == found


def test_a_wave_holds_the_rows_of_its_value_only() -> None:
    plan = '[[change]]\noutcome = "q"\nbetween = { column = "wave", from = 1, to = 2 }'
    (change,) = run(plan, "q,wave\n5,1\n4,1.0\n2,2\n3,2.0\n3,2\n1,None\n1,\n")["changes"]
    assert (change["n_from"], change["n_to"], change["difference"]) == (2, 3, pytest.approx(8 / 3 - 4.5))


def test_a_value_that_is_not_there_is_told_eight_that_are() -> None:
    data = "q,g\n" + "".join(f"3,{group}\n" for group in ("", 10, 9, 8, 7, 6, 5, 4, 3, 2))
    refused = refusal(ESTIMATE + "where = { g = 11 }", data)
    assert str(refused) == (
        "d.csv, column g: no row has the value 11; correct the plan: there are 2, 3, 4, 5, 6, 7, 8, 9"
    )


def test_domains_keep_to_the_chosen_rows_and_their_labels() -> None:
    data = "q,a,b,c\n1,x,k,1\n2,x,k,1\n3,y,k,1\n4,y,k,1\n5,z,k,2\n5,,k,1\n"
    found = rows(ESTIMATE + 'by = ["a", "b"]\nwhere = { c = 1 }', data)
    assert [(row["domain"], row["n"], row["estimate"]) for row in found] == [
        ({"a": "x", "b": "k"}, 2, 1.5),
        ({"a": "y", "b": "k"}, 2, 3.5),
    ]


@pytest.mark.parametrize(
    ("statistic", "values"),
    [
        ('statistic = "quantile"\nquantile = 0.5', [4, 1]),
        ('statistic = "total"', [9, 3]),
        ('statistic = "ratio"\ndenominator = "w"', [3, 0.6]),
        ('statistic = "mean"', [4.5, 1.5]),
    ],
)
def test_every_statistic_keeps_to_its_domain_and_its_level(statistic: str, values: list[float]) -> None:
    plan = ESTIMATE + 'by = "g"\n' + statistic
    found = rows(plan)
    assert [row["estimate"] for row in found] == values
    narrow = rows("confidence_level = 0.5\n" + plan, DATA + "3,1,a\n2,1,a\n4,1,a\n5,1,a\n")[0]
    wide = rows(plan, DATA + "3,1,a\n2,1,a\n4,1,a\n5,1,a\n")[0]
    assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]


@pytest.mark.parametrize("statistic", ['statistic = "total"', 'statistic = "ratio"\ndenominator = "w"'])
def test_a_scale_bounds_means_and_not_totals_or_ratios(statistic: str) -> None:
    (row,) = rows(ESTIMATE + "scale = [1, 5]\n" + statistic)
    assert row["low"] < 1
    assert row["high"] > (5 if "total" in statistic else row["estimate"])
    (bounded,) = rows(ESTIMATE + "scale = [1, 5]")
    assert (bounded["low"], bounded["high"]) == (1, 5)


def test_the_data_that_the_plan_names_are_read() -> None:
    asked: list[str] = []

    def read(name: str) -> bytes:
        asked.append(name)
        return DATA.encode()

    result = run_plan(f'data = "d.csv"\n{ESTIMATE}'.encode(), read, plan_file="plan.toml", version="0")
    assert (asked, result["input"]["rows"], result["input"]["confidence_level"]) == (["d.csv"], 4, 0.95)


def test_levels_are_those_of_the_scale_and_others_that_occur() -> None:
    plan = ESTIMATE + 'statistic = "distribution"\n'
    assert [row["level"] for row in rows(plan + "scale = [0.5, 3.5]", "q\n1\n2.5\n")] == [1, 2, 2.5, 3]
    found = rows(plan + 'by = "g"\nscale = [1, 5]')
    assert [(row["domain"]["g"], row["level"]) for row in found if row["estimate"] == 0.5] == [
        ("a", 4),
        ("a", 5),
        ("b", 1),
        ("b", 2),
    ]


def test_errors_without_a_place_are_their_sentence() -> None:
    assert str(PlanError("say it")) == "say it"
    assert str(PlanError("say it", file="f", line=3, column="c")) == "f, line 3, column c: say it"
    assert str(PlanError("say it", column="c")) == "column c: say it"
    assert PlanError("say it").file == ""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("q\n1e100\n2\n", None),
        ("q\n2\n1.1e100\n", "d.csv, line 3, column q: the answer is '1.1e100', which is too large to compute with"),
        ("q\n2\n-1.1e100\n", "d.csv, line 3, column q: the answer is '-1.1e100', which is too large to compute with"),
        (" q , w \n 2 , 1 \n 3,1\n", None),
        ("q,w\n1,2\n1,2,3\n", "d.csv, line 3, column w: the row has 3 cells and the header 2; correct the row, or the"),
        ("q,w,v\n1\n", "d.csv, line 2, column w: the row has 1 cells and the header 3; correct the row, or the"),
        ("q;w,v\n1,2\n", "d.csv, line 1, column q: there is no such column; correct the plan or the header: there are"),
        ("w,q,q,q\n1,2,3,4\n", "d.csv, line 1, column q: the header names q 3 times; rename all but one"),
        ("q\n", "d.csv, line 2: there is a header and no row below it; put in the data"),
        ('q\n"1"x\n', "d.csv, line 2: the file is not valid CSV ("),
    ],
)
def test_a_file_is_read_or_refused_at_its_place(data: str, sentence: str | None) -> None:
    if sentence is None:
        assert rows(ESTIMATE, data)[0]["n"] == 2
    else:
        assert str(refusal(ESTIMATE, data)).startswith(sentence)


@pytest.mark.parametrize("cell", ["1.5", "1.000", "1_0", "1.000,5"])
def test_beside_a_decimal_comma_a_dot_is_no_number(cell: str) -> None:
    refused = refusal('delimiter = ";"\ndecimal = ","\n' + ESTIMATE, f"q\n2,5\n{cell}\n")
    assert refused.problem == f"the answer is {cell!r}, which is not a number; correct it or list it under missing"


def test_a_unit_without_answers_comes_last_whatever_its_name() -> None:
    (ranking,) = run('[[ranking]]\noutcome = "q"\nunits = "g"\n', "q,g\n,a\n5,b\n4,b\n,b\n1,c\n2,c\n")["rankings"]
    assert [(row["domain"]["g"], row["rank"], row["missing"]) for row in ranking["rows"]] == [
        ("b", 1, 1),
        ("c", 2, 0),
        ("a", None, 1),
    ]
    assert [ranking["rows"][-1][key] for key in ("low_rank", "high_rank", "rank_standard_error")] == [None] * 3


UNITS = 'confidence_level = 0.9\n[[ranking]]\noutcome = "q"\nunits = "g"\n'
ALIKE = "q,g\n" + "5,a\n" * 6 + "1,b\n2,b\n5,b\n4,b\n"


def test_the_error_of_a_unit_of_one_mind_is_what_its_interval_implies() -> None:
    (ranking,) = run(UNITS + "scale = [1, 5]", ALIKE)["rankings"]
    first = ranking["rows"][0]
    assert first["rank_standard_error"] == pytest.approx((first["high"] - first["low"]) / (2 * 1.6448536269514722))
    assert (ranking["statistic"], ranking["interval"], ranking["units"]) == ("mean", "t", "g")
    refused = refusal(UNITS, ALIKE)
    assert (refused.file, refused.column) == ("d.csv", "q")


def test_the_error_of_a_unanimous_share_is_that_of_agresti_and_coull_s_centre() -> None:
    (ranking,) = run(UNITS + "satisfied = [4, 5]", ALIKE)["rankings"]
    assert ranking["rows"][0]["rank_standard_error"] == pytest.approx((0.8 * 0.2 / 10) ** 0.5)
    assert (ranking["statistic"], ranking["interval"]) == ("share", "wilson")
