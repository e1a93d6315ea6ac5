"""What a released wave brings to a round of the index: for every agency the values of its satisfaction leaves."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.index_points import Points, points, stratified_points
from analysis.moments import NothingRatedError
from analysis.points_rule import PointsRule, Source
from analysis.survey_points import Measured, MeasuredLeaf, measured
from survey.findings.errors import FindingsError
from survey.findings.figures import Figures, figures, size
from survey.findings.sample import Sample, read_sample
from survey.models.editions import Method, Questionnaire
from survey.models.index_rounds import IndexRound
from survey.models.releases import Release
from survey.models.rubric_content import RubricContent
from survey.queries.agencies import get_agency, list_agencies
from survey.queries.index_scores import list_participant_ids
from survey.queries.release_basis import checksum_of_counts
from survey.queries.waves import WaveRow, get_editions, get_wave

_SOURCES: Final[dict[str, Source]] = {"share": "share", "mean": "scaled_mean"}


def survey_of_round(session: Session, round_: IndexRound, release: Release) -> dict[UUID, Measured]:
    """Return what a wave's release brings to each agency of a round; an agency with too few answers is left out.

    The counts are read again and must be those that were reviewed, so that what flows in is what is public.

    Raises:
        FindingsError: The release is of a year, its counts moved since, a leaf names an element that the
            questionnaire does not have, or the survey has a design whose parts cannot be weighed by whole counts.

    """
    wave = get_wave(session, wave_id=release.wave_id) if release.wave_id else None
    if wave is None or (release.basis and release.basis != checksum_of_counts(session, [wave.id])):
        raise FindingsError(
            vi="Điểm khảo sát lấy từ một đợt đã công bố và chưa thay đổi; hãy công bố bản sửa của đợt trước.",
            en="Survey points come from a released wave that did not move since; release a correction first.",
        )
    editions = get_editions(session, wave_id=wave.id)
    questionnaire = Questionnaire.from_content(editions.questionnaire)
    leaves = _leaves(RubricContent.from_content(round_.rubric.content), questionnaire)
    method = Method.from_content(editions.method)
    found: dict[UUID, Measured] = {}
    for agency_id in list_participant_ids(session, round_.id) if leaves else []:
        sample = _sample(session, wave, agency_id, questionnaire, method)
        if sample is not None and (one := _measured(sample, leaves)) is not None:
            found[agency_id] = one
    return found


def _leaves(content: RubricContent, questionnaire: Questionnaire) -> list[MeasuredLeaf]:
    """Return the leaves that the survey measures, each with its element's place in the questionnaire."""
    places = {element.code: at for at, element in enumerate(questionnaire.elements)}
    found = []
    for leaf in content.leaves.values():
        if leaf.source != "satisfaction":
            continue
        if leaf.element and leaf.element not in places:
            raise FindingsError(
                vi=f"Tiêu chí {leaf.code} lấy yếu tố “{leaf.element}” mà phiếu hỏi không có; hãy sửa bộ tiêu chí.",
                en=f"The criterion {leaf.code} takes the element “{leaf.element}”, which the form lacks; "
                "mend the rubric.",
            )
        found.append(MeasuredLeaf(leaf.rule, (places[leaf.element],) if leaf.element else ()))
    return found


def _sample(
    session: Session, wave: WaveRow, agency_id: UUID, questionnaire: Questionnaire, method: Method
) -> Sample | None:
    agency = get_agency(session, agency_id=agency_id)
    if agency is None or not agency.path.startswith(wave.root_path):
        return None
    below = [row.id for row in list_agencies(session, paths=[agency.path])]
    sample = read_sample(session, waves=[wave], agency_ids=below, questionnaire=questionnaire, method=method)
    if sample.design is not None:
        raise FindingsError(
            vi=f"Đợt {wave.code} có tầng, cụm hoặc quyền số; điểm phải nhập bằng tệp, chưa lấy tự động được.",
            en=f"The wave {wave.code} has strata, clusters or weights; its points have to be given by file.",
        )
    return sample


def _measured(sample: Sample, leaves: list[MeasuredLeaf]) -> Measured | None:
    """Return what the answers to an agency bring; None where they are too few for an index figure."""
    found, method = figures(sample, with_items=False), sample.method
    few = size(found.overall) < method.smallest_n_index
    if few or any(element.measures.is_suppressed for element in found.elements):
        return None
    try:
        return measured(
            leaves,
            lambda rule, level: _points(rule, found, level),
            source=_SOURCES[method.statistic],
            confidence_level=method.confidence_level,
        )
    except NothingRatedError:
        return None


def _points(rule: PointsRule, found: Figures, confidence_level: float) -> Points:
    parts = found.parts
    if len(parts) == 1:
        return points(
            rule, parts[0].moments, confidence_level=confidence_level, population_size=parts[0].population_size
        )
    return stratified_points(
        rule,
        [part.moments for part in parts],
        [part.weight or 0 for part in parts],
        confidence_level=confidence_level,
        random_sample=all(part.population_size for part in parts),
    )
