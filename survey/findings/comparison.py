"""An agency beside the mean of its kind: departments with departments, communes with communes of the same body.

Each agency counts alike in the mean.  Who reads it may know the figures of some of them; where fewer than three others
would be left, the mean would tell what they have, and is withheld.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.comparison import difference_from_standard_error, verdict
from analysis.intervals import critical_value
from analysis.ratios import cautious_variance
from analysis.results import Estimate, Interval
from analysis.results import Verdict as Said
from survey.findings.agency import find_agency_and_wave
from survey.findings.figures import Figures, figures, index_estimate
from survey.findings.names import agency_name, text_wording, wave_name
from survey.findings.sample import Sample, read_sample
from survey.findings.trend import as_estimate
from survey.findings.trend_values import Comparison, ComparisonLine, Verdict
from survey.findings.values import Wording
from survey.models.editions import Method, Questionnaire
from survey.models.wave_days import is_final
from survey.queries.agencies import AgencyRow, list_agencies, list_children
from survey.queries.waves import WaveRow, get_editions

FEWEST_OTHERS: Final = 3
FEWEST_AGENCIES: Final = 2
WHOLE: Final = Wording("Chung (gộp mọi tiêu chí)", "Overall (all items pooled)")
_WORDS: Final = {Said.IMPROVED: "higher", Said.DECLINED: "lower", Said.NO_EVIDENCE: "no_evidence"}

Estimates = Mapping[UUID, Estimate]


@dataclass(frozen=True, slots=True)
class _Kind:
    """The agencies that are compared; ``read`` are those whose own pages the reader may open."""

    agency_id: UUID
    read: frozenset[UUID]
    why_open: str
    has_design: bool
    confidence_level: float


def comparison(
    session: Session, *, agency_id: UUID, wave_id: UUID, reads: Callable[[str], bool], today: date
) -> Comparison:
    """Compare an agency with its kind in a wave; ``reads`` tells whether the reader may see the agency at a path.

    Raises:
        FindingsError: There is no such agency or wave, or the agency takes no part in it.

    """
    agency, wave = find_agency_and_wave(session, agency_id, wave_id)
    kin = _kin(session, agency, wave)
    sample, found = _figures(session, wave, kin)
    kind = _Kind(
        agency_id=agency.id,
        read=frozenset(row.id for row in kin if reads(row.path)),
        why_open=why_no_verdict(wave, today),
        has_design=sample.design is not None,
        confidence_level=sample.method.confidence_level,
    )
    names = (WHOLE, *(text_wording(element.name) for element in sample.questionnaire.elements))
    lines = []
    for place, name in enumerate(names):
        estimates = {key: one for key, each in found.items() if (one := _index(each, place, sample.method))}
        lines.append(_line(name, estimates, kind))
    return Comparison(
        agency=agency_name(agency),
        wave=wave_name(wave),
        kind_size=len(kin),
        fewest_others=FEWEST_OTHERS,
        confidence_level=kind.confidence_level,
        has_verdicts=not kind.why_open,
        lines=tuple(lines),
    )


def why_no_verdict(wave: WaveRow, today: date) -> str:
    """Say why nothing can be concluded yet; empty where it can."""
    if wave.state != "closed":
        return "open"
    return "" if is_final(wave, today) else "late"


def _kin(session: Session, agency: AgencyRow, wave: WaveRow) -> list[AgencyRow]:
    """List the agencies of the same kind right under the same body that the wave reaches, this one among them."""
    if agency.parent_id is None:
        return [agency]
    rows = list_children(session, agency_id=agency.parent_id)
    return [
        row
        for row in rows
        if row.id == agency.id
        or (
            row.kind == agency.kind
            and row.path.startswith(wave.root_path)
            and row.valid_from <= wave.closes_on
            and (row.valid_to is None or row.valid_to > wave.opens_on)
        )
    ]


def _figures(session: Session, wave: WaveRow, kin: Sequence[AgencyRow]) -> tuple[Sample, dict[UUID, Figures]]:
    """Estimate every agency with all that lies below it, as its own page does."""
    rows = list_agencies(session, paths=[row.path for row in kin])
    depth = kin[0].path.count("/") - 1
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        below[UUID(row.path.split("/")[depth])].append(row.id)
    editions = get_editions(session, wave_id=wave.id)
    sample = read_sample(
        session,
        waves=[wave],
        agency_ids=[row.id for row in rows],
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    parts = sample.parts(below[row.id] for row in kin)
    return sample, {row.id: figures(part, with_items=False) for row, part in zip(kin, parts, strict=True)}


def _index(found: Figures, place: int, method: Method) -> Estimate | None:
    """Return the index of the whole (place 0) or of an element."""
    return index_estimate(found.overall if place == 0 else found.elements[place - 1].measures, method)


def _line(name: Wording, estimates: Estimates, kind: _Kind) -> ComparisonLine:
    own = estimates.get(kind.agency_id)
    others_unread = len(estimates.keys() - kind.read)
    if len(estimates) < FEWEST_AGENCIES or 0 < others_unread < FEWEST_OTHERS:
        return ComparisonLine(name, own, None, len(estimates), Verdict(None, "too_few"))
    mean = _mean(estimates, kind)
    return ComparisonLine(name, own, mean, len(estimates), _verdict(estimates, own, mean, kind))


def _mean(estimates: Estimates, kind: _Kind) -> Estimate:
    """Return the mean of the agencies, each alike, with a normal interval for the random error of their answers.

    The agencies are all of their kind, not drawn from more: how they differ among themselves is no error of the mean.
    """
    size = len(estimates)
    value = sum(estimate.value for estimate in estimates.values()) / size
    error = sqrt(sum(cautious_variance(estimate) for estimate in estimates.values())) / size
    spread = critical_value(kind.confidence_level) * error
    return Estimate(
        value=value,
        ci=Interval(max(0.0, value - spread), min(1.0, value + spread)),
        standard_error=error,
        n=sum(estimate.n for estimate in estimates.values()),
        confidence_level=kind.confidence_level,
        method="mean_of_agencies",
    )


def _verdict(estimates: Estimates, own: Estimate | None, mean: Estimate, kind: _Kind) -> Verdict:
    """Compare the agency with the mean, in which it counts itself; only once the wave is closed and complete.

    Two agencies of a survey with a design may share clusters, and their errors are then not independent.
    """
    if own is None:
        return Verdict(None, "too_few")
    if kind.why_open or kind.has_design:
        return Verdict(None, kind.why_open or "not_comparable")
    size = len(estimates)
    variance = cautious_variance(own)
    others = sum(cautious_variance(one) for key, one in estimates.items() if key != kind.agency_id)
    difference = difference_from_standard_error(
        value=own.value - mean.value,
        standard_error=hypot(sqrt(variance) * (size - 1) / size, sqrt(others) / size),
        confidence_level=kind.confidence_level,
        method="normal",
    )
    return Verdict(as_estimate(difference, own.n), _WORDS[verdict(difference)])
