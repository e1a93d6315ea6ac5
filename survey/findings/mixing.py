"""A figure of a whole from the figures of its parts, by stated weights."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.composite import stratified_mean_score, stratified_share
from survey.findings.figures import NOTHING
from survey.findings.values import Measures


def mixed(parts: Sequence[Measures], weights: Sequence[int]) -> Measures:
    """Mix measures of different respondents: p = Σ w p and V = Σ w² V, as ``stratified_share`` says.

    Nothing is said where a part is withheld: the whole less the others would give it away.
    """
    shares = [part.share_satisfied for part in parts if part.share_satisfied is not None]
    means = [part.mean_score for part in parts if part.mean_score is not None]
    if not shares or len(shares) < len(parts) or len(means) < len(parts):
        return NOTHING
    level = shares[0].confidence_level
    levels = [sum(column) for column in zip(*(part.levels or (0,) * 5 for part in parts), strict=True)]
    return Measures(
        n=sum(part.n or 0 for part in parts),
        share_satisfied=stratified_share(shares, weights, confidence_level=level),
        mean_score=stratified_mean_score(means, weights, confidence_level=level),
        levels=(levels[0], levels[1], levels[2], levels[3], levels[4]),
        no_opinion=sum(part.no_opinion or 0 for part in parts),
    )
