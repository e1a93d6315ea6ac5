"""How charts look: fonts, colours and the one way from a figure to bytes.

matplotlib is loaded on first use; figures are made without pyplot, which keeps state and is not safe in threads.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from survey.rendering.typesetting import FONTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#10243e"
BLUE: Final = "#1f4e8c"
ORANGE: Final = "#b5540a"
GREY: Final = "#8a94a3"
GRID: Final = "#d9dee6"

# The text width of the official page, in inches; charts are drawn at the size they are printed.
PAGE_WIDTH: Final = 6.38

_STYLE: Final[dict[str, Any]] = {
    "svg.hashsalt": "hai-long",
    "svg.fonttype": "path",
    "font.family": "Noto Sans",
    "font.size": 8,
    # A dollar sign in the name of an agency is a dollar sign.
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
}


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around a plot for names and labels, in inches."""

    left: float = 2.2
    right: float = 1.05
    top: float = 0.06
    bottom: float = 0.3


def new_figure(plot_height: float, margins: Margins) -> tuple[Figure, Axes]:
    """Make a figure of the page's width with one plot of this height, in inches.

    Fixed margins keep the plots of a report in line; measuring every label instead costs almost half of the drawing.
    """
    _prepare()
    from matplotlib.figure import Figure  # noqa: PLC0415 -- takes more than a second, drawn in jobs only

    height = plot_height + margins.top + margins.bottom
    figure = Figure(figsize=(PAGE_WIDTH, height))
    width = PAGE_WIDTH - margins.left - margins.right
    place = (margins.left / PAGE_WIDTH, margins.bottom / height, width / PAGE_WIDTH, plot_height / height)
    return figure, figure.add_axes(place)


def svg_bytes(figure: Figure) -> bytes:
    """Return the figure as SVG; without a date, so that the same data give the same bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def short(name: str, width: int = 32, lines: int = 2) -> str:
    """Fold a long name over a few lines and leave out its middle; the table beside the chart has it whole.

    The end stays, because it is what tells "Trung tâm … xã Suối Biếc" from all other centres.
    """
    folded = textwrap.wrap(name, width)
    if len(folded) <= lines:
        return "\n".join(folded)
    head, rest = folded[: lines - 1], " ".join(folded[lines - 1 :])
    front = (width - 1) * 3 // 5
    start, end = rest[:front], rest[-(width - 1 - front) :]
    # Words stay whole where there are any.
    start, end = start.rpartition(" ")[0] or start, end.partition(" ")[2] or end
    return "\n".join([*head, f"{start}…{end}"])


def percent_axis(axes: Axes, low: float, language: str) -> None:
    """Scale the horizontal axis from ``low`` to 100 percent, with a grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 -- as above

    sign = "%" if language == "en" else " %"
    axes.set_xlim(low, 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{share * 100:.0f}{sign}"))
    axes.grid(axis="x")


def vertical_percent_axis(axes: Axes, shares: Sequence[float], language: str) -> None:
    """Scale the vertical axis to hold these shares, with a grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 -- as above

    sign = "%" if language == "en" else " %"
    room = max(0.02, (max(shares) - min(shares)) * 0.08)
    axes.set_ylim(max(0.0, min(shares) - room), min(1.0, max(shares) + room))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{share * 100:.0f}{sign}"))
    axes.grid(axis="y")


def legend_below(axes: Axes, marks: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Explain marks below a plot, in the order given; each is a name and how its marker looks."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 -- as above

    handles = [Line2D([], [], linestyle="", label=name, **look) for name, look in marks]
    axes.figure.legend(handles=handles, loc="lower center", ncols=len(handles), frameon=False, fontsize=7)


def shade(share: float) -> tuple[float, float, float]:
    """Return a shade of blue for 0 to 1, never so dark that ink on it could not be read, in grey too."""
    return (0.96 - 0.51 * share, 0.975 - 0.325 * share, 0.99 - 0.13 * share)


@cache
def _prepare() -> None:
    # The settings are set once for the process: ours is its only user, and a context would not be safe in threads.
    import matplotlib as mpl  # noqa: PLC0415 -- as above
    from matplotlib import font_manager  # noqa: PLC0415 -- as above

    for path in sorted(FONTS.glob("NotoSans-*.ttf")):
        font_manager.fontManager.addfont(path)
    # The type stub wants each key as a literal.
    settings: Any = mpl.rcParams
    settings.update(_STYLE)
