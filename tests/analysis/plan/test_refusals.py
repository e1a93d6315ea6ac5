"""Every refusal is one sentence that names the place and the remedy."""

from collections.abc import Callable

import pytest

from analysis.plan import PlanError, run_plan

ESTIMATE = '[[estimate]]\nname = "x"\noutcome = "q"\n'
DATA = "q,w,s,c\n4,1,a,1\n5,2,a,2\n3,1,b,1\n5,2,b,2\n"


def refusal(plan: str, data: str | bytes = DATA) -> str:
    content = data.encode() if isinstance(data, str) else data
    with pytest.raises(PlanError) as refused:
        run_plan(plan.encode(), lambda _: content, plan_file="plan.toml", version="0")
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("", "in the plan, data is missing; add it"),
        ("data = 3", "data must be a text in quotation marks"),
        ('data = ""', "data must be a text in quotation marks"),
        ('data = "d"', "the plan asks for nothing; add an [[estimate]]"),
        ("data = ", "plan.toml: the plan is not valid TOML"),
        ('data = "d"\nconfidence_level = 95\n' + ESTIMATE, "confidence_level is 95; give a share such as 0.95"),
        ('data = "d"\nconfidence_level = "high"\n' + ESTIMATE, "confidence_level must be a number"),
        ('data = "d"\nconfidence = 0.9\n' + ESTIMATE, "confidence is not known; did you mean confidence_level?"),
        ('data = "d"\nxyz = 0.9\n' + ESTIMATE, "xyz is not known; leave it out"),
        ('data = "d"\ndesign = 1\n' + ESTIMATE, "design must be a table: [design]"),
        ('data = "d"\n[design]\nclusters = [1]\n' + ESTIMATE, "in [design], clusters must be a text"),
        ('data = "d"\n[design]\nlonely_stratum = "x"\n' + ESTIMATE, "lonely_stratum is 'x'; choose one of 'fail'"),
        ('data = "d"\n[[design.margin]]\ncolumn = "s"\n' + ESTIMATE, "totals is missing; give the number"),
        ('data = "d"\n[estimate]\noutcome = "q"', "estimate must be written as [[estimate]]"),
        ('data = "d"\n[[estimate]]\nname = "x"', "in [[estimate]] x, outcome is missing; add it"),
        (
            'data = "d"\n[[estimate]]\nnam = "x"\noutcome = "q"',
            "in [[estimate]] 1, nam is not known; did you mean name?",
        ),
        (f'data = "d"\n{ESTIMATE}interval = "walt"', "interval is 'walt'; choose one of 't'"),
        (f'data = "d"\n{ESTIMATE}satisfied = [4]\ninterval = "walt"', "choose one of 'wilson'"),
        (f'data = "d"\n{ESTIMATE}satisfied = [true]', "satisfied must be a text or a number"),
        (f'data = "d"\n{ESTIMATE}satisfied = [4]\nstatistic = "mean"', "satisfied does not go with a mean"),
        (f'data = "d"\n{ESTIMATE}statistic = "share"', "satisfied is missing; say which values"),
        (f'data = "d"\n{ESTIMATE}statistic = "ratio"', "denominator is missing; name the column"),
        (f'data = "d"\n{ESTIMATE}denominator = "w"', "denominator is for a ratio; leave it out"),
        (f'data = "d"\n{ESTIMATE}statistic = "quantile"\nquantile = 50', "quantile is 50; give a share"),
        (f'data = "d"\n{ESTIMATE}scale = [5, 1]', "scale must be its lowest and highest value"),
        (f'data = "d"\n{ESTIMATE}scale = [1, 3, 5]', "scale must be its lowest and highest value"),
        (f'data = "d"\n{ESTIMATE}scale = ["1", "5"]', "scale must be its lowest and highest value"),
        (f'data = "d"\n{ESTIMATE}where = {{ s = [true] }}', "s must be a text or a number"),
        ('data = "d"\n[[change]]\noutcome = "q"', "between, column is missing; add it"),
        (
            'data = "d"\n[[change]]\noutcome = "q"\nbetween = { column = "s", from = "a", to = "a" }',
            "between compares a value with itself",
        ),
        (
            'data = "d"\n[[change]]\noutcome = "q"\nbetween = { column = "s", to = "a" }',
            "between, from must be one text or number",
        ),
        (
            'data = "d"\n[[change]]\noutcome = "q"\ncomparable = 1\nbetween = { column = "s", from = "a", to = "b" }',
            "comparable must be true or false",
        ),
        ('data = "d"\n[[ranking]]\noutcome = "q"', "units is missing; add it"),
        ('data = "d"\n[[ranking]]\noutcome = "q"\nunits = "s"\nseed = -1', "seed must be a whole number"),
        ('data = "d"\n[[ranking]]\noutcome = "q"\nunits = "s"\nmethod = "bootstrap"', "seed is missing; give a whole"),
    ],
)
def test_plans_are_refused(plan: str, words: str) -> None:
    assert words in refusal(plan)


def test_a_plan_that_is_not_text_is_refused() -> None:
    with pytest.raises(PlanError, match=r"plan\.toml: the plan is not UTF-8 text; save it as UTF-8"):
        run_plan(b"\xff\xfe", lambda _: b"", plan_file="plan.toml", version="0")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "d.csv, line 1: the file is empty"),
        (" \n\n", "d.csv, line 1: the file is empty"),
        ("\ufeff", "d.csv, line 1: the file is empty"),
        ("q,w\n", "d.csv, line 2: there is a header and no row below it"),
        (
            "r,w\n1,2\n",
            "d.csv, line 1, column q: there is no such column; correct the plan or the header: there are r, w",
        ),
        ("Q1,qq\n1,2\n", "did you mean qq?"),
        ("q;w\n1;2\n", 'the cells seem to be divided by semicolons, write delimiter = ";" into the plan'),
        ("q,q\n1,2\n", "column q: the header names q 2 times"),
        ("q,w\n1,2\n1\n", "d.csv, line 3, column w: the row has 1 cells and the header 2"),
        ("q,w\n1,2\n1,2,3\n", "d.csv, line 3, column w: the row has 3 cells"),
        ('q,w\n1,"2\n3\n"x\n', "the file is not valid CSV"),
        ("q,w\n1,2\nfour,2\n", "d.csv, line 3, column q: the answer is 'four', which is not a number"),
        (
            "q,w\n1,2\nNA,2\n",
            "column q: the answer is 'NA', which is not a number; correct it or list it under missing",
        ),
        ("q\n3\n1e101\n", "the answer is '1e101', which is too large to compute with; correct it or list it"),
        ("q,w\n3,1\n1_0,2\n", "the answer is '1_0', which is not a number"),
        ('q,w\n1,2\n"4\n",2\nx,2\n', "d.csv, line 5, column q: the answer is 'x'"),
        (b"q,w\n1,2\n\xe1,2\n", "d.csv, line 3: the text is not UTF-8; save the file as UTF-8"),
    ],
)
def test_files_are_refused(data: str | bytes, words: str) -> None:
    assert words in refusal('data = "d.csv"\n' + ESTIMATE, data)


def test_blank_lines_are_no_rows_and_keep_the_count_of_lines() -> None:
    assert "line 5, column q" in refusal('data = "d.csv"\n' + ESTIMATE, "q\n1\n\n2\nx\n")


DESIGN = 'data = "d.csv"\n[design]\n{}\n' + ESTIMATE


@pytest.mark.parametrize(
    ("design", "data", "words"),
    [
        ('weights = "w"', "q,w\n1,1\n2,-3\n", "d.csv, line 3, column w: the weight -3 is negative or not a number"),
        ('weights = "w"', "q,w\n1,1\n2,x\n", "d.csv, line 3, column w: the weight is 'x', which is not a number"),
        ('weights = "w"', "q,w\n1,1\n2,1e308\n", "column w: the weight is '1e308', which is too large to compute with"),
        ('weights = "w"', "q,w\n1,1\n2,-1e400\n", "the weight is '-1e400', which is too large to compute with"),
        ('weights = "w"', "q,w\n1,1\n2,inf\n", "the weight is 'inf', which is not a number; correct it"),
        ('weights = "w"', "q,w\n1,1\n2,\n", "d.csv, line 3, column w: the weight is empty; fill it in"),
        ('weights = "w"', "q,w\n1,0\n2,0\n", "column w: every weight is 0"),
        ('strata = "s"', "q,s\n1,a\n2,a\n3,b\n", "d.csv, line 4, column s: stratum b: only one unit was drawn here"),
        ('strata = "s"', "q,s\n1,a\n2,\n", "d.csv, line 3, column s: the stratum is empty"),
        ('clusters = "c"', "q,c\n1,k\n2,k\n", "d.csv, line 2, column c: cluster k: only one unit"),
        (
            'clusters = ["c", "v"]\npopulation_sizes = ["n", "m"]',
            "q,c,v,n,m\n1,k,1,9,9\n2,k,2,9,9\n2,l,1,9,9\n",
            "d.csv, line 4, column c: cluster l: only one unit",
        ),
        ('population_sizes = "n"', "q,n\n1,1\n2,1\n", "line 2, column n: 2 units were drawn of a population of 1"),
        ('population_sizes = "n"', "q,n\n1,7\n2,8\n", "column n: the population size differs within one drawing"),
        ('population_sizes = ["n", "n"]', "q,n\n1,7\n2,7\n", "there are more population sizes than stages"),
        (
            'calibration = { distance = "raking" }',
            "q\n1\n",
            "in [design], calibration, totals is missing; give the known totals",
        ),
        (
            "calibration = { totals = { w = 9 } }",
            "q,w\n1,\n2,2\n",
            "line 2, column w: the number to calibrate to is empty",
        ),
        (
            "calibration = { totals = { w = 9 }, bounds = [0.9, 1.1] }",
            "q,w\n1,1\n2,2\n",
            "d.csv: calibration did not converge",
        ),
        (
            'calibration = { totals = { w = 9 } }\nmargin = [{ column = "s", totals = { a = 3 } }]',
            "q\n1\n",
            "calibration does not go with margins; take one of them",
        ),
        ('margin = [{ column = "s", totals = { a = 3 } }]', "q,s\n1,a\n2,b\n", "d.csv: s = b occurs in the sample"),
    ],
)
def test_designs_are_refused(design: str, data: str, words: str) -> None:
    assert words in refusal(DESIGN.format(design), data)


REPLICATES = 'data = "d.csv"\n[design]\n{}\n[design.replicates]\n{}\n' + ESTIMATE


@pytest.mark.parametrize(
    ("design", "replicates", "words"),
    [
        ("", 'kind = "jack"', "kind is 'jack'; choose one of 'JK1'"),
        ("", "scale = 1", "columns holds supplied replicate weights"),
        ("", 'kind = "JK1"\ncolumns = "w"', "columns holds supplied replicate weights"),
        ("", 'columns = "w"', "scale must be above 0; take what the supplier"),
        ("", 'kind = "bootstrap"', "seed is missing; give a whole number"),
        ("", 'kind = "BRR"\nfay_rho = 1', "fay_rho is 1; give a share"),
        ("", 'columns = "v*"\nscale = 1', "d.csv, line 1, column v*: there is no such column"),
        ("", 'columns = "w"\nscale = 1\nreplicate_scales = [1, 2]', "1 replicate weights and 2 replicate_scales"),
        ('strata = "s"', 'kind = "JK1"', "d.csv, column s: JK1 is for a design without strata; ask for JKn"),
        ('strata = "s"\nlonely_stratum = "remove"', 'kind = "BRR"', "need two clusters in every stratum"),
        (
            'margin = [{ column = "s", totals = { a = 2, b = 2 } }]',
            'kind = "JK1"',
            "margin does not go with replicates",
        ),
    ],
)
def test_replicates_are_refused(design: str, replicates: str, words: str) -> None:
    assert words in refusal(REPLICATES.format(design, replicates), DATA + "5,1,b,3\n")


def test_a_single_row_without_a_design_is_refused() -> None:
    assert "only one unit was drawn" in refusal('data = "d.csv"\n' + ESTIMATE, "q\n1\n")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("scale = [1, 4]", "d.csv, line 3, column q: the answer is '5', which is outside the scale 1 to 4"),
        ('where = { s = "z" }', "d.csv, column s: no row has the value z; correct the plan: there are a, b"),
    ],
)
def test_answers_are_refused(more: str, words: str) -> None:
    assert words in refusal(f'data = "d.csv"\n{ESTIMATE}{more}')


def test_a_denominator_that_is_no_number_is_refused() -> None:
    plan = f'data = "d.csv"\n{ESTIMATE}statistic = "ratio"\ndenominator = "s"'
    assert "d.csv, line 2, column s: the answer is 'a', which is not a number" in refusal(plan)


def test_a_wave_that_nobody_answered_in_is_refused() -> None:
    plan = 'data = "d.csv"\n[[change]]\noutcome = "q"\nbetween = { column = "s", from = "a", to = "z" }'
    assert "column s: no row has the value z" in refusal(plan)


def test_a_mean_without_variance_cannot_be_ranked_without_a_scale() -> None:
    plan = 'data = "d.csv"\n[[ranking]]\noutcome = "q"\nunits = "s"'
    assert "declare the scale, such as scale = [1, 5]" in refusal(plan, "q,s\n5,a\n5,a\n1,b\n2,b\n")


def test_a_missing_file_is_the_caller_s_to_report() -> None:
    def absent(name: str) -> bytes:
        raise FileNotFoundError(name)

    reader: Callable[[str], bytes] = absent
    with pytest.raises(FileNotFoundError):
        run_plan(f'data = "d.csv"\n{ESTIMATE}'.encode(), reader, plan_file="plan.toml", version="0")
