"""How many took part, of how many, and what that leaves open."""

from __future__ import annotations

from survey.findings.sample import Sample
from survey.findings.values import Measures, Participation


def participation(sample: Sample, overall: Measures) -> Participation:
    """Return n of N; the rate only where N covers the very period of the answers and is not smaller than n."""
    respondents = sum(unit.respondents for unit in sample.units)
    known = [unit.transactions for unit in sample.units if unit.transactions is not None]
    population_size = sum(known) if known else None
    answered = sample.answered
    if population_size is None or not answered or not all(unit.covers for unit in answered):
        return Participation(respondents, population_size, None, None, None)
    if not 0 < respondents <= population_size:
        return Participation(respondents, population_size, None, None, None)
    rate = respondents / population_size
    if overall.share_satisfied is None:
        return Participation(respondents, population_size, rate, None, None)
    return Participation(respondents, population_size, rate, None, None)
