"""The counts behind released figures, suppressed as these are, and the figures made anew from them.

A body with fewer answers than are shown leaves none of its ratings here, only how many answered; where elements or
questions of a body are withheld, what they hold is put together, so that it is in the sums and in no figure of its own.
Months are added up, and channels where a body withholds one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import PER_ELEMENT, Moments
from survey.findings.agency import agency_findings
from survey.findings.annual import annual_findings
from survey.findings.figures import measure_whole
from survey.findings.level_shares import with_level_shares
from survey.findings.release import agencies_of_wave
from survey.findings.sample import Sample
from survey.findings.suppression import extent_of, union, withheld, withheld_groups
from survey.findings.values import AgencyFindings, AnnualFindings, Measures
from survey.findings.wave import wave_findings
from survey.findings.witness import Witness
from survey.models.agencies import Agency
from survey.models.editions import RATING_LEVELS, Method, Questionnaire
from survey.queries.agencies import get_agency, list_agencies
from survey.queries.evidence import Evidence, Rows, read_evidence
from survey.queries.responses import has_design
from survey.queries.waves import WaveRow, get_wave, list_waves, list_waves_run_for

_MONTH = "0000-00"
_Cell = tuple[str, str]  # agency and wave


@dataclass(frozen=True, slots=True)
class Subject:
    """What a release tells of, as a bundle names it: a wave, or a year and form, at an agency, on a day."""

    kind: str
    agency_id: UUID
    wave_id: UUID | None
    year: int | None
    form: str | None
    day: date


def evidence_of(session: Session, subject: Subject, *, but: Collection[UUID] = ()) -> Evidence:
    """Read the counts behind a release, suppressed; ``session`` sees public waves only.

    Waves ``but`` leave no counts: their figures come from answers by strata or weights.
    """
    root = session.get_one(Agency, subject.agency_id)
    below = [row.id for row in list_agencies(session, paths=[root.path])]
    waves = _waves(session, subject, root, below)
    found = read_evidence(session, root=root, wave_ids=[wave.id for wave in waves], agency_ids=below)
    gone = {str(wave_id) for wave_id in but}
    for name in found:
        if name == "fold_marks" or name.endswith("_tallies"):
            found[name] = [row for row in found[name] if row["wave_id"] not in gone]
    return _suppressed(found)


def estimated_from_answers(session: Session, subject: Subject) -> frozenset[UUID]:
    """Return which waves of a release, or compared with it, are estimated by strata or weights: answers stay here."""
    root = session.get_one(Agency, subject.agency_id)
    below = [row.id for row in list_agencies(session, paths=[root.path])]
    drawn = [wave for wave in _waves(session, subject, root, below) if wave.sample_kind != "self_selected"]
    return frozenset(wave.id for wave in drawn if _has_design(session, wave))


def _has_design(session: Session, wave: WaveRow) -> bool:
    every = [row.id for row in list_agencies(session, paths=[wave.root_path])]
    return has_design(session, wave_ids=[wave.id], agency_ids=every)


def findings_of(session: Session, subject: Subject) -> Iterator[tuple[str, UUID, AgencyFindings | AnnualFindings]]:
    """Make the values of a release anew, one after the other, each with its kind and agency."""
    root, day = subject.agency_id, subject.day
    if subject.wave_id is None:
        year, form = subject.year or 0, subject.form
        yield "annual", root, annual_findings(session, root_id=root, year=year, today=day, form=form)
        return
    body, wave = get_agency(session, agency_id=root), get_wave(session, wave_id=subject.wave_id)
    if body is None or wave is None:
        return
    yield "wave", root, wave_findings(session, wave_id=wave.id, today=day)
    for agency in agencies_of_wave(session, body, wave):
        yield "agency", agency.id, agency_findings(session, agency_id=agency.id, wave_id=wave.id, today=day)


def group_rows(kind: str, agency_id: UUID, found: Sequence[Witness]) -> Rows:
    """Return what the figures of groups in a value were made from, as rows of a bundle."""
    return [
        {
            "kind": kind,
            "agency_id": str(agency_id),
            "place": one.place,
            "n": one.moments.n,
            "sums": list(one.moments.sums),
            "cross": list(one.moments.cross),
            "answered": list(one.moments.answered),
            "levels": {code: list(counts) for code, counts in sorted(one.levels.items())},
        }
        for one in found
    ]


def measured_anew(row: Mapping[str, Any], questionnaire: Questionnaire, method: Method) -> Measures:
    """Return the figure of a group from its row."""
    sums = Moments(len(questionnaire.elements), row["n"], row["sums"], row["cross"], row["answered"])
    measures = measure_whole(Sample(questionnaire, method, "", ()), sums, dict(row["levels"]))
    return with_level_shares(measures, confidence_level=method.confidence_level)


def _waves(session: Session, subject: Subject, root: Agency, below: Sequence[UUID]) -> list[WaveRow]:
    """List every wave that a figure of the release, or what it is compared with, may come from."""
    found = {
        wave.id: wave
        for wave in (*list_waves(session, agency_id=root.id), *list_waves_run_for(session, agency_ids=below))
    }
    if subject.wave_id is None:
        return [wave for wave in found.values() if wave.index_year <= (subject.year or 0)]
    this = found[subject.wave_id]
    return [wave for wave in found.values() if wave.id == this.id or wave.closes_on < this.opens_on]


def _suppressed(found: Evidence) -> Evidence:
    editions = {row["id"]: Questionnaire.from_content(row["content"]) for row in found["questionnaire_editions"]}
    methods = {row["id"]: Method.from_content(row["content"]) for row in found["method_editions"]}
    asked = {
        row["id"]: (editions[row["questionnaire_edition_id"]], methods[row["method_edition_id"]])
        for row in found["waves"]
    }
    moments, levels = _by_cell(found["moment_tallies"]), _by_cell(found["level_tallies"])
    group_moments = _by_cell(_months_together(found["breakdown_moment_tallies"], ("n", "sums", "cross", "answered")))
    levels_of_groups = _by_cell(_months_together(found["breakdown_tallies"], ("count",)))
    kept: Evidence = {**found, **{name: [] for name in found if name.endswith("_tallies")}}
    for cell in sorted(moments):
        one = _Body(*asked[cell[1]], moments[cell], levels.get(cell, []))
        groups, group_levels = group_moments.get(cell, []), levels_of_groups.get(cell, [])
        shown = one.shown_dimensions(groups)
        kept["breakdown_moment_tallies"] += [row for row in groups if row["dimension"] in shown]
        kept["breakdown_tallies"] += [row for row in group_levels if row["dimension"] in shown]
        kept["moment_tallies"] += one.moment_rows(cell)
        kept["level_tallies"] += one.level_rows(cell)
    # Who signed is nobody's business here, and what is made of a release cannot be in it.
    unsigned = dict.fromkeys(
        ("reviewed_by", "released_by", "basis", "frozen_on", "sha256", "bundle_sha256", "bundle_size")
    )
    kept["releases"] = [{**row, "drafted_by": row["id"], **unsigned} for row in found["releases"]]
    return kept


def _by_cell(rows: Rows) -> dict[_Cell, Rows]:
    cells: dict[_Cell, Rows] = defaultdict(list)
    for row in rows:
        cells[row["agency_id"], row["wave_id"]].append(row)
    return cells


def _months_together(rows: Rows, counts: Sequence[str]) -> Rows:
    """Add up rows that differ in their month alone; numbers and lists of numbers."""
    together: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name not in counts and name != "month")
        known = together.get(key)
        if known is None:
            together[key] = {**row, "month": _MONTH}
            continue
        for name in counts:
            one, two = known[name], row[name]
            known[name] = [a + b for a, b in zip(one, two, strict=True)] if isinstance(one, list) else one + two
    return list(together.values())


class _Body:
    """The counts of one body in one wave on their way to the public."""

    def __init__(self, questionnaire: Questionnaire, method: Method, moments: Rows, levels: Rows) -> None:
        """Add up months and channels, and decide what is withheld."""
        self._questionnaire = questionnaire
        self._smallest, self._small = method.smallest_n_shown, method.smallest_n_index
        elements = len(questionnaire.elements)
        self._rows = moments
        self._whole = Moments.total((self._sums(row) for row in moments), elements=elements)
        self._levels = _levels(levels)
        self._is_hidden = self._whole.respondents(range(elements)) < self._smallest

    def _sums(self, row: Mapping[str, Any]) -> Moments:
        return Moments(len(self._questionnaire.elements), row["n"], row["sums"], row["cross"], row["answered"])

    def moment_rows(self, cell: _Cell) -> Rows:
        """Return the sums in one row, and of every channel, with a code and without, how many answered."""
        whole = Moments.zero(self._whole.elements) if self._is_hidden else self._merged()
        counts: dict[tuple[str, bool], int] = defaultdict(int)
        for row in self._rows:
            counts[row["channel"], bool(row["verified"])] += row["n"]
        nothing = Moments.zero(self._whole.elements)
        return [
            _moment_row(cell, key, n, whole if at == 0 else nothing)
            for at, (key, n) in enumerate(sorted(counts.items()))
        ]

    def shown_dimensions(self, groups: Rows) -> set[str]:
        """Return the dimensions of which the body withholds no group; of any other, no group is told."""
        elements = range(self._whole.elements)
        shown = set()
        for dimension in {row["dimension"] for row in groups}:
            extents = [extent_of(self._sums(row)) for row in groups if row["dimension"] == dimension]
            apart = self._whole.respondents(elements) - union(extents).size
            hidden = withheld_groups(extents, smallest=self._smallest, small=self._small, apart=apart)
            if not self._is_hidden and not any(extents[at].size for at in hidden):
                shown.add(dimension)
        return shown

    def level_rows(self, cell: _Cell) -> Rows:
        """Return how often each question was given each level; of withheld ones only their sum."""
        counts = {code: list(found) for code, found in self._levels.items() if self._is_told(code)}
        for hidden in () if self._is_hidden else self._hidden_questions():
            first, *others = hidden
            for code in others:
                counts[first] = [one + two for one, two in zip(counts[first], counts.pop(code), strict=True)]
        return [
            {
                "agency_id": cell[0],
                "wave_id": cell[1],
                "month": _MONTH,
                "item": code,
                "channel": "qr",
                "verified": False,
                "level": level,
                "count": count,
            }
            for code in sorted(counts)
            for level, count in enumerate(counts[code])
            if count
        ]

    def _is_told(self, code: str) -> bool:
        """Return whether a question's counts are told: the single overall one by itself, the others with the whole."""
        overall = self._questionnaire.overall
        if overall is not None and code == overall.code:
            return sum(self._levels[code][1:]) >= self._smallest
        return not self._is_hidden

    def _hidden_questions(self) -> Iterable[list[str]]:
        for element in self._questionnaire.elements:
            codes = [item.code for item in element.items if item.code in self._levels]
            hidden = withheld([sum(self._levels[code][1:]) for code in codes], smallest=self._smallest)
            if hidden:
                yield [codes[at] for at in sorted(hidden)]

    def _merged(self) -> Moments:
        """Put the elements that are withheld together into the first of them; one answer marks each as withheld."""
        whole = self._whole
        sizes = [whole.respondents([at]) for at in range(whole.elements)]
        hidden = sorted(withheld(sizes, smallest=self._smallest))
        if not hidden:
            return whole
        target = list(range(PER_ELEMENT * whole.elements))
        for at in hidden:
            for part in range(PER_ELEMENT):
                target[PER_ELEMENT * at + part] = PER_ELEMENT * hidden[0] + part
        answered = [1 if at in hidden and sizes[at] else size for at, size in enumerate((*whole.answered,))]
        return _collected(whole, target, answered)


def _collected(whole: Moments, target: Sequence[int], answered: Sequence[int]) -> Moments:
    """Return the moments of a vector whose entries are sums of entries: entry k goes to ``target[k]``."""
    width = len(target)
    sums = [0] * width
    square = [[0] * width for _ in range(width)]
    for row in range(width):
        sums[target[row]] += whole.sums[row]
        for column in range(width):
            square[target[row]][target[column]] += whole.product(row, column)
    cross = [square[row][column] for row in range(width) for column in range(row, width)]
    return Moments(whole.elements, whole.n, tuple(sums), tuple(cross), tuple(answered))


def _levels(rows: Rows) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = {}
    for row in rows:
        counts.setdefault(row["item"], [0] * (1 + len(RATING_LEVELS)))[row["level"]] += row["count"]
    return counts


def _moment_row(cell: _Cell, key: tuple[str, bool], n: int, sums: Moments) -> dict[str, Any]:
    return {
        "agency_id": cell[0],
        "wave_id": cell[1],
        "month": _MONTH,
        "channel": key[0],
        "verified": key[1],
        "n": n,
        "sums": list(sums.sums),
        "cross": list(sums.cross),
        "answered": list(sums.answered),
    }
