"""The figure of one line of a history: of the body's own answers, or mixed from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.agency import weighting_of
from survey.findings.figures import NOTHING, figures
from survey.findings.history_values import HistoryLine, HistoryPart
from survey.findings.lineage import Fieldwork, Lineage
from survey.findings.mixing import mixed
from survey.findings.names import agency_name, text_wording, wave_name
from survey.findings.sample import Sample, read_sample
from survey.findings.values import Measures
from survey.models.editions import Method, Questionnaire
from survey.queries.agencies import AgencyRow, list_agencies
from survey.queries.waves import get_editions


@dataclass(frozen=True, slots=True)
class _Part:
    """A part with its figures by element."""

    body: AgencyRow
    said: HistoryPart
    elements: tuple[Measures, ...]
    basis: str


class FigureReader:
    """Reads the lines of one lineage."""

    def __init__(self, session: Session, lineage: Lineage) -> None:
        """Read what lies below its bodies, once."""
        self._session = session
        self._lineage = lineage
        self._below = list_agencies(session, paths=[body.path for body in lineage.whole])
        self._known_editions: dict[tuple[UUID, UUID], tuple[Questionnaire, Method]] = {}

    def line(self, fieldwork: Fieldwork) -> HistoryLine | None:
        """Return the line of a fieldwork; None where no body is concerned by it."""
        cut = self._lineage.cut
        if cut is not None and fieldwork.last < cut:
            return self._not_comparable(fieldwork)
        parts = self._concerned(fieldwork, self._parts(fieldwork))
        return self._line(fieldwork, parts) if parts else None

    def _concerned(self, fieldwork: Fieldwork, parts: Sequence[_Part]) -> list[_Part]:
        """Choose the bodies that existed then, or that were answered for nevertheless."""
        cut = self._lineage.cut
        if cut is not None and fieldwork.first < cut:
            # What was answered before the territory was drawn cannot be divided; what came after is its own.
            return [part for part in parts if fieldwork.meets(part.body, since=cut)]
        chosen = [part for part in parts if part.said.n != 0 or fieldwork.meets(part.body)]
        before = [part for part in chosen if part.body is not self._lineage.present]
        if self._began_during(fieldwork) and any(part.said.n != 0 for part in before):
            own = [part for part in chosen if part.body is self._lineage.present]
            if all(part.said.overall.is_suppressed for part in own):
                # Until it has a figure of its own, those of before stand without it: they cannot give it away.
                return before
        if any(part.body is self._lineage.present and part.said.n != 0 for part in chosen):
            # Bodies that ended before the fieldwork reached anybody there are not missed.
            return [part for part in chosen if part.said.n != 0]
        return chosen

    def _line(self, fieldwork: Fieldwork, parts: Sequence[_Part]) -> HistoryLine:
        is_of_before = self._began_during(fieldwork) and all(part.body is not self._lineage.present for part in parts)
        line = replace(self._empty_line(fieldwork), is_of_before=is_of_before)
        said = [part.said for part in parts]
        if len(parts) == 1:
            return replace(
                line,
                agency=said[0].agency,
                overall=said[0].overall,
                elements=parts[0].elements,
                basis=parts[0].basis,
            )
        if not any(part.n != 0 for part in said):
            return line
        if any(part.overall.is_suppressed for part in said):
            return replace(line, status="incomplete", parts=tuple(said))
        by_population = all(part.population_size for part in said)
        weights = [(part.population_size if by_population else part.n) or 0 for part in said]
        is_one_body = len({self._lineage.body[part.body.id] for part in parts}) == 1
        return replace(
            line,
            status="own" if is_one_body else "converted",
            weighting="population" if by_population else "answers",
            parts=tuple(replace(part, weight=size / sum(weights)) for part, size in zip(said, weights, strict=True)),
            overall=mixed([part.overall for part in said], weights),
            elements=tuple(mixed(column, weights) for column in zip(*(part.elements for part in parts), strict=True)),
        )

    def _began_during(self, fieldwork: Fieldwork) -> bool:
        return fieldwork.first < self._lineage.present.valid_from <= fieldwork.last

    def _parts(self, fieldwork: Fieldwork) -> list[_Part]:
        roots = [wave.root_path for wave in fieldwork.waves]
        below = {
            body.id: [
                row.id
                for row in self._below
                if row.path.startswith(body.path) and any(row.path.startswith(root) for root in roots)
            ]
            for body in fieldwork.bodies
        }
        questionnaire, method = self._editions(fieldwork)
        sample = read_sample(
            self._session,
            waves=fieldwork.waves,
            agency_ids=[agency_id for ids in below.values() for agency_id in ids],
            questionnaire=questionnaire,
            method=method,
        )
        own = sample.parts(below[body.id] for body in fieldwork.bodies)
        return [self._part(fieldwork, body, part) for body, part in zip(fieldwork.bodies, own, strict=True)]

    def _part(self, fieldwork: Fieldwork, body: AgencyRow, sample: Sample) -> _Part:
        found = figures(sample, with_items=False)
        covers = bool(sample.answered) and all(unit.covers for unit in sample.answered)
        size = sum(unit.transactions or 0 for unit in sample.answered) if covers else None
        said = HistoryPart(
            agency=self._lineage.name(body, fieldwork.last),
            n=found.overall.n if sample.answered else 0,
            population_size=size or None,
            weight=None,
            overall=found.overall,
        )
        return _Part(
            body,
            said,
            tuple(element.measures for element in found.elements),
            weighting_of(body, sample, found.weighting),
        )

    def _not_comparable(self, fieldwork: Fieldwork) -> HistoryLine:
        parts = tuple(
            HistoryPart(self._lineage.name(body, fieldwork.last), None, None, None, NOTHING)
            for body in self._lineage.partial
        )
        return replace(self._empty_line(fieldwork), status="not_comparable", parts=parts)

    def _empty_line(self, fieldwork: Fieldwork) -> HistoryLine:
        elements = self._editions(fieldwork)[0].elements
        return HistoryLine(
            year=fieldwork.waves[0].index_year,
            waves=tuple(wave_name(wave) for wave in fieldwork.waves),
            agency=agency_name(self._lineage.present),
            status="own",
            weighting="",
            edition=fieldwork.edition,
            parts=(),
            overall=NOTHING,
            element_names=tuple(text_wording(element.name) for element in elements),
            elements=(NOTHING,) * len(elements),
        )

    def _editions(self, fieldwork: Fieldwork) -> tuple[Questionnaire, Method]:
        """Return what a fieldwork asks and by which method; the waves of many years share a few."""
        wave = fieldwork.waves[0]
        key = wave.questionnaire_edition_id, wave.method_edition_id
        if key not in self._known_editions:
            found = get_editions(self._session, wave_id=wave.id)
            self._known_editions[key] = (
                Questionnaire.from_content(found.questionnaire),
                Method.from_content(found.method),
            )
        return self._known_editions[key]
