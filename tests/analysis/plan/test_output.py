"""The readable tables, sign by sign; their figures by hand or from the formulas of the methods."""

from hashlib import sha256

from analysis.plan import as_json, as_text, run_plan

DATA = b"q,w,g,wave\n5,1,a,1\n4,2,a,2\n2,1,b,1\n1,4,b,2\n4,1,b,2\n,1,c,2\n"
PLAN = b"""data = "d.csv"
confidence_level = 0.9
[[estimate]]
name = "mean"
outcome = "q"
by = "g"
scale = [1, 5]
[[estimate]]
name = "levels"
outcome = "q"
statistic = "distribution"
[[estimate]]
name = "sum"
outcome = "w"
statistic = "total"
[[change]]
name = "step"
outcome = "q"
satisfied = [4, 5]
between = { column = "wave", from = 1, to = 2 }
[[ranking]]
name = "units"
outcome = "q"
satisfied = [4, 5]
units = "g"
"""
# The total: 10, its variance 6 times 22/15. The mean of a: variance 6/5 times twice a sixteenth, both ends in 1 to 5.
TEXT = """mean: mean of q, t 90 %
g  n  estimate  std. error     low    high  df  deff  eff. n  missing
a  2       4.5      0.3873  2.0547       5   1   0.6  3.3333        0
b  3    2.3333     0.78881       1  4.6366   2   0.8    3.75        0
c  0         –           –       –       –   –     –       –        1

levels: distribution of q, wilson 90 %
level  n  estimate  std. error       low     high  df  deff  eff. n  missing
    1  5       0.2     0.19596  0.045962  0.56471   4  0.96       5        1
    2  5       0.2     0.19596  0.045962  0.56471   4  0.96       5        1
    4  5       0.4        0.24   0.14271  0.72752   4  0.96       5        1
    5  5       0.2     0.19596  0.045962  0.56471   4  0.96       5        1

sum: total of w, t 90 %
n  estimate  std. error     low    high  df  deff  eff. n  missing
6        10      2.9665  4.0224  15.978   5     1       6        0

changes, 90 %
change  between     n before  n after  difference  std. error      low    high  df        p  p adjusted  verdict
step    wave 1 → 2         2        3     0.16667     0.48876  -0.8753  1.2086   4  0.75026     0.75026  no evidence of change

units: rank of q, simultaneous sets 90 % (pairwise)
g  rank  from  to  n  estimate  std. error       low     high
a     1     1   1  2         1           0   0.42503        1
b     2     2   2  3   0.33333     0.29814  0.078266  0.74647
c     –     –   –  0         –           –         –        –

"""  # noqa: E501 - a table is as wide as it is
RESULT = run_plan(PLAN, {"d.csv": DATA}.__getitem__, plan_file="plan.toml", version="7")


def test_every_table_stands_as_it_should() -> None:
    foot = [
        f"d.csv: 6 rows, SHA-256 {sha256(DATA).hexdigest()}",
        "design: 5 degrees of freedom, design effect of the weights alone (Kish) 1",
        f"plan: SHA-256 {sha256(PLAN).hexdigest()}",
        "version 7",
    ]
    assert as_text(RESULT) == TEXT + "\n".join(foot) + "\n"


def test_another_language_stands_above_the_english() -> None:
    beside = {
        "n": "số",
        "simultaneous": "đồng thời",
        "no evidence of change": "không rõ",
        "head of a ranking": "{name}: hạng {sets} {level}",
        "version": "phiên bản {version}",
    }
    lines = as_text(RESULT, beside).splitlines()
    assert lines[:3] == [
        "mean: mean of q, t 90 %",
        "g  số  estimate  std. error     low    high  df  deff  eff. n  missing",
        "g   n  estimate  std. error     low    high  df  deff  eff. n  missing",
    ]
    ranking = lines.index("units: hạng đồng thời 90 %")
    assert lines[ranking + 1] == "units: rank of q, simultaneous sets 90 % (pairwise)"
    assert lines[-2:] == ["phiên bản 7", "version 7"]
    assert any(line.endswith("0.75026  không rõ / no evidence of change") for line in lines)


def test_units_that_share_clusters_are_said_under_the_head() -> None:
    ranking = {**RESULT["rankings"][0], "units_share_clusters": True}
    lines = as_text({**RESULT, "rankings": [ranking]}).splitlines()
    place = lines.index("units: rank of q, simultaneous sets 90 % (pairwise)")
    assert lines[place + 1] == "units share clusters and are ranked as if they were independent"


def test_large_figures_are_whole_and_small_ones_have_five_digits() -> None:
    row = {**RESULT["estimates"][2]["rows"][0], "low": 99999.4, "estimate": 100000.6, "high": -123456.7}
    text = as_text({**RESULT, "estimates": [{**RESULT["estimates"][2], "rows": [row]}]})
    assert "6    100001      2.9665  99999  -123457   5     1       6        0" in text.splitlines()[2]


def test_json_keeps_the_signs_of_other_languages_and_ends_its_last_line() -> None:
    text = as_json({"name": "hài lòng", "rows": [1]}).decode()
    assert text == '{\n  "name": "hài lòng",\n  "rows": [\n    1\n  ]\n}\n'
