"""What elements of satisfaction cost, in tables and sentences; where points go in steps, what elements lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.rendering import numbers
from survey.rendering.blocks import Column, Kind, Table
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey.findings.index_result_values import ElementCost


def costs_table(costs: Sequence[ElementCost], language: str) -> Table:
    """Which element of satisfaction costs most points, on average."""
    say = speaker(language)
    return Table(
        code="index_costs",
        title=say("Yếu tố hài lòng làm mất điểm, bình quân một cơ quan", "Points that elements cost on average"),
        sheet=say("Yếu tố mất điểm", "Costs"),
        columns=_columns(say("Điểm mất", "Lost"), Kind.POINTS_PART, language),
        rows=tuple(
            (one.code, one.name.text(language), one.lost, one.low, one.high, one.n) for one in costs if one.in_points
        ),
        note=say(
            "Điểm trước khi cắt hoặc làm tròn; các yếu tố của một tiêu chí cộng lại bằng điểm tiêu chí đó mất.",
            "Points before they are cut or rounded; the elements of one criterion add up to what it lost.",
        ),
    )


def lacking_table(costs: Sequence[ElementCost], language: str) -> Table:
    """What elements lack to the highest step of a criterion whose points go in steps."""
    say = speaker(language)
    return Table(
        code="index_lacking",
        title=say("Yếu tố hài lòng còn thiếu so với bậc cao nhất", "What elements lack to the highest step"),
        sheet=say("Yếu tố còn thiếu", "Lacking"),
        columns=_columns(say("Còn thiếu (điểm %)", "Lacking (percentage points)"), Kind.POINTS_PART, language),
        rows=tuple(
            (one.code, one.name.text(language), one.lost * 100, one.low * 100, one.high * 100, one.n)
            for one in costs
            if not one.in_points
        ),
        note=steps_note(language),
    )


def steps_note(language: str) -> str:
    """Say why there are no points by element."""
    return speaker(language)(
        "Tiêu chí tính điểm theo bậc nên không tách được điểm mất cho từng yếu tố; ở đây là phần còn thiếu so với bậc "
        "cao nhất.",
        "The points of the criterion go in steps and cannot be shared among elements; this is what each lacks to the "
        "highest step.",
    )


def costliest_sentence(costs: Sequence[ElementCost], decimals: int, language: str, *, is_mean: bool) -> str:
    """Say which element costs most points, or lacks most where points go in steps, and from which it is not told apart.

    ``is_mean`` tells of all agencies; empty where no element costs anything.
    """
    first = next((one for one in costs if one.lost > 0), None)
    if first is None:
        return ""
    say, name, n = speaker(language), first.name.text(language), numbers.sample(first.n, language)
    rivals = ", ".join(
        one.name.text(language)
        for one in costs
        if one is not first and one.in_points == first.in_points and one.high >= first.low
    )
    doubt = say(f"; chưa phân biệt được với {rivals}", f"; not told apart from {rivals}") if rivals else ""
    mean = say("bình quân ", " on average") if is_mean else ""
    if not first.in_points:
        lost, low, high = (numbers.decimal(one * 100, 1, language) for one in (first.lost, first.low, first.high))
        unit = numbers.percentage_point_unit(first.lost, language)
        return say(
            f"Điểm tính theo bậc nên không tách được cho từng yếu tố; yếu tố hài lòng thiếu nhiều nhất so với bậc cao "
            f"nhất: {name}, {mean}{lost}{unit} (khoảng {low}–{high}; {n}){doubt}.",
            f"Points go in steps and cannot be shared among elements; the one that lacks most to the highest step: "
            f"{name}, {lost}{unit}{mean} ({low}–{high}; {n}){doubt}.",
        )
    lost, low, high = (numbers.points(one, language, decimals) for one in (first.lost, first.low, first.high))
    return say(
        f"Yếu tố hài lòng làm mất nhiều điểm nhất: {name}, {mean}{lost} điểm (khoảng {low}–{high}; {n}){doubt}.",
        f"The element of satisfaction that costs most: {name}, {lost} points{mean} ({low}–{high}; {n}){doubt}.",
    )


def _columns(figure: str, kind: Kind, language: str) -> tuple[Column, ...]:
    say = speaker(language)
    return (
        Column(say("Mã", "Code"), Kind.TEXT, 1.6),
        Column(say("Yếu tố", "Element"), Kind.TEXT, 4),
        Column(figure, kind, 1.4),
        Column(say("Cận dưới", "Low"), kind, 1.2),
        Column(say("Cận trên", "High"), kind, 1.2),
        Column("n", Kind.COUNT, 1.2),
    )
