"""What a released wave or year brings to a round of the index: each agency's values of its satisfaction leaves."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from analysis.moments import NothingRatedError
from analysis.points_rule import Source
from analysis.survey_points import Measured, MeasuredLeaf, measured
from survey.findings.errors import FindingsError
from survey.findings.figures import figures, size
from survey.findings.index_release import released_survey
from survey.findings.points import estimate_points
from survey.findings.publication import released_summary, withheld_agencies
from survey.findings.sample import Sample
from survey.models.editions import Questionnaire
from survey.models.index_rounds import IndexRound
from survey.models.releases import Release
from survey.models.rubric_content import RubricContent
from survey.queries.agencies import list_agencies, list_agencies_by_id
from survey.queries.index_scores import list_participant_ids
from survey.queries.released import find_released, list_released

_SOURCES: Final[dict[str, Source]] = {"share": "share", "mean": "scaled_mean"}


def survey_of_round(session: Session, round_: IndexRound, release: Release) -> dict[UUID, Measured]:
    """Return what a release brings to each agency of a round; an agency with too few answers is left out.

    The counts are read again and must be those that were reviewed, so that what flows in is what is public.

    Raises:
        FindingsError: Its counts moved since, a leaf names an element that the questionnaire does not have, or the
            survey's design cannot be estimated.

    """
    survey = released_survey(session, release)
    if survey is None:
        raise FindingsError(
            vi="Điểm khảo sát lấy từ kết quả đã công bố và chưa thay đổi; hãy công bố bản sửa trước.",
            en="Survey points come from released results that did not move since; release a correction first.",
        )
    leaves = _leaves(RubricContent.from_content(round_.rubric.content), survey.questionnaire)
    agencies = {
        row.id: row for row in list_agencies_by_id(session, agency_ids=list_participant_ids(session, round_.id))
    }
    wanted = [row for row in agencies.values() if survey.reaches(row.path)] if leaves else []
    if not wanted:
        return {}
    below = list_agencies(session, paths=[row.path for row in wanted])
    whole = survey.sample(session, [row.id for row in below])
    groups = [[one.id for one in below if one.path.startswith(row.path)] for row in wanted]
    hidden = _withheld(session, release, [wave.id for wave in survey.waves])
    found: dict[UUID, Measured] = {}
    for row, sample in zip(wanted, whole.parts(groups), strict=True):
        if row.id not in hidden and (one := _measured(sample, leaves)) is not None:
            found[row.id] = one
    return found


def _withheld(session: Session, release: Release, wave_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return whose results the release does not show, since those of the others would give them away.

    A year withholds whoever one of its waves withholds, unless the summary of the year tells of them already.
    """
    version = find_released(session, release.code)
    if version is None:
        return frozenset()
    if version.wave_id is not None:
        return withheld_agencies(session, version)
    told = {row.agency.id for row in released_summary(session, version).agencies if not row.overall.is_suppressed}
    behind = (one for one in list_released(session, kind="wave", year=version.year) if one.wave_id in wave_ids)
    return frozenset().union(*(withheld_agencies(session, one) for one in behind)) - told


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


def _measured(sample: Sample, leaves: list[MeasuredLeaf]) -> Measured | None:
    """Return what the answers to an agency bring; None where they are too few for an index figure."""
    found, method = figures(sample, with_items=False), sample.method
    few = size(found.overall) < method.smallest_n_index
    if few or any(element.measures.is_suppressed for element in found.elements):
        return None
    try:
        return measured(
            leaves,
            lambda rule, level: estimate_points(rule, sample, found, level),
            source=_SOURCES[method.statistic],
            confidence_level=method.confidence_level,
        )
    except NothingRatedError:
        return None
