"""The waves behind a release that a round of the index takes its satisfaction from: one, or those of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.forms import find_form, forms_of
from survey.findings.sample import Sample, read_sample
from survey.models.editions import Method, Questionnaire
from survey.models.releases import Release
from survey.queries.agencies import list_agencies
from survey.queries.release_basis import checksum_of_counts, list_waves_of_release
from survey.queries.waves import WaveRow, get_editions, get_wave, list_waves_of_year


@dataclass(frozen=True, slots=True)
class ReleasedSurvey:
    """Waves that ask the same by the same method, and the editions they name."""

    waves: tuple[WaveRow, ...]
    questionnaire: Questionnaire
    method: Method

    @property
    def form(self) -> str:
        """Return the edition of the questionnaire, as ``"counter/2026"``."""
        return f"{self.waves[0].questionnaire}/{self.waves[0].questionnaire_edition}"

    def sample(self, session: Session, agency_ids: Sequence[UUID]) -> Sample:
        """Read what the fold left of some agencies' answers."""
        return read_sample(
            session,
            waves=self.waves,
            agency_ids=agency_ids,
            questionnaire=self.questionnaire,
            method=self.method,
        )

    def reaches(self, path: str) -> bool:
        """Return whether an agency takes part in one of the waves."""
        return any(path.startswith(wave.root_path) for wave in self.waves)


def released_survey(session: Session, release: Release) -> ReleasedSurvey | None:
    """Return what is behind a release; None where its counts moved since they were reviewed, or nothing is there.

    Of a year the waves are pooled that its summary adds up: closed, public, and asking its form.
    """
    behind = [wave.id for wave in list_waves_of_release(session, release)]
    if release.basis and release.basis != checksum_of_counts(session, behind):
        return None
    waves = _waves(session, release)
    if not waves or len({(wave.method_edition_id, wave.sample_kind) for wave in waves}) > 1:
        return None
    editions = get_editions(session, wave_id=waves[0].id)
    return ReleasedSurvey(
        waves, Questionnaire.from_content(editions.questionnaire), Method.from_content(editions.method)
    )


def _waves(session: Session, release: Release) -> tuple[WaveRow, ...]:
    if release.wave_id is not None:
        wave = get_wave(session, wave_id=release.wave_id)
        return () if wave is None else (wave,)
    agency, year = release.agency, release.year
    if agency is None or year is None:
        return ()
    above = [UUID(part) for part in agency.path.split("/") if part]
    ids = {*above, *(row.id for row in list_agencies(session, paths=[agency.path]))}
    found = list_waves_of_year(session, agency_ids=list(ids), year=year)
    public = [wave for wave in found if wave.state == "closed" and wave.release_version]
    forms = forms_of(session, public)
    return forms.get(find_form(forms, release.form) or "", ())
