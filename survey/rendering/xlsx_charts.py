"""Native charts of a workbook: they read the cells of their table, and change when somebody changes these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from survey.rendering.blocks import Kind, Standing
from survey.rendering.cells import fields
from survey.rendering.drawing import short
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from analysis.results import Estimate
    from survey.rendering.blocks import Table

# Beyond this a bar an agency would fill screens; a point an agency still shows the whole.
MOST_BARS: Final = 60
_WIDTH, _HEIGHT, _BAR = 720, 400, 26
# As high as a row of a sheet, in the same unit.
_ROW: Final = 20
# Where the sheet of charts keeps what they are drawn from, out of sight.
_ASIDE: Final = 30
# What one printed page holds.
_PAGE: Final = 980
# Every row has its name, however many there are.
_NAMES: Final[dict[str, Any]] = {"reverse": True, "interval_unit": 1, "num_font": {"size": 8}}
_GRID: Final[dict[str, Any]] = {"visible": True, "line": {"color": "#D9DEE6", "width": 0.5}}
# As in the drawn charts: the two sides differ without colour too.
_LEVEL_FILLS: Final[tuple[dict[str, Any], ...]] = (
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#8C3B00", "bg_color": "#FFFFFF"}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#E08A3C", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#E4E4E4"}},
    {"fill": {"color": "#8FB4DC"}},
    {"fill": {"color": "#1F4E8C"}},
)


@dataclass(frozen=True, slots=True)
class Place:
    """A table to draw, ``head`` being the row of its headings, and the sheet of charts, ``below`` so many rows."""

    book: Workbook
    sheet: Worksheet
    table: Table
    head: int
    language: str
    below: int

    def column(self, kind: Kind) -> int:
        """Return where the first column of a kind begins on the sheet; a name is the first text for people."""
        columns = self.table.columns
        found = next(at for at, one in enumerate(columns) if one.kind is kind and not one.sheet_only)
        return self._start(found)

    def cells(self, column: int, rows: int) -> list[Any]:
        """Return the range of the first ``rows`` cells of a column."""
        return [self.table.sheet, self.head + 1, column, self.head + rows, column]

    def aside(self, column: int) -> tuple[list[Any], dict[str, Any]]:
        """Write short names and the arms of the intervals aside; return the cells of the names, and the error bars.

        Long names would leave no room for bars, and some programs draw error bars from cells only.
        """
        shown = next(at for at, one in enumerate(self.table.columns) if one.kind is Kind.TEXT and not one.sheet_only)
        rows = [(str(row[shown]), cast("Estimate | None", row[column])) for row in self.table.rows]
        for number, (name, share) in enumerate(rows, start=self.below):
            self.sheet.write_string(number, _ASIDE, short(name, lines=1))
            self.sheet.write_number(number, _ASIDE + 1, share.ci.high - share.value if share else 0)
            self.sheet.write_number(number, _ASIDE + 2, share.value - share.ci.low if share else 0)
        self.sheet.set_column(_ASIDE, _ASIDE + 2, None, None, {"hidden": True})
        ends = self.below, self.below + len(rows) - 1
        names, *arms = ([self.sheet.get_name(), ends[0], at, ends[1], at] for at in range(_ASIDE, _ASIDE + 3))
        return names, {"type": "custom", **dict(zip(("plus_values", "minus_values"), map(_formula, arms), strict=True))}

    def insert(self, chart: Any, *, title: str, height: int = _HEIGHT) -> int:  # noqa: ANN401 -- XlsxWriter's own chart
        """Put a chart on its sheet, titled and described for those who do not see it; return where the next may be."""
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_size({"width": _WIDTH, "height": height})
        chart.show_hidden_data()
        self.sheet.insert_chart(self.below, 0, chart, {"description": title})
        return self.below + max(-(-height // _ROW), len(self.table.rows)) + 2

    def _start(self, at: int) -> int:
        return sum(len(fields(column.kind)) for column in self.table.columns[:at])


def add_shares(place: Place) -> int:
    """Draw the shares of a table as bars with their intervals; of a crowd as points over their respondents."""
    if len(place.table.rows) > MOST_BARS:
        return _add_points(place)
    rows = len(place.table.rows)
    at = next(at for at, column in enumerate(place.table.columns) if column.kind is Kind.SHARE)
    names, intervals = place.aside(at)
    chart = place.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": place.table.columns[at].heading,
            "categories": names,
            "values": place.cells(place.column(Kind.SHARE), rows),
            "fill": {"color": "#8FB4DC"},
            "y_error_bars": intervals,
        }
    )
    chart.set_y_axis(_NAMES)
    chart.set_x_axis({"max": 1, "num_format": "0%", "major_gridlines": _GRID})
    chart.set_legend({"none": True})
    return place.insert(chart, title=place.table.title, height=min(_PAGE, 120 + _BAR * rows))


def add_levels(place: Place) -> int:
    """Draw the five levels of every row as parts of the whole."""
    rows, first = len(place.table.rows), place.column(Kind.COUNT)
    chart = place.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for level, fill in enumerate(_LEVEL_FILLS):
        chart.add_series(
            {
                "name": [place.table.sheet, place.head, first + level],
                "categories": place.cells(place.column(Kind.TEXT), rows),
                "values": place.cells(first + level, rows),
                "gap": 60,
                **fill,
            }
        )
    chart.set_y_axis(_NAMES)
    chart.set_x_axis({"num_format": "0%", "major_gridlines": _GRID})
    chart.set_legend({"position": "bottom"})
    return place.insert(chart, title=place.table.title, height=160 + 2 * _BAR * rows)


def add_periods(place: Place) -> int:
    """Draw the periods as points with intervals, without a line: some of them may not be compared."""
    rows = len(place.table.rows)
    at = next(at for at, column in enumerate(place.table.columns) if column.kind is Kind.SHARE)
    names, intervals = place.aside(at)
    chart = place.book.add_chart({"type": "line"})
    chart.add_series(
        {
            "name": place.table.columns[at].heading,
            "categories": names,
            "values": place.cells(place.column(Kind.SHARE), rows),
            "line": {"none": True},
            "marker": {"type": "circle", "size": 8, "fill": {"color": "#1F4E8C"}},
            "y_error_bars": intervals,
        }
    )
    chart.set_y_axis({"num_format": "0%", "max": 1, "major_gridlines": _GRID})
    chart.set_legend({"none": True})
    return place.insert(chart, title=place.table.title)


def _add_points(place: Place) -> int:
    # Ranked ones alone: a cell that says "not enough" would make a spreadsheet number all points from one.
    standings = (value for row in place.table.rows for value in row if isinstance(value, Standing))
    ranked = sum(standing.rank is not None for standing in standings)
    if not ranked:
        return place.below
    say = speaker(place.language)
    title = say("Tỷ lệ hài lòng theo số người trả lời", "Share satisfied by number of respondents")
    chart = place.book.add_chart({"type": "scatter"})
    chart.add_series(
        {
            "name": title,
            "categories": place.cells(place.column(Kind.PARTICIPATION), ranked),
            "values": place.cells(place.column(Kind.SHARE), ranked),
            "marker": {"type": "circle", "size": 3, "fill": {"color": "#1F4E8C"}, "border": {"none": True}},
        }
    )
    chart.set_x_axis({"name": "n", "num_format": "#,##0", "log_base": 10, "crossing": 1})
    chart.set_y_axis({"max": 1, "num_format": "0%", "major_gridlines": _GRID})
    chart.set_legend({"none": True})
    return place.insert(chart, title=title)


def _formula(cells: Sequence[Any]) -> str:
    from xlsxwriter.utility import quote_sheetname, xl_range_abs  # noqa: PLC0415 -- as the workbook itself

    sheet, first, column, last, _ = cells
    place = xl_range_abs(first, column, last, column)
    return f"={quote_sheetname(sheet)}!{place}"
