"""Chosen agencies side by side in one wave: which of them differ by more than chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.results import Difference, Estimate
from analysis.results import Verdict as Said
from survey.findings.agency import channel_counts, find_agency_and_wave, weighting_of
from survey.findings.chosen_values import ChosenComparison, ComparedAgency, PairDifference
from survey.findings.comparison import why_no_verdict
from survey.findings.errors import FindingsError
from survey.findings.figures import Figures, figures, index_estimate
from survey.findings.letterhead import letterhead
from survey.findings.names import agency_name, text_wording, wave_name
from survey.findings.participation import participation
from survey.findings.sample import Sample, read_sample
from survey.findings.trend import as_estimate, difference_of, said_of
from survey.models.editions import Method, Questionnaire
from survey.queries.agencies import AgencyRow, list_agencies, list_agencies_by_id
from survey.queries.waves import WaveRow, get_editions

FEWEST: Final = 2
# All pairs are told: of twelve agencies sixty-six.
MOST: Final = 12
_WORDS: Final = {Said.IMPROVED: "higher", Said.DECLINED: "lower", Said.NO_EVIDENCE: "no_evidence"}

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """One of the agencies before it is compared."""

    agency: AgencyRow
    sample: Sample
    figures: Figures
    index: Estimate | None


def chosen_comparison(
    session: Session, *, issuer_id: UUID, agency_ids: Sequence[UUID], wave_id: UUID, today: date
) -> ChosenComparison:
    """Compare agencies that a wave reaches, pair by pair; verdicts only once it is closed.

    Raises:
        FindingsError: There is no such agency or wave, one takes no part in it, or they are too few or too many.

    """
    chosen = list(dict.fromkeys(agency_ids))
    if not FEWEST <= len(chosen) <= MOST:
        raise FindingsError(
            vi=f"Hãy chọn từ {FEWEST} đến {MOST} cơ quan để so sánh; đang chọn {len(chosen)}.",
            en=f"Choose {FEWEST} to {MOST} agencies to compare; {len(chosen)} are chosen.",
        )
    issuer, wave = find_agency_and_wave(session, issuer_id, wave_id)
    agencies = list_agencies_by_id(session, agency_ids=chosen)
    if len(agencies) < len(chosen) or not all(_reached(agency, wave) for agency in agencies):
        raise FindingsError(
            vi=f"Có cơ quan không thuộc đợt {wave.code}; hãy chọn lại từ danh sách.",
            en=f"One of the agencies takes no part in the wave {wave.code}; choose again from the list.",
        )
    lines = _read(session, wave, agencies)
    method = lines[0].sample.method
    differences = {
        pair: difference for pair in combinations(range(len(lines)), 2) if (difference := _difference(lines, pair))
    }
    why_open = why_no_verdict(wave, today)
    said = {} if why_open else said_of(differences)
    return ChosenComparison(
        issuer=agency_name(issuer),
        wave=wave_name(wave),
        made_on=today,
        agencies=tuple(_compared(line) for line in lines),
        element_names=tuple(text_wording(element.name) for element in lines[0].sample.questionnaire.elements),
        pairs=tuple(_pair(lines, pair, differences, said, why_open) for pair in combinations(range(len(lines)), 2)),
        confidence_level=method.confidence_level,
        smallest_n=method.smallest_n_shown,
        weighting=_weighting(lines),
        comparisons=len(said),
        kinds_differ=len({line.agency.kind for line in lines}) > 1,
        letterhead=letterhead(session, agency_id=issuer.id),
    )


def _read(session: Session, wave: WaveRow, chosen: Sequence[AgencyRow]) -> list[_Line]:
    """Estimate every agency with all that lies below it, as its own page does."""
    rows = [row for row in list_agencies(session, paths=[row.path for row in chosen]) if _reached(row, wave)]
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        for one in chosen:
            if row.path.startswith(one.path):
                below[one.id].append(row.id)
    editions = get_editions(session, wave_id=wave.id)
    sample = read_sample(
        session,
        waves=[wave],
        agency_ids=list(dict.fromkeys(row.id for row in rows)),
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    parts = sample.parts(below[one.id] for one in chosen)
    found = [figures(part, with_items=False) for part in parts]
    return [
        _Line(agency, part, each, index_estimate(each.overall, sample.method))
        for agency, part, each in zip(chosen, parts, found, strict=True)
    ]


def _weighting(lines: Sequence[_Line]) -> str:
    """Say how those were put together that are more than their own answers; "own" where none is."""
    kinds = {weighting_of(line.agency, line.sample, line.figures.weighting) for line in lines}
    several = sorted(kinds - {"own"})
    return several[0] if len(several) == 1 else "pooled" if several else "own"


def _reached(agency: AgencyRow, wave: WaveRow) -> bool:
    return agency.path.startswith(wave.root_path)


def _compared(line: _Line) -> ComparedAgency:
    return ComparedAgency(
        agency=agency_name(line.agency),
        participation=participation(line.sample, line.figures.overall),
        overall=line.figures.overall,
        elements=tuple(element.measures for element in line.figures.elements),
        channels=channel_counts(line.sample) if not line.figures.overall.is_suppressed else (),
    )


def _difference(lines: Sequence[_Line], pair: Pair) -> Difference | None:
    first, second = (lines[at] for at in pair)
    if first.index is None or second.index is None or _nested(first, second) or first.sample.design is not None:
        return None
    return difference_of(second.index, first.index, share=first.sample.method.statistic == "share")


def _pair(
    lines: Sequence[_Line],
    pair: Pair,
    differences: Mapping[Pair, Difference],
    said: Mapping[Pair, Said],
    why_open: str,
) -> PairDifference:
    first, second = (lines[at] for at in pair)
    difference = differences.get(pair)
    if difference is None:
        return PairDifference(*pair, None, _why_not(first, second))
    words = why_open or _WORDS[said[pair]]
    n = min(one.index.n for one in (first, second) if one.index is not None)
    return PairDifference(*pair, as_estimate(difference, n), words)


def _why_not(first: _Line, second: _Line) -> str:
    if first.index is None or second.index is None:
        return "too_few"
    return "nested" if _nested(first, second) else "design"


def _nested(first: _Line, second: _Line) -> bool:
    """Tell whether one body lies below the other: its answers would be compared with themselves."""
    one, two = first.agency.path, second.agency.path
    return one.startswith(two) or two.startswith(one)
