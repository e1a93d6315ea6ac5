import numpy as np
import pytest

from analysis.design import DesignError, domain_clusters, domain_degrees_of_freedom, sampling_design
from analysis.linearisation import means
from analysis.variance import covariance, domain_variances

TWO_STRATA = {"strata": ["a", "a", "b", "b"], "clusters": [["1", "2", "1", "1"]]}


def test_names_of_clusters_are_nested_within_the_stratum_and_the_stage_above() -> None:
    design = sampling_design(strata=["a", "a", "b", "b"], clusters=[[1, 2, 1, 2], [1, 1, 1, 1]])
    assert design.degrees_of_freedom() == 2
    assert len(set(design.stages[1].unit)) == 4


def test_rows_are_the_units_where_there_are_no_clusters() -> None:
    design = sampling_design(size=5)
    assert design.degrees_of_freedom() == 4
    assert (design.is_simple, design.is_clustered) == (True, False)
    assert not sampling_design(size=5, clusters=[[1, 1, 2, 2, 3]]).is_simple
    assert list(design.weights) == [1, 1, 1, 1, 1]


def test_population_sizes_imply_the_weights() -> None:
    design = sampling_design(clusters=[[1, 1, 2, 2], [1, 2, 1, 2]], population_sizes=[[10] * 4, [4, 4, 6, 6]])
    assert list(design.weights) == [10, 10, 15, 15]
    only_first = sampling_design(clusters=[[1, 1, 2, 2], [1, 2, 1, 2]], population_sizes=[[10] * 4])
    assert list(only_first.weights) == [1, 1, 1, 1]


def test_one_population_size_more_than_clusters_makes_the_rows_the_last_stage() -> None:
    design = sampling_design(clusters=[[1, 1, 2, 2]], population_sizes=[[10] * 4, [4, 4, 6, 6]])
    assert len(design.stages) == 2
    assert list(design.weights) == [10, 10, 15, 15]


@pytest.mark.parametrize("choice", ["remove", "certainty", "adjust", "average"])
def test_a_lonely_stratum_is_accepted_by_choice_only(choice: str) -> None:
    assert sampling_design(**TWO_STRATA, lonely_stratum=choice).lonely_stratum == choice
    with pytest.raises(DesignError, match="only one unit was drawn here") as refused:
        sampling_design(**TWO_STRATA)
    assert (refused.value.part, refused.value.stage, refused.value.row) == ("strata", 0, 2)


def test_a_lonely_village_is_refused_at_its_own_stage() -> None:
    with pytest.raises(DesignError) as refused:
        sampling_design(clusters=[[1, 1, 2], [1, 2, 1]], population_sizes=[[9, 9, 9], [5, 5, 5]])
    assert (refused.value.part, refused.value.stage, refused.value.row) == ("clusters", 1, 2)


def test_a_single_cluster_that_is_all_there_is_is_not_lonely() -> None:
    sizes = [[2, 2, 1, 1]]
    design = sampling_design(**TWO_STRATA, population_sizes=sizes)
    assert list(design.is_enumerated) == [True] * 4
    assert means(design, [0.0, 1.0, 1.0, 0.0]).variance[0] == 0


def test_average_of_nothing_is_nothing() -> None:
    design = sampling_design(strata=["a", "b"], lonely_stratum="average")
    assert means(design, [0.0, 1.0]).variance[0] == 0


def test_a_second_stage_without_a_population_size_is_drawn_with_replacement() -> None:
    clusters = [[1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2]]
    outcome = np.array([1.0, 2.0, 4.0, 8.0, 1.0, 1.0, 3.0, 5.0])
    weighted = (outcome - outcome.mean()) / 8
    sizes = [[4] * 8]
    design = sampling_design(clusters=clusters, population_sizes=sizes)
    # Between: (1 - 1/2) · 2 Σ(t - t̄)²; within: 1/2 · 2 Σ(t - t̄)² of the two villages of each.
    communes, villages = weighted.reshape(2, 4).sum(axis=1), weighted.reshape(4, 2).sum(axis=1)
    between = 0.5 * 2 * ((communes - communes.mean()) ** 2).sum()
    within = 0.5 * 2 * sum(((pair - pair.mean()) ** 2).sum() for pair in villages.reshape(2, 2))
    assert covariance(design, weighted[:, None])[0, 0] == pytest.approx(between + within)


def test_one_variance_for_all_domains_equals_one_at_a_time() -> None:
    draw = np.random.default_rng(1)
    clusters = [np.repeat(np.arange(8), 6), np.tile(np.repeat([0, 1, 2], 2), 8)]
    sizes = [np.full(48, 20), np.full(48, 7)]
    values, domain = draw.normal(size=48), draw.integers(-1, 3, 48)
    lonely = {"strata": np.repeat([0, 1, 2], [24, 18, 6]), "lonely_stratum": "adjust"}
    for more in ({}, {"strata": np.repeat([0, 1], 24)}, lonely, lonely | {"lonely_stratum": "average"}):
        design = sampling_design(clusters=clusters, population_sizes=sizes, **more)
        together = domain_variances(design, values, domain, 3)
        alone = [covariance(design, np.where(domain == d, values, 0.0)[:, None])[0, 0] for d in range(3)]
        assert together == pytest.approx(alone)


def test_clusters_of_a_domain_count_rows_with_weight() -> None:
    design = sampling_design(weights=[1, 1, 0, 1], clusters=[[1, 1, 2, 3]])
    assert list(domain_clusters(design, np.array([0, 0, 0, 1]), 2)) == [1, 1]


@pytest.mark.parametrize(
    ("given", "problem", "part", "row"),
    [
        ({"weights": [1, -2]}, "weight -2 is negative or not a number", "weights", 1),
        ({"weights": [1, float("nan")]}, "weight nan is negative", "weights", 1),
        ({"weights": [1, None]}, "weight nan is negative", "weights", 1),
        ({"weights": [float("inf"), 1]}, "weight inf is negative", "weights", 0),
        ({"weights": [0, 0]}, "every weight is 0", "weights", 0),
        ({"weights": []}, "the design has no rows", "weights", None),
        ({"weights": [1, 1], "strata": ["a"]}, "have 1 and 2 rows", "strata", None),
        ({"weights": [1, 1], "size": 3}, "have 2 and 3 rows", "size", None),
        ({"population_sizes": [[5, 0]]}, "population size 0 is no number of units", "population_sizes", 1),
        ({"population_sizes": [[5, float("nan")]]}, "population size nan", "population_sizes", 1),
        ({"population_sizes": [[5, 6]]}, "differs within one drawing", "population_sizes", 0),
        ({"population_sizes": [[1, 1]]}, "2 units were drawn of a population of 1", "population_sizes", 0),
        ({"population_sizes": [[5, 5], [5, 5]]}, "more population sizes than stages", "population_sizes", None),
        ({"weights": [1, 1], "lonely_stratum": "ignore"}, "choose one of fail, remove", "strata", None),
    ],
)
def test_designs_that_cannot_be_are_refused(given: dict[str, object], problem: str, part: str, row: int | None) -> None:
    with pytest.raises(DesignError, match=problem) as refused:
        sampling_design(**given)
    assert (refused.value.part, refused.value.row) == (part, row)


VILLAGES = {"clusters": [[1, 1, 1, 2, 2, 2], [1, 1, 2, 1, 2, 2]]}


@pytest.mark.parametrize(
    ("villages", "problem", "row"),
    [
        ([4, 4, 4, 4, 0, 4], "population size 0 is no number of units", 4),
        ([4, 4, 4, 4, None, 4], "population size nan is no number of units", 4),
        ([4, 4, 4, 4, 5, 5], "differs within one drawing", 3),
        ([4, 4, 4, 1, 1, 1], "2 units were drawn of a population of 1; correct", 3),
        ([2.5, 2.5, 2.5, 1.5, 1.5, 1.5], "2 units were drawn of a population of 1.5", 3),
    ],
)
def test_a_population_size_is_refused_at_its_own_stage_and_row(
    villages: list[float | None], problem: str, row: int
) -> None:
    with pytest.raises(DesignError, match=problem) as refused:
        sampling_design(**VILLAGES, population_sizes=[[9] * 6, villages])
    assert (refused.value.part, refused.value.stage, refused.value.row) == ("population_sizes", 1, row)


@pytest.mark.parametrize(
    ("given", "rows", "part"),
    [
        ({"weights": [1, 1], "clusters": [[1, 1], [1]]}, "1 and 2", "clusters"),
        ({"weights": [1, 1], "population_sizes": [[9]]}, "1 and 2", "population_sizes"),
        ({"weights": [1, 1], "strata": [1, 1, 1], "clusters": [[1]]}, "1 and 2 and 3", "clusters"),
        ({"weights": [1, 1], "size": 3}, "2 and 3", "size"),
    ],
)
def test_columns_of_unequal_length_are_named(given: dict[str, object], rows: str, part: str) -> None:
    with pytest.raises(
        DesignError, match=f"the columns of the design have {rows} rows; give one value a row"
    ) as refused:
        sampling_design(**given)
    assert refused.value.part == part


def test_a_design_of_nothing_is_refused() -> None:
    for given in ({}, {"size": 0}):
        with pytest.raises(DesignError, match=r"^the design has no rows; a sample needs at least one$"):
            sampling_design(**given)


def test_degrees_of_freedom_count_clusters_and_strata_with_a_weight() -> None:
    design = sampling_design(
        weights=[1, 2, 1, 1, 0, 0], strata=list("aaabbc"), clusters=[[1, 1, 2, 1, 2, 1]], lonely_stratum="remove"
    )

    # Stratum a shows two clusters, b one of its two, c none.
    assert design.degrees_of_freedom() == 3 - 2
    assert list(domain_degrees_of_freedom(design, np.array([0, 0, 0, 1, 1, -1]), 4)) == [1, 0, 0, 0]
    assert list(domain_clusters(design, np.array([0, 0, 0, 1, 1, -1]), 4)) == [2, 1, 0, 0]
    assert design.is_clustered


def test_a_weight_below_1_is_a_weight_and_nothing_else_is_read_into_it() -> None:
    assert sampling_design(weights=[0.25, 0.0]).weights.tolist() == [0.25, 0.0]
    assert sampling_design(population_sizes=[[1]]).weights.tolist() == [1.0]
