"""How many took part, of how many, and what the silent leave open."""

from __future__ import annotations

from analysis.self_selection import participation as relate
from analysis.self_selection import silent_bounds
from survey.findings.sample import Sample
from survey.findings.values import Measures, Participation


def participation(sample: Sample, overall: Measures) -> Participation:
    """Return n of N; the rate only where N covers the very period of the answers and is not smaller than n."""
    respondents = sum(unit.respondents for unit in sample.units)
    known = [unit.transactions for unit in sample.units if unit.transactions is not None]
    size = sum(known) if known else None
    covers = bool(sample.answered) and all(unit.covers for unit in sample.answered)
    if not size or not covers:
        return Participation(respondents, size, None, None, None)
    related = relate(respondents, size)
    if related.more_than_population:
        # Answers given twice, or a wrong N: no rate can be made of it, and n beside N says so.
        return Participation(respondents, size, None, None, None)
    if overall.share_satisfied is None:
        return Participation(respondents, size, related.rate, None, None)
    truth = silent_bounds(overall.share_satisfied.value, related.rate)
    return Participation(respondents, size, related.rate, truth.low, truth.high)
