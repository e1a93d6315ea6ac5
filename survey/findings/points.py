"""Index points of a body, by the rule of its method edition."""

from __future__ import annotations

from fractions import Fraction

from analysis.index_points import Points as RulePoints
from analysis.index_points import points, stratified_points
from analysis.moments import NothingRatedError
from analysis.points_rule import Part, PointsRule, Rounding
from survey.findings.figures import Figures, size
from survey.findings.names import text_wording
from survey.findings.sample import Sample
from survey.findings.values import ElementPoints, Points, Wording
from survey.models.editions import Method

_ROUNDINGS: dict[str, Rounding] = {"truncate": "truncate", "round": "round_half_up"}


def index_points(sample: Sample, figures: Figures) -> tuple[Points | None, tuple[ElementPoints, ...]]:
    """Return the points and what each element brings; None where too few answered for an index figure.

    Points are also withheld where an element is: the points of the others would give it away.
    """
    method = sample.method
    if size(figures.overall) < method.smallest_n_index or any(
        element.measures.is_suppressed for element in figures.elements
    ):
        return None, ()
    rule = points_rule(method, elements=len(figures.elements))
    try:
        found = estimate_points(rule, sample, figures, method.confidence_level)
    except NothingRatedError:
        return None, ()
    whole = Points(
        float(found.total), float(found.low), float(found.high), float(found.maximum), decimals=rule.decimals
    )
    return whole, _element_points(sample, found) if method.points.source == "elements" else ()


def points_rule(method: Method, *, elements: int) -> PointsRule:
    """Return the rule of an edition: a part for each element, or one part for all of them pooled."""
    maximum = Fraction(method.points.maximum_per_part)
    each = [(element,) for element in range(elements)] if method.points.source == "elements" else [()]
    return PointsRule(
        parts=tuple(Part(maximum, part) for part in each),
        decimals=method.points.decimals,
        rounding=_ROUNDINGS[method.points.rounding],
        source="share" if method.statistic == "share" else "scaled_mean",
    )


def rule_wording(method: Method, *, elements: int) -> Wording:
    """Say the rule in a sentence."""
    rule = points_rule(method, elements=elements)
    maximum = method.points.maximum_per_part
    vi_maximum = maximum.replace(".", ",")
    vi_cut, en_cut = {
        "truncate": ("cắt bỏ", "truncated to"),
        "round_half_up": ("làm tròn đến", "rounded to"),
        "none": ("giữ nguyên", "kept at"),
    }[rule.rounding]
    vi_source, en_source = {
        "share": ("tỷ lệ hài lòng", "the share satisfied"),
        "scaled_mean": ("điểm trung bình quy đổi", "the scaled mean score"),
        "mean": ("điểm trung bình", "the mean score"),
    }[rule.source]
    parts, decimals = len(rule.parts), rule.decimals
    return Wording(
        f"{parts} phần, mỗi phần tối đa {vi_maximum} điểm, tính theo {vi_source}, "
        f"{vi_cut} {'sau ' if rule.rounding == 'truncate' else ''}{decimals} chữ số thập phân",
        f"{parts} parts of at most {maximum} points each, by {en_source}, {en_cut} {decimals} decimals",
    )


def estimate_points(rule: PointsRule, sample: Sample, figures: Figures, confidence_level: float) -> RulePoints:
    """Return the points of a rule by elements: from sums, from several bodies' sums, or by the survey's design.

    Raises:
        NothingRatedError: Nobody rated an element that the rule needs.
        FindingsError: The survey's design cannot be estimated.

    """
    parts = figures.parts
    if parts[0].design is not None:
        elements = [[item.code for item in element.items] for element in sample.questionnaire.elements]
        return parts[0].design.points(rule, elements, confidence_level=confidence_level)
    if len(parts) == 1:
        return points(
            rule, parts[0].moments, confidence_level=confidence_level, population_size=parts[0].population_size
        )
    weights = [part.weight or 0 for part in parts]
    return stratified_points(
        rule,
        [part.moments for part in parts],
        weights,
        confidence_level=confidence_level,
        random_sample=all(part.population_size for part in parts),
    )


def _element_points(sample: Sample, found: RulePoints) -> tuple[ElementPoints, ...]:
    return tuple(
        ElementPoints(
            element.code, text_wording(element.name), float(one.points), float(one.lost), float(one.part.maximum)
        )
        for element, one in zip(sample.questionnaire.elements, found.parts, strict=True)
    )
