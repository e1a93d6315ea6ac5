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
    """Fold a long name over a few lines and cut the rest; the table beside the chart has it whole."""
    if lines == 1:
        return name if len(name) <= width else f"{name[: width - 1].rstrip()}…"
    folded = textwrap.wrap(name, width)
    if len(folded) > lines:
        folded = [*folded[: lines - 1], f"{folded[lines - 1][: width - 1]}…"]
    return "\n".join(folded)


def percent_axis(axes: Axes, low: float, language: str) -> None:
    """Scale the horizontal axis from ``low`` to 100 percent, with a grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415 -- as above

    sign = "%" if language == "en" else " %"
    axes.set_xlim(low, 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{share * 100:.0f}{sign}"))
    axes.grid(axis="x")


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
