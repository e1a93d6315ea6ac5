"""Replicate weights by hand, their defaults, and where their errors say they are."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.design import Design, DesignError, sampling_design
from analysis.replicates import balanced_half_samples, bootstrap, delete_one_cluster, supplied_replicates

ONES = np.ones((3, 2))


def lonely() -> Design:
    return sampling_design(strata=["a", "a", "b"], lonely_stratum="remove")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (delete_one_cluster, "a stratum with one cluster cannot be jackknifed; merge it with a neighbour"),
        (balanced_half_samples, "balanced half-samples need two clusters in every stratum; join or split strata"),
        (
            lambda design: bootstrap(design, replicates=2, seed=1),
            "a stratum with one cluster cannot be resampled; merge it with a neighbour",
        ),
    ],
)
def test_a_lonely_stratum_is_refused_by_its_place(make: Callable[[Design], object], words: str) -> None:
    with pytest.raises(DesignError) as refused:
        make(lonely())
    assert (str(refused.value), refused.value.part, refused.value.stage) == (words, "strata", 0)


@pytest.mark.parametrize(
    ("weights", "replicates", "scales", "row"),
    [
        ([1.0, 1.0, -1.0], ONES, None, 2),
        ([1.0, 1.0, 1.0], [[1.0, 1], [1, np.inf], [1, 1]], None, 1),
        ([1.0, 1.0, 1.0], [[1.0, 1], [1, -2], [1, 1]], None, 1),
        ([1.0, 1.0], ONES, None, None),
        ([1.0, 1.0, 1.0], ONES, [1.0], None),
    ],
)
def test_supplied_weights_that_cannot_be_are_refused_by_their_place(
    weights: list[float], replicates: object, scales: list[float] | None, row: int | None
) -> None:
    with pytest.raises(DesignError) as refused:
        supplied_replicates(weights, replicates, scale=1.0, replicate_scales=scales)  # type: ignore[arg-type]  # lists of lists
    assert (refused.value.part, refused.value.row) == ("weights", row)


def test_supplied_weights_may_be_small_or_zero_and_vary_around_their_mean() -> None:
    design = supplied_replicates([0.0, 0.5, 1.0], ONES, scale=0.25)

    assert design.around_estimate is False
    assert design.variance(np.array([[1.0], [3.0]]), np.array([9.0]))[0] == pytest.approx(0.25 * 2)


def test_two_strata_of_two_clusters_are_jackknifed_within_them() -> None:
    made = delete_one_cluster(sampling_design(strata=["a", "a", "b", "b"]))

    assert made.kind == "JKn"
    assert made.replicates.T.tolist() == [[0, 2, 1, 1], [2, 0, 1, 1], [1, 1, 0, 2], [1, 1, 2, 0]]
    assert made.replicate_scales.tolist() == [0.5] * 4


def test_half_samples_keep_one_cluster_of_two_and_are_balanced() -> None:
    made = balanced_half_samples(sampling_design(strata=["a", "a", "b", "b", "c", "c"]))

    assert made.replicates.shape == (6, 4)
    assert sorted(np.unique(made.replicates)) == [0.0, 2.0]
    assert (made.replicates[::2] + made.replicates[1::2]).tolist() == [[2.0] * 4] * 3
    signs = made.replicates[::2] - 1.0
    assert (signs @ signs.T).tolist() == np.diag([4.0] * 3).tolist()
    assert signs.sum(axis=1).tolist() == [0.0] * 3


def test_a_replicate_without_scale_moves_no_mean() -> None:
    design = supplied_replicates([1.0, 1, 1], np.ones((3, 3)), scale=0.5, replicate_scales=[1.0, 1, 0])

    # (1 - 2)² + (3 - 2)², by half; the third replicate is far off and counts nowhere.
    assert design.variance(np.array([[1.0], [3.0], [50.0]]), np.array([9.0]))[0] == pytest.approx(1.0)
