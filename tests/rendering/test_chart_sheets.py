"""How charts look where they are crowded or odd, in grey, against sheets that somebody looked at."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image

from survey.rendering.blocks import Chart
from survey.rendering.charts import _LEVEL_STYLES
from tests.rendering.chart_sheets import charts_of, drawn, sheets
from tests.rendering.examples import annual_example
from tests.rendering.pictures import MOST_IN_TILE, MOST_ON_PAGE, REFERENCES, difference

# Of 255 shades: as far apart as two neighbouring parts of a bar must be for a copier.
APART = 24


@pytest.fixture(scope="module")
def every() -> dict[str, list[Chart]]:
    return sheets()


@pytest.mark.parametrize("name", ["charts-34", "charts-3321", "charts-long-names", "charts-odd"])
def test_charts_look_as_they_were_looked_at(every: dict[str, list[Chart]], name: str) -> None:
    with Image.open(REFERENCES / f"{name}.png") as reference:
        on_page, in_tile = difference(drawn(every[name]), reference.convert("L"))

    assert on_page < MOST_ON_PAGE["pdf"], on_page
    assert in_tile < MOST_IN_TILE["pdf"], in_tile


def test_the_sheets_hold_every_kind_of_chart(every: dict[str, list[Chart]]) -> None:
    assert {name: [chart.code for chart in charts] for name, charts in every.items()} == {
        "charts-34": ["ranking-1", "funnel", "movement", "heat-map-1", "levels", "series"],
        "charts-3321": ["ranking", "funnel", "movement", "element-spread", "levels"],
        "charts-long-names": ["ranking-1", "funnel", "movement", "heat-map-1", "levels"],
        "charts-odd": ["elements", "levels", "ranking-1", "movement", "heat-map-1", "levels"],
    }


def test_another_figure_would_be_noticed() -> None:
    findings = annual_example(34)
    turned = replace(findings, agencies=tuple(reversed(findings.agencies)))

    usual, other = (drawn(charts_of(each)[:1]) for each in (findings, turned))

    assert difference(usual, other)[1] > MOST_IN_TILE["pdf"]


def test_neighbouring_levels_and_both_kinds_of_movement_are_told_apart_in_grey() -> None:
    for (one, one_hatch), (other, other_hatch) in pairwise(_LEVEL_STYLES):
        assert abs(grey(one) - grey(other)) > APART, (one, other)
        assert one_hatch == other_hatch or "" in {one_hatch, other_hatch}
    # The best and the worst are both dark: only the hatch tells them apart.
    assert (_LEVEL_STYLES[0][1], _LEVEL_STYLES[-1][1]) == ("////", "")


def grey(colour: str) -> int:
    found = Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))
    assert isinstance(found, int)
    return found
