"""A sample becomes measures, points and participation.  All estimation is done by ``analysis``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.composite import (
    Aggregation,
    element_mean_score,
    element_share,
    item_mean_score,
    item_share,
    overall_mean_score,
    overall_share,
    scaled_score,
    stratified_mean_score,
    stratified_share,
)
from analysis.moments import Moments, NothingRatedError
from analysis.results import Estimate
from survey.findings.design import DesignDomain
from survey.findings.names import text_wording
from survey.findings.sample import Levels, Sample, Unit
from survey.findings.suppression import withheld
from survey.findings.values import ElementFindings, ItemFindings, Measures
from survey.findings.witness import note
from survey.models.editions import RATING_LEVELS, Element, Item, Method

NOTHING: Final = Measures(n=None, share_satisfied=None, mean_score=None, levels=None, no_opinion=None)


@dataclass(frozen=True, slots=True)
class Part:
    """Answers that are pooled: of one agency, or of several.

    ``weight`` is N, by which the part counts among others; ``population_size`` the same N where the sample is random,
    for the finite population correction.  ``design`` replaces the sums where the survey has one.
    """

    moments: Moments
    levels: dict[str, Levels]
    weight: int | None
    population_size: int | None
    design: DesignDomain | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a body: of its own answers, or of all those below it.

    ``weighting`` as in ``AgencyFindings``.  An element or item that is withheld has measures without a value.
    """

    weighting: str
    overall: Measures
    overall_question: ItemFindings | None
    elements: tuple[ElementFindings, ...]
    parts: tuple[Part, ...]

    @property
    def emptied(self) -> Figures:
        """Return the same without any value."""
        elements = tuple(replace(element, measures=NOTHING, items=()) for element in self.elements)
        return replace(self, overall=NOTHING, overall_question=None, elements=elements)


@dataclass(frozen=True, slots=True)
class _Target:
    """What is estimated: by which estimators of one part, and from which items."""

    share: Callable[[Part], Estimate]
    mean: Callable[[Part], Estimate]
    items: tuple[Item, ...]
    confidence_level: float


def figures(sample: Sample, *, with_items: bool = True) -> Figures:
    """Estimate everything that is said of a body; nothing where fewer respondents than the smallest n answered."""
    weighting, parts = _parts(sample)
    pool = _Pool(sample, parts)
    smallest = sample.method.smallest_n_shown
    elements = sample.questionnaire.elements
    overall = _measures(parts, _overall_target(sample))
    found = [_measures(pool.of(element.code), _element_target(sample, at)) for at, element in enumerate(elements)]
    hidden = withheld([size(one) for one in found], smallest=smallest)
    if size(overall) < smallest:
        overall, hidden = NOTHING, frozenset(range(len(elements)))
    return Figures(
        weighting=weighting,
        overall=overall,
        overall_question=_overall_question(sample, pool),
        elements=tuple(
            _element(
                sample,
                pool if with_items else None,
                element,
                NOTHING if position in hidden else found[position],
            )
            for position, element in enumerate(elements)
        ),
        parts=parts,
    )


def overall_index(sample: Sample) -> Estimate | None:
    """Estimate the index alone, 0–1; None where fewer respondents than the smallest n answered."""
    _, parts = _parts(sample)
    share = sample.method.statistic == "share"
    found = _estimate(parts, _overall_target(sample), share=share)
    if found is None or found.n < sample.method.smallest_n_shown:
        return None
    return found if share else scaled_score(found)


def index_estimate(measures: Measures, method: Method) -> Estimate | None:
    """Return the statistic that the edition makes the index, 0–1: the share satisfied, or the scaled mean score."""
    if measures.mean_score is None or method.statistic == "share":
        return measures.share_satisfied
    return scaled_score(measures.mean_score)


def measure_whole(sample: Sample, moments: Moments, levels: dict[str, Levels]) -> Measures:
    """Estimate the whole, all elements together, of some answers; whether it is shown is left to the caller."""
    return note(_measures((Part(moments, levels, None, None),), _overall_target(sample)), moments, levels)


def size(measures: Measures) -> int:
    """Return the respondents behind measures; 0 where nobody rated."""
    return measures.n or 0


def _parts(sample: Sample) -> tuple[str, tuple[Part, ...]]:
    """Decide how a body's answers are put together: by the survey's design, by N known for all, or pooled."""
    units = sample.answered
    if len(units) > 1:
        # A unit whose own figures are all withheld would be found by subtracting the others from the body's.
        everything = range(len(sample.questionnaire.elements))
        smallest = sample.method.smallest_n_shown
        units = tuple(unit for unit in units if unit.moments.respondents(everything) >= smallest)
    if sample.design is not None:
        domain = sample.design.domain(unit.agency_id for unit in units)
        return "design", (replace(_part(sample, units), design=domain),)
    if len(units) > 1 and all(unit.covers and unit.transactions for unit in units):
        return "population", tuple(_part(sample, [unit]) for unit in units)
    return "pooled", (_part(sample, units),)


class _Pool:
    """The parts behind each figure of a body: without the units that withhold the same figure of their own.

    Otherwise the body's figure less those of its other units would give the withheld one away.
    """

    def __init__(self, sample: Sample, parts: tuple[Part, ...]) -> None:
        """Note what each unit withholds; ``parts`` serve where nobody withholds anything."""
        self._sample = sample
        self._parts = parts
        several = len(sample.answered) > 1 and sample.design is None
        self._withheld = {unit.agency_id: _withheld_by(unit, sample) for unit in sample.answered} if several else {}

    def of(self, *codes: str) -> tuple[Part, ...]:
        """Return the parts of an element (its code), of an item of it (both codes), or of the overall question."""
        hiding = {agency_id for agency_id, hidden in self._withheld.items() if hidden.intersection(codes)}
        if not hiding:
            return self._parts
        units = tuple(unit for unit in self._sample.answered if unit.agency_id not in hiding)
        return _parts(replace(self._sample, units=units))[1]


def _withheld_by(unit: Unit, sample: Sample) -> frozenset[str]:
    """Return the codes of the elements, items and overall question that somebody rated and a unit's page withholds."""
    elements, question = sample.questionnaire.elements, sample.questionnaire.overall
    groups = [{element.code: unit.moments.respondents([at]) for at, element in enumerate(elements)}]
    groups += [{item.code: _rated(unit, item) for item in element.items} for element in elements]
    if question is not None:
        groups.append({question.code: _rated(unit, question)})
    codes: set[str] = set()
    for sizes in groups:
        hidden = withheld(list(sizes.values()), smallest=sample.method.smallest_n_shown)
        codes.update(code for at, (code, size) in enumerate(sizes.items()) if at in hidden and size)
    return frozenset(codes)


def _rated(unit: Unit, item: Item) -> int:
    return sum(unit.levels[item.code][1:]) if item.code in unit.levels else 0


def _part(sample: Sample, units: Sequence[Unit]) -> Part:
    levels: dict[str, Levels] = {}
    for unit in units:
        for item, counts in unit.levels.items():
            levels[item] = _added(levels.get(item), counts)
    moments = Moments.total((unit.moments for unit in units), elements=len(sample.questionnaire.elements))
    known = bool(units) and all(unit.covers for unit in units)
    transactions = sum(unit.transactions or 0 for unit in units) if known else None
    random = sample.sample_kind == "transactions" and transactions is not None and transactions >= moments.n
    return Part(moments, levels, transactions, transactions if random else None)


def _added(levels: Levels | None, more: Levels) -> Levels:
    return list(more) if levels is None else [one + two for one, two in zip(levels, more, strict=True)]


def _overall_target(sample: Sample) -> _Target:
    aggregation: Aggregation = sample.method.aggregation  # type: ignore[assignment]  # checked when it was loaded
    level = sample.method.confidence_level
    return _Target(
        share=lambda part: overall_share(
            part.moments, aggregation=aggregation, confidence_level=level, population_size=part.population_size
        ),
        mean=lambda part: overall_mean_score(
            part.moments, aggregation=aggregation, confidence_level=level, population_size=part.population_size
        ),
        items=tuple(item for element in sample.questionnaire.elements for item in element.items),
        confidence_level=level,
    )


def _element_target(sample: Sample, position: int) -> _Target:
    level = sample.method.confidence_level
    return _Target(
        share=lambda part: element_share(
            part.moments, position, confidence_level=level, population_size=part.population_size
        ),
        mean=lambda part: element_mean_score(
            part.moments, position, confidence_level=level, population_size=part.population_size
        ),
        items=sample.questionnaire.elements[position].items,
        confidence_level=level,
    )


def _item_target(sample: Sample, item: Item) -> _Target:
    level = sample.method.confidence_level
    return _Target(
        share=lambda part: item_share(
            _ratings(part, [item]), confidence_level=level, population_size=part.population_size
        ),
        mean=lambda part: item_mean_score(
            _ratings(part, [item]), confidence_level=level, population_size=part.population_size
        ),
        items=(item,),
        confidence_level=level,
    )


def _element(sample: Sample, pool: _Pool | None, element: Element, measures: Measures) -> ElementFindings:
    found = [
        _measures(pool.of(element.code, item.code) if pool else (), _item_target(sample, item))
        for item in element.items
    ]
    hidden = withheld([size(one) for one in found], smallest=sample.method.smallest_n_shown)
    items = tuple(
        ItemFindings(item.code, text_wording(item.text), NOTHING if measures is NOTHING or at in hidden else one)
        for at, (item, one) in enumerate(zip(element.items, found, strict=True))
    )
    return ElementFindings(element.code, text_wording(element.name), measures, items)


def _overall_question(sample: Sample, pool: _Pool) -> ItemFindings | None:
    """Estimate the single question "nhìn chung", which stands beside the whole and is never pooled."""
    item = sample.questionnaire.overall
    if item is None:
        return None
    measures = _measures(pool.of(item.code), _item_target(sample, item))
    shown = size(measures) >= sample.method.smallest_n_shown
    return ItemFindings(item.code, text_wording(item.text), measures if shown else NOTHING)


def _measures(parts: Sequence[Part], target: _Target) -> Measures:
    share, mean = (_estimate(parts, target, share=share) for share in (True, False))
    if share is None:
        return NOTHING
    levels = [sum(column) for column in zip(*(_ratings(part, target.items) for part in parts), strict=True)]
    return Measures(
        n=share.n,
        share_satisfied=share,
        mean_score=mean,
        levels=(levels[0], levels[1], levels[2], levels[3], levels[4]),
        no_opinion=sum(counts[0] for part in parts for counts in _levels(part, target.items)),
    )


def _estimate(parts: Sequence[Part], target: _Target, *, share: bool) -> Estimate | None:
    """Estimate a target from its parts: the only one, or several that weigh as their N; None where nobody rated.

    Nothing is estimated either where a mean of elements is asked for and one of them has no rating.
    """
    rated = [part for part in parts if any(_ratings(part, target.items))]
    if rated and rated[0].design is not None:
        codes = [item.code for item in target.items]
        return rated[0].design.estimate(codes, share=share, confidence_level=target.confidence_level)
    estimate = target.share if share else target.mean
    try:
        found = [estimate(part) for part in rated]
    except NothingRatedError:
        return None
    if len(parts) <= 1 or not found:
        return found[0] if found else None
    combine = stratified_share if share else stratified_mean_score
    return combine(found, [part.weight or 0 for part in rated], confidence_level=found[0].confidence_level)


def _levels(part: Part, items: Sequence[Item]) -> list[Levels]:
    return [part.levels[item.code] for item in items if item.code in part.levels]


def _ratings(part: Part, items: Sequence[Item]) -> Levels:
    """Add up how often the items were given each of the levels 1 to 5."""
    columns = list(zip(*_levels(part, items), strict=True))[1:]
    return [sum(column) for column in columns] or [0] * len(RATING_LEVELS)
