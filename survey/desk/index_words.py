"""How the pages of the index write points, values and the words of rubrics."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from flask_babel import gettext

from survey.desk.blueprint import blueprint
from survey.models.columns import exact_text
from survey.models.rubric_content import LeafContent
from survey.rendering import numbers
from survey.services import rubric_words
from survey.services.edition_faults import Fault
from survey.services.index_rounds import STAGES_EN, STAGES_VI
from survey.services.rubric_examples import Example
from survey.web.language import current_language

MOST_DECIMALS: Final = 4


@blueprint.app_template_filter("exact")
def exact(value: Fraction | None) -> str:
    """Write points as they are, 2,25; a dash where there are none."""
    if value is None:
        return "–"
    text = exact_text(value)
    if "/" in text:
        return numbers.decimal(float(value), MOST_DECIMALS, current_language())
    return comma(text)


@blueprint.app_template_filter("figure")
def figure(value: Fraction, is_share: bool) -> str:  # noqa: FBT001 -- a filter has no keywords here
    """Write a figure that was told, a share as people told it: 96,5 %."""
    return exact(value * 100) + numbers.percent_sign(current_language()) if is_share else exact(value)


@blueprint.app_template_filter("comma")
def comma(text: object) -> str:
    """Write the number of a file with the sign of the page's language."""
    return str(text) if current_language() == "en" else str(text).replace(".", ",")


@blueprint.app_template_filter("pair")
def pair(names: rubric_words.Words) -> str:
    """Choose from a Vietnamese and an English word."""
    return names[current_language() == "en"]


@blueprint.app_template_filter("index_stage")
def index_stage(code: str) -> str:
    """Say what stage a round is in."""
    return (STAGES_EN if current_language() == "en" else STAGES_VI)[code]


@blueprint.app_template_filter("value_for")
def value_for(value: Fraction | None, leaf: LeafContent) -> str:
    """Write the value of a leaf as its formula means it: a share in per cent, yes or no, else the number."""
    if value is None:
        return "–"
    kind = formula_kind(leaf)
    if kind == "yes_no":
        return str(gettext("Có") if value else gettext("Không"))
    if kind == "share":
        return exact(value * 100) + numbers.percent_sign(current_language())
    return exact(value)


@blueprint.app_template_filter("example_value")
def example_value(example: Example, leaf: LeafContent) -> str:
    """Write the value of an example: a share in per cent, any other number as it is, and what lies beyond it."""
    kind = formula_kind(leaf)
    if kind == "points":
        return str(gettext("người chấm ghi %(points)s", points=exact(example.value)))
    if kind in {"share", "yes_no"} or not (leaf.rule.is_survey or _is_like_a_share(example.value)):
        shown = value_for(example.value, leaf)
    else:
        share = exact(example.value * 100) + numbers.percent_sign(current_language())
        shown = share if leaf.rule.is_survey else f"{exact(example.value)} ({share})"
    sides = {
        "": shown,
        "at_least": gettext("từ %(value)s trở lên", value=shown),
        "at_most": gettext("từ %(value)s trở xuống", value=shown),
        "above": gettext("trên %(value)s", value=shown),
        "below": gettext("dưới %(value)s", value=shown),
    }
    return str(sides[example.beyond])


def _is_like_a_share(value: Fraction) -> bool:
    return 0 < value < 1


@blueprint.app_template_filter("element_called")
def element_called(code: str) -> str:
    """Say which of the five elements of satisfaction a code means."""
    return str(
        {
            "access": gettext("Tiếp cận dịch vụ"),
            "procedure": gettext("Thủ tục hành chính"),
            "staff": gettext("Công chức giải quyết công việc"),
            "result": gettext("Kết quả dịch vụ"),
            "feedback": gettext("Tiếp nhận, xử lý phản ánh, kiến nghị"),
        }[code]
    )


@blueprint.app_template_filter("formula_kind")
def formula_kind(leaf: LeafContent) -> str:
    """Return the code of a leaf's formula."""
    name = type(leaf.rule.formula).__name__
    return {"Given": "points", "Share": "share", "Linear": "linear", "Bands": "bands", "YesNo": "yes_no"}[name]


def fault_words(fault: Fault) -> str:
    """Say what is wrong, in the language of the page."""
    return fault.text(current_language())
