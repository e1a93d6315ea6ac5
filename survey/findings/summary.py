"""A period becomes a summary: every agency right under a root, ranked, and compared with the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import inf
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.movement import Movement
from analysis.results import Estimate
from survey.findings.agency import channel_counts
from survey.findings.demographics import group_rows
from survey.findings.distributions import distributions
from survey.findings.exclusion_effect import exclusion_effect
from survey.findings.fields import field_rows
from survey.findings.figures import Figures, figures, index_estimate, overall_index, size
from survey.findings.form_counts import form_counts
from survey.findings.groups import CHANNEL, PROOF, Groups, channel_rows, read_groups
from survey.findings.letterhead import letterhead
from survey.findings.level_shares import figures_with_level_shares, rows_with_level_shares
from survey.findings.movement import NEW, SEED, Place, Results, alike, compare, places
from survey.findings.names import RULES, agency_name, named_counts, wave_name, wording
from survey.findings.participation import participation
from survey.findings.period_series import PeriodChange, compare_periods
from survey.findings.points import index_points, rule_wording
from survey.findings.proof import proof_measures
from survey.findings.sample import Sample
from survey.findings.summary_parts import Period, Tree
from survey.findings.suppression import withheld
from survey.findings.values import AnnualFindings, Change, ProofMeasures, RankedAgency
from survey.queries.agencies import AgencyRow
from survey.queries.borders import Crossing, list_crossings
from survey.queries.responses import count_exclusions, sum_erased


@dataclass(frozen=True, slots=True)
class _Line:
    """One agency right under the root, before it is ranked.  ``breaks`` as in ``RankedAgency``."""

    agency: AgencyRow
    sample: Sample
    figures: Figures
    proof: ProofMeasures | None
    breaks: tuple[str, ...]


def summarise(
    session: Session, tree: Tree, this: Period, *, before: Period | None, earlier: Sequence[Period], today: date
) -> AnnualFindings:
    """Make the summary of a period from its tallies; a few statements, however many agencies.

    ``before`` is the period that changes are measured against, the last of ``earlier``, which are the periods of the
    series, oldest first.
    """
    crossings = list_crossings(session, path=tree.root.path)
    whole = figures_with_level_shares(figures(this.sample), this.sample)
    groups, channels = (
        read_groups(session, dimension, wave_ids=[wave.id for wave in this.waves], sample=this.sample)
        for dimension in (PROOF, CHANNEL)
    )
    lines = _lines(tree, this, before, groups, crossings, respondents=size(whole.overall))
    agencies, moved = _ranked(tree, lines, this, before)
    change = compare_periods(session, this, whole, earlier, channels=channels, crossings=crossings, path=tree.root.path)
    found = _whole(session, tree, this, whole, (groups, channels), today)
    return replace(
        _with_change(found, change),
        agencies=agencies,
        alike=alike([index_estimate(row.overall, this.sample.method) for row in agencies if row.rank is not None]),
        against=before.name if before else None,
        score_up=moved.score.up,
        score_down=moved.score.down,
        rank_up=moved.rank.up,
        rank_down=moved.rank.down,
        rank_same=moved.rank.same,
        answered=sum(bool(line.sample.answered) for line in lines),
    )


def _with_change(found: AnnualFindings, change: PeriodChange) -> AnnualFindings:
    return replace(
        found,
        overall_change=change.overall,
        element_changes=change.elements,
        series=change.series,
        fixed_mix=change.fixed_mix,
    )


def _whole(
    session: Session, tree: Tree, this: Period, whole: Figures, groups: tuple[Groups, Groups], today: date
) -> AnnualFindings:
    """Say everything of the root itself, ``groups`` by code and by channel; agencies and changes come later."""
    sample, method = this.sample, this.sample.method
    wave_ids, ids = [wave.id for wave in this.waves], list(tree.agency_ids)
    exclusions = count_exclusions(session, wave_ids=wave_ids, agency_ids=ids)
    erased = sum_erased(session, wave_ids=wave_ids, agency_ids=ids)
    points, element_points = index_points(sample, whole)
    silent = whole.overall.is_suppressed
    effect = exclusion_effect(session, waves=this.waves, sample=sample, whole=whole, today=today) if exclusions else ()
    told = partial(rows_with_level_shares, confidence_level=method.confidence_level)
    return AnnualFindings(
        root=agency_name(tree.root),
        year=this.year,
        made_on=today,
        is_draft=not this.waves or any(wave.release_version == 0 for wave in this.every),
        waves=tuple(wave_name(wave) for wave in this.waves),
        open_waves=tuple(wording(wave.name, wave.name_en) for wave in this.open_waves),
        confidence_level=method.confidence_level,
        smallest_n=method.smallest_n_shown,
        smallest_n_index=method.smallest_n_index,
        weighting=whole.weighting,
        n=sum(unit.respondents for unit in sample.units),
        participation=participation(sample, whole.overall),
        overall=whole.overall,
        overall_change=NEW,
        element_names=tuple(element.name for element in whole.elements),
        elements=tuple(element.measures for element in whole.elements),
        agencies=(),
        score_up=0, score_down=0, rank_up=0, rank_down=0, rank_same=0,
        channels=channel_counts(sample),
        exclusions=named_counts(exclusions, RULES),
        withdrawals=erased.withdrawn,
        corrections=erased.corrected,
        points_rule=rule_wording(method, elements=len(sample.questionnaire.elements)),
        seed=SEED,
        verified=sum(unit.verified for unit in sample.units),
        proof=None if silent else proof_measures(sample, groups[0]),
        by_channel=() if silent else told(channel_rows(session, wave_ids=wave_ids, sample=sample, groups=groups[1])),
        by_field=() if silent else told(field_rows(session, wave_ids=wave_ids, sample=sample)),
        by_group=() if silent else group_rows(session, wave_ids=wave_ids, sample=sample),
        exclusion_effect=effect,
        questions=() if silent else distributions(session, waves=this.waves, sample=sample),
        other_waves=tuple(wave_name(wave) for wave in this.other_waves),
        letterhead=letterhead(session, agency_id=tree.root.id),
        forms=form_counts(session, this, tree, excluded=sum(exclusions.values()), withdrawn=erased.withdrawn),
        points=points, element_points=element_points,
        items=whole.elements,
        folded_until=max((unit.folded_until for unit in sample.answered if unit.folded_until), default=None),
    )  # fmt: skip


def _lines(
    tree: Tree, this: Period, before: Period | None, groups: Groups, crossings: Sequence[Crossing], *, respondents: int
) -> list[_Line]:
    """Estimate every agency right under the root; one that could be found by subtracting the others is withheld.

    ``respondents`` are those behind the root's own figure.
    """
    sample = this.sample
    parts = sample.parts(tree.below[child.id] for child in tree.children)
    lines = [
        _Line(
            child,
            part,
            figures(part, with_items=False),
            proof_measures(part, groups),
            _breaks(child, before, this, crossings),
        )
        for child, part in zip(tree.children, parts, strict=True)
    ]
    # Whoever withholds all he has is in no figure above him, and is not found by subtracting.
    sizes = [size(line.figures.overall) for line in lines]
    hidden = withheld(sizes, smallest=sample.method.smallest_n_shown, apart=respondents - sum(sizes))
    return [
        replace(line, figures=line.figures.emptied, proof=None) if position in hidden else line
        for position, line in enumerate(lines)
    ]


def _breaks(agency: AgencyRow, before: Period | None, this: Period, crossings: Sequence[Crossing]) -> tuple[str, ...]:
    """Return why an agency's own territory is another one than in the period before."""
    if before is None:
        return ()
    between = [one for one in crossings if before.first < one.day <= this.last]
    return ("unit",) if any(one.touches(agency.path) for one in between) else ()


def _ranked(
    tree: Tree, lines: Sequence[_Line], this: Period, before: Period | None
) -> tuple[tuple[RankedAgency, ...], Movement]:
    """Put the agencies in order, best first and those without a rank last, each with its change."""
    method = this.sample.method
    results = _results({line.agency.id: index_estimate(line.figures.overall, method) for line in lines}, this)
    earlier = None if before is None else _results(_index_by_child(tree, before), before)
    broken = frozenset(line.agency.id for line in lines if line.breaks)
    changes, moved = compare(earlier or replace(results, estimates={}, ranked=frozenset()), results, broken=broken)
    rank = places(results)
    rows = [_row(line, rank.get(line.agency.id), changes.get(line.agency.id, NEW)) for line in lines]
    return tuple(sorted(rows, key=_order)), moved


def _order(row: RankedAgency) -> tuple[float, float]:
    """Put the best first; of equal ones the surer first, as the groups that cannot be told apart are counted."""
    share = row.overall.share_satisfied
    return (row.rank or inf, share.standard_error if row.rank and share else 0.0)


def _row(line: _Line, place: Place | None, change: Change) -> RankedAgency:
    points, element_points = index_points(line.sample, line.figures)
    return RankedAgency(
        agency=agency_name(line.agency),
        participation=participation(line.sample, line.figures.overall),
        overall=line.figures.overall,
        elements=tuple(element.measures for element in line.figures.elements),
        rank=place.rank if place else None,
        rank_low=place.low if place else None,
        rank_high=place.high if place else None,
        change=change,
        points=points,
        element_points=element_points,
        proof=line.proof,
        breaks=line.breaks,
    )


def _index_by_child(tree: Tree, period: Period) -> dict[UUID, Estimate | None]:
    parts = period.sample.parts(tree.below[child.id] for child in tree.children)
    return {child.id: overall_index(part) for child, part in zip(tree.children, parts, strict=True)}


def _results(estimates: Mapping[UUID, Estimate | None], period: Period) -> Results:
    known = {key: estimate for key, estimate in estimates.items() if estimate is not None}
    smallest = period.sample.method.smallest_n_index
    ranked = frozenset(key for key in known if known[key].n >= smallest)
    return Results(known, ranked, period.edition, share=period.sample.method.statistic == "share")
