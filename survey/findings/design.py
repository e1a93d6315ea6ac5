"""Surveys with strata, clusters or weights: estimated from their responses, with the whole design for every domain.

Tallies hold no design.  Each rating is a row of the design, drawn with its respondent, so that a respondent's answers
go together; ``analysis.domain_estimates`` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from analysis.design import Design, DesignError, sampling_design
from analysis.design_points import RatedSample, design_points
from analysis.domain_estimates import IntervalChoice, estimate_domain_shares, estimate_domain_values
from analysis.index_points import Points
from analysis.linearisation import means
from analysis.points_rule import PointsRule
from analysis.results import Estimate
from survey.findings.errors import FindingsError
from survey.models.editions import RATING_LEVELS, SATISFIED_LEVELS
from survey.queries.responses import DesignRow, list_design_rows

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DesignSample:
    """All responses of a survey, respondents in rows; ``ratings`` has a column an item, NaN where not rated."""

    agencies: tuple[UUID, ...]
    ratings: Floats
    items: tuple[str, ...]
    strata: tuple[str, ...] | None
    clusters: tuple[str, ...]
    weights: Floats | None
    designs: dict[int, Design] = field(default_factory=dict)

    def domain(self, agency_ids: Iterable[UUID]) -> DesignDomain:
        """Return the part of the sample that rates some agencies."""
        wanted = frozenset(agency_ids)
        return DesignDomain(self, np.array([agency in wanted for agency in self.agencies], dtype=np.bool_))

    def design(self, items: int) -> Design:
        """Return the design of as many ratings a respondent; made once for each number."""
        if items not in self.designs:
            self.designs[items] = self._make_design(items)
        return self.designs[items]

    def _make_design(self, items: int) -> Design:
        try:
            return sampling_design(
                weights=None if self.weights is None else np.repeat(self.weights, items),
                strata=None if self.strata is None else np.repeat(np.array(self.strata), items),
                clusters=[np.repeat(np.array(self.clusters), items)],
            )
        except DesignError as error:
            raise FindingsError(
                vi=f"Thiết kế mẫu của đợt khảo sát không ước lượng được ({error}); hãy sửa tầng, cụm hoặc trọng số "
                "trong tệp rồi nhập thành đợt mới.",
                en=f"The wave's sampling design cannot be estimated ({error}); correct its strata, clusters or weights "
                "in the file and import it as a new wave.",
            ) from error


@dataclass(frozen=True, slots=True, eq=False)
class DesignDomain:
    """Some agencies' part of a survey, estimated with the design of all of it."""

    sample: DesignSample
    members: npt.NDArray[np.bool_]

    def estimate(self, items: Sequence[str], *, share: bool, confidence_level: float) -> Estimate | None:
        """Estimate the share satisfied or the mean score of the pooled ratings of items; None where nobody rated.

        ``n`` counts respondents with a rating; the design effect is against as many independent ratings.
        """
        if share:
            return self._share_at(items, SATISFIED_LEVELS, confidence_level)
        outcome, domain, respondents = self._rows(items)
        if not respondents:
            return None
        (found,) = estimate_domain_values(
            means(self.sample.design(len(items)), outcome, domain), _choice(confidence_level)
        )
        return None if found is None else replace(found, n=respondents)

    def level_shares(self, items: Sequence[str], *, confidence_level: float) -> tuple[Estimate, ...] | None:
        """Estimate the share of each of the five levels among the pooled ratings of items; None where nobody rated."""
        shares = [self._share_at(items, (level,), confidence_level) for level in RATING_LEVELS]
        found = tuple(one for one in shares if one is not None)
        return found if len(found) == len(shares) else None

    def _share_at(self, items: Sequence[str], levels: Sequence[int], confidence_level: float) -> Estimate | None:
        outcome, domain, respondents = self._rows(items)
        if not respondents:
            return None
        given = np.where(np.isnan(outcome), np.nan, np.isin(outcome, levels))
        design = self.sample.design(len(items))
        (found,) = estimate_domain_shares(design, given, domain, choice=_choice(confidence_level))
        return None if found is None else replace(found, n=respondents)

    def points(self, rule: PointsRule, elements: Sequence[Sequence[str]], *, confidence_level: float) -> Points:
        """Turn ratings into points by a rule over elements, each given by the codes of its items.

        Raises:
            NothingRatedError: Nobody rated an element that the rule needs.

        """
        columns = [[self.sample.items.index(item) for item in element] for element in elements]
        tables = [self.sample.ratings[:, own] for own in columns]
        satisfied, scores, rated = (
            np.column_stack([measure(table).sum(axis=1) for table in tables]).astype(np.float64)
            for measure in (lambda one: np.isin(one, SATISFIED_LEVELS), np.nan_to_num, np.isfinite)
        )
        whole = RatedSample(self.sample.design(1), satisfied, scores, rated, self.members)
        return design_points(rule, whole, confidence_level=confidence_level)

    def _rows(self, items: Sequence[str]) -> tuple[Floats, npt.NDArray[np.int64], int]:
        """Return the ratings of items one after the other, who of them is in the domain, and how many rated."""
        ratings = self.sample.ratings[:, [self.sample.items.index(item) for item in items]]
        respondents = int(np.count_nonzero(np.isfinite(ratings[self.members]).any(axis=1)))
        return ratings.ravel(), np.repeat(np.where(self.members, 0, -1), len(items)), respondents


def _choice(confidence_level: float) -> IntervalChoice:
    return IntervalChoice(confidence_level=confidence_level, scale=(float(RATING_LEVELS[0]), float(RATING_LEVELS[-1])))


def read_design(
    session: Session, *, wave_ids: Sequence[UUID], agency_ids: Sequence[UUID], items: Sequence[str]
) -> DesignSample:
    """Read a survey as arrays."""
    rows = list(list_design_rows(session, wave_ids=wave_ids, agency_ids=agency_ids))
    ratings = [[row.answers.get(item) or np.nan for item in items] for row in rows]
    has_strata = any(row.stratum is not None for row in rows)
    has_weights = any(row.weight is not None for row in rows)
    return DesignSample(
        agencies=tuple(row.agency_id for row in rows),
        ratings=np.array(ratings, dtype=np.float64).reshape(len(rows), len(items)),
        items=tuple(items),
        strata=tuple(row.stratum or "" for row in rows) if has_strata else None,
        clusters=tuple(_cluster(row, number) for number, row in enumerate(rows)),
        weights=np.array([row.weight or 1.0 for row in rows]) if has_weights else None,
    )


def _cluster(row: DesignRow, number: int) -> str:
    """Name the first unit drawn: the cluster, or the respondent himself where he was drawn directly."""
    return f"respondent {number}" if row.cluster is None else f"cluster {row.cluster}"
