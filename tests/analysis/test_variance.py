"""The variance of totals in closed form: (1 - f) n/(n - 1) Σ(t - t̄)² for each group, by hand."""

import numpy as np
import pytest

from analysis.design import Design, sampling_design
from analysis.variance import covariance, domain_variances

# Clusters with totals 1 and 3, 2 and 6, and a lonely one with 5: 2·2 = 4 and 2·8 = 16 from the first two strata.
VALUES = np.array([1.0, 3.0, 2.0, 6.0, 5.0])
STRATA = ["a", "a", "b", "b", "c"]
BY_CHOICE = {"remove": 20.0, "certainty": 20.0, "adjust": 20.0 + 25.0, "average": 20.0 * 3 / 2}


def lonely(choice: str) -> Design:
    return sampling_design(strata=STRATA, lonely_stratum=choice)


@pytest.mark.parametrize("choice", BY_CHOICE)
def test_a_lonely_stratum_adds_what_was_chosen(choice: str) -> None:
    design = lonely(choice)

    (of_domain,) = domain_variances(design, VALUES, np.zeros(5, dtype=np.int64), 1)

    assert of_domain == pytest.approx(BY_CHOICE[choice])
    assert covariance(design, VALUES[:, None])[0, 0] == pytest.approx(BY_CHOICE[choice])


@pytest.mark.parametrize("choice", ["remove", "average"])
def test_strata_that_are_all_lonely_have_no_variance_to_speak_for_them(choice: str) -> None:
    design = sampling_design(strata=["a", "b"], lonely_stratum=choice)

    assert domain_variances(design, np.array([1.0, 2.0]), np.zeros(2, dtype=np.int64), 1).tolist() == [0.0]


def test_a_domain_without_a_row_has_no_variance_wherever_it_stands() -> None:
    design = lonely("remove")

    found = domain_variances(design, VALUES, np.array([1, 1, -1, -1, -1]), 4)

    assert found.dtype == np.float64
    assert found.tolist() == pytest.approx([0.0, 4.0, 0.0, 0.0])


def test_the_covariance_is_that_of_the_columns() -> None:
    columns = np.stack([VALUES, VALUES[::-1]], axis=1)

    found = covariance(lonely("remove"), columns)

    # The second column reads 5, 6, 2, 3, 1.
    first = 2 * ((1 - 2) * (5 - 5.5) + (3 - 2) * (6 - 5.5))
    second = 2 * ((2 - 4) * (2 - 2.5) + (6 - 4) * (3 - 2.5))
    assert found[0, 1] == found[1, 0] == pytest.approx(first + second)
    assert np.diag(found).tolist() == pytest.approx([20.0, 2 * 0.5 + 2 * 0.5])


def test_the_second_stage_adds_its_share_of_the_first() -> None:
    # Two of four clusters, two of three rows in each: totals 3 and 7, rows 1, 2 and 3, 4.
    design = sampling_design(
        clusters=[["k", "k", "l", "l"]], population_sizes=[[4, 4, 4, 4], [3, 3, 3, 3]], weights=[1, 1, 1, 1]
    )

    found = domain_variances(design, np.array([1.0, 2.0, 3.0, 4.0]), np.zeros(4, dtype=np.int64), 1)

    first = (1 - 2 / 4) * 2 * (2**2 + 2**2)
    second = 2 / 4 * (1 - 2 / 3) * 2 * (0.5 + 0.5)
    assert found[0] == pytest.approx(first + second)
