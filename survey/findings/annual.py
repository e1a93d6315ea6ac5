"""The SIPAS-style summary of a year: every agency right under a root, ranked, and compared with the year before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.movement import Movement
from analysis.results import Estimate
from survey.findings.agency import channel_counts
from survey.findings.distributions import distributions
from survey.findings.errors import FindingsError
from survey.findings.figures import Figures, figures, index_estimate, overall_index
from survey.findings.forms import Forms, find_form, forms_of, leading_form
from survey.findings.groups import PROOF, Groups, channel_rows, read_groups
from survey.findings.movement import NEW, SEED, Place, Results, change_of_one, compare, places
from survey.findings.names import RULES, agency_name, named_counts, text_wording, wave_name, wording
from survey.findings.participation import participation
from survey.findings.points import index_points, rule_wording
from survey.findings.proof import proof_measures
from survey.findings.sample import Sample, read_sample
from survey.findings.suppression import withheld
from survey.findings.values import AnnualFindings, Change, Measures, ProofMeasures, RankedAgency
from survey.models.editions import Method, Questionnaire
from survey.models.wave_days import is_final
from survey.queries.agencies import AgencyRow, get_agency, list_agencies
from survey.queries.responses import count_exclusions, sum_erased
from survey.queries.waves import WaveRow, get_editions, list_waves_of_year


@dataclass(frozen=True, slots=True)
class _Tree:
    """The root, the agencies right under it, and the ids of all agencies at or below each of these."""

    root: AgencyRow
    children: tuple[AgencyRow, ...]
    below: Mapping[UUID, Sequence[UUID]]
    agency_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """The waves of a year that are added up, those still running, and what the fold left of the former.

    All of them ask the same ``form``; ``other_waves`` of the year ask others.
    """

    waves: tuple[WaveRow, ...]
    open_waves: tuple[WaveRow, ...]
    other_waves: tuple[WaveRow, ...]
    form: str
    sample: Sample

    @property
    def edition(self) -> str:
        """Return what must agree for two years to be compared."""
        one = self.every[0]
        return f"{self.form}/{one.method_edition}/{one.sample_kind}"

    @property
    def every(self) -> tuple[WaveRow, ...]:
        """Return all waves of the year."""
        return (*self.waves, *self.open_waves)


@dataclass(frozen=True, slots=True)
class _Line:
    """One agency right under the root, before it is ranked."""

    agency: AgencyRow
    sample: Sample
    figures: Figures
    proof: ProofMeasures | None


def annual_findings(
    session: Session, *, root_id: UUID, year: int, today: date, include_open: bool = False, form: str | None = None
) -> AnnualFindings:
    """Make the summary of a year from the tallies of its closed waves; a few statements, however many agencies.

    With ``include_open`` waves that still run are in it too: a preview, a draft, and without any comparison with the
    year before.  Waves that ask different forms are never added up: ``form`` names an edition of one, as
    ``"counter/2026"``; without it the one with the most answers is told of.

    Raises:
        FindingsError: There is no such agency, no wave in that year or none that asks the form, or its waves cannot be
            added up.

    """
    root = get_agency(session, agency_id=root_id)
    if root is None:
        raise FindingsError(
            vi="Không có đơn vị này; hãy chọn lại từ danh sách.",
            en="There is no such agency; choose again from the list.",
        )
    tree = _tree(session, root, year)
    this = _read_year(session, tree, year, include_open=include_open, form=form)
    if this is None:
        raise FindingsError(
            vi=f"Năm {year} chưa có đợt khảo sát nào ở {root.name}; hãy chọn năm khác.",
            en=f"There is no wave of {year} at {root.name_en or root.name}; choose another year.",
        )
    is_preview = include_open and any(wave.state != "closed" for wave in this.waves)
    before = None if is_preview else _read_year(session, tree, year - 1, form=this.form, strict=False)
    is_late = not all(is_final(wave, today) for wave in (*this.waves, *(before.waves if before else ())))
    found = _findings(session, tree, this, before if before and before.waves and not is_late else None, year, today)
    if is_preview or is_late:
        return _explained(found, "preview" if is_preview else "late")
    return _explained(found, "earlier_open") if before and before.open_waves and not before.waves else found


def _explained(found: AnnualFindings, why: str) -> AnnualFindings:
    """Say why nothing is compared, instead of that there was no year before."""
    unknown = replace(NEW, verdict=why, movement=why)
    return replace(
        found,
        overall_change=unknown,
        agencies=tuple(
            replace(row, change=unknown) if row.change.verdict == NEW.verdict else row for row in found.agencies
        ),
    )


def _tree(session: Session, root: AgencyRow, year: int) -> _Tree:
    """Read the tree; agencies that did not exist in the year are left out."""
    below: dict[UUID, list[UUID]] = defaultdict(list)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = [
        row
        for row in list_agencies(session, paths=[root.path])
        if row.valid_from <= last and (row.valid_to is None or row.valid_to > first)
    ]
    children = tuple(row for row in rows if row.parent_id == root.id)
    for row in rows:
        rest = row.path.removeprefix(root.path)
        if rest:
            below[UUID(rest.split("/", 1)[0])].append(row.id)
    return _Tree(root, children, below, tuple(row.id for row in rows))


def _read_year(
    session: Session,
    tree: _Tree,
    year: int,
    *,
    form: str | None,
    include_open: bool = False,
    strict: bool = True,
) -> _Year | None:
    """Read the waves of a year; None where there is none, or, unless ``strict``, where they cannot be added up."""
    above = [UUID(part) for part in tree.root.path.split("/") if part]
    found = list_waves_of_year(session, agency_ids=list({*above, *tree.agency_ids}), year=year)
    closed = tuple(wave for wave in found if include_open or wave.state == "closed")
    if not found:
        return None
    forms = forms_of(session, found)
    wanted = find_form(forms, form)
    if form and wanted is None and strict:
        raise _not_asked(forms, form, year)
    told = {name: waves for name, waves in forms.items() if set(waves) & set(closed)} or forms
    form = wanted or leading_form(session, told, agency_ids=tree.agency_ids)
    used = tuple(wave for wave in forms[form] if wave in closed)
    left_out = tuple(wave for wave in forms[form] if wave not in closed)
    if not _can_be_added_up(used, year, strict=strict):
        return None
    editions = get_editions(session, wave_id=(used or left_out)[0].id)
    sample = read_sample(
        session,
        waves=used or left_out,
        agency_ids=tree.agency_ids if used else (),
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    others = tuple(wave for wave in found if wave not in forms[form])
    return _Year(used, left_out, others, form, sample)


def _not_asked(forms: Forms, form: str, year: int) -> FindingsError:
    names = ", ".join(sorted(forms))
    return FindingsError(
        vi=f"Năm {year} không có đợt nào hỏi phiếu {form}; hãy chọn một trong: {names}.",
        en=f"No wave of {year} asks the form {form}; choose one of {names}.",
    )


def _can_be_added_up(waves: Sequence[WaveRow], year: int, *, strict: bool) -> bool:
    kinds = {(wave.method_edition_id, wave.sample_kind) for wave in waves}
    if len(kinds) > 1 and strict:
        codes = ", ".join(sorted(wave.code for wave in waves))
        raise FindingsError(
            vi=f"Các đợt {codes} của năm {year} khác phương pháp hoặc cách lấy mẫu nên không gộp được; hãy "
            "để mỗi năm chỉ số một loại đợt.",
            en=f"The waves {codes} of {year} differ in method or kind of sample and cannot be added up; "
            "keep one kind of wave in an index year.",
        )
    return len(kinds) <= 1


def _findings(
    session: Session, tree: _Tree, this: _Year, before: _Year | None, year: int, today: date
) -> AnnualFindings:
    sample = this.sample
    method = sample.method
    whole = figures(sample, with_items=False)
    wave_ids, ids = [wave.id for wave in this.waves], list(tree.agency_ids)
    groups = read_groups(session, PROOF, wave_ids=wave_ids, sample=sample)
    lines = _lines(tree, sample, groups)
    agencies, moved = _ranked(tree, lines, this, before)
    erased = sum_erased(session, wave_ids=wave_ids, agency_ids=ids)
    return AnnualFindings(
        root=agency_name(tree.root),
        year=year,
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
        overall_change=_overall_change(whole.overall, this, before),
        element_names=tuple(text_wording(element.name) for element in sample.questionnaire.elements),
        elements=tuple(element.measures for element in whole.elements),
        agencies=agencies,
        score_up=moved.score.up,
        score_down=moved.score.down,
        rank_up=moved.rank.up,
        rank_down=moved.rank.down,
        rank_same=moved.rank.same,
        channels=channel_counts(sample),
        exclusions=named_counts(count_exclusions(session, wave_ids=wave_ids, agency_ids=ids), RULES),
        withdrawals=erased.withdrawn,
        corrections=erased.corrected,
        points_rule=rule_wording(method, elements=len(sample.questionnaire.elements)),
        seed=SEED,
        verified=sum(unit.verified for unit in sample.units),
        proof=None if whole.overall.is_suppressed else proof_measures(sample, groups),
        by_channel=() if whole.overall.is_suppressed else channel_rows(session, wave_ids=wave_ids, sample=sample),
        questions=() if whole.overall.is_suppressed else distributions(session, waves=this.waves, sample=sample),
        other_waves=tuple(wave_name(wave) for wave in this.other_waves),
    )


def _lines(tree: _Tree, sample: Sample, groups: Groups) -> list[_Line]:
    """Estimate every agency right under the root; one that could be found by subtracting the others is withheld."""
    parts = sample.parts(tree.below[child.id] for child in tree.children)
    lines = [
        _Line(child, part, figures(part, with_items=False), proof_measures(part, groups))
        for child, part in zip(tree.children, parts, strict=True)
    ]
    sizes = [sum(unit.respondents for unit in line.sample.units) for line in lines]
    apart = sum(unit.respondents for unit in sample.units) - sum(sizes)
    hidden = withheld(sizes, smallest=sample.method.smallest_n_shown, apart=apart)
    return [
        replace(line, figures=line.figures.emptied, proof=None) if position in hidden else line
        for position, line in enumerate(lines)
    ]


def _ranked(
    tree: _Tree, lines: Sequence[_Line], this: _Year, before: _Year | None
) -> tuple[tuple[RankedAgency, ...], Movement]:
    """Put the agencies in order, best first and those without a rank last, each with its change."""
    method = this.sample.method
    results = _results({line.agency.id: index_estimate(line.figures.overall, method) for line in lines}, this)
    earlier = None if before is None else _results(_index_by_child(tree, before), before)
    changes, moved = compare(earlier or replace(results, estimates={}, ranked=frozenset()), results)
    rank = places(results)
    rows = [_row(line, rank.get(line.agency.id), changes.get(line.agency.id, NEW)) for line in lines]
    return tuple(sorted(rows, key=lambda row: row.rank or inf)), moved


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
    )


def _index_by_child(tree: _Tree, year: _Year) -> dict[UUID, Estimate | None]:
    parts = year.sample.parts(tree.below[child.id] for child in tree.children)
    return {child.id: overall_index(part) for child, part in zip(tree.children, parts, strict=True)}


def _results(estimates: Mapping[UUID, Estimate | None], year: _Year) -> Results:
    known = {key: estimate for key, estimate in estimates.items() if estimate is not None}
    smallest = year.sample.method.smallest_n_index
    return Results(known, frozenset(key for key in known if known[key].n >= smallest), year.edition)


def _overall_change(overall: Measures, this: _Year, before: _Year | None) -> Change:
    if before is None:
        return NEW
    return change_of_one(
        overall_index(before.sample),
        index_estimate(overall, this.sample.method),
        comparable=this.edition == before.edition,
    )
