from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.composite import item_mean_score, item_share
from analysis.moments import NothingRatedError
from analysis.self_selection import (
    mix_effect,
    participation,
    silent_bounds,
    silent_mean_bounds,
    standardised_mean_score,
    standardised_share,
)

shares = st.floats(0, 1)
QR, PAPER = item_share([0, 0, 10, 30, 60]), item_share([0, 0, 20, 10, 20])


def test_participation_is_answers_over_transactions() -> None:
    found = participation(50, 400)

    assert (found.n, found.population_size, found.rate) == (50, 400, 0.125)
    assert not found.more_than_population


def test_nobody_may_answer_and_one_transaction_may_be_all() -> None:
    assert participation(0, 400).rate == 0.0
    assert participation(1, 1).rate == 1.0


def test_more_answers_than_transactions_are_flagged() -> None:
    assert participation(401, 400).more_than_population
    assert not participation(400, 400).more_than_population


@pytest.mark.parametrize(("n", "population"), [(-1, 10), (1, 0)])
def test_counts_that_cannot_be_are_refused(n: int, population: int) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        participation(n, population)


def test_bounds_by_example() -> None:
    # 90 % satisfied of the 20 % who answered: 18 % are satisfied for sure, and 80 % are silent.
    found = silent_bounds(0.9, 0.2)

    assert (found.low, found.high) == (pytest.approx(0.18), pytest.approx(0.98))


@given(shares, shares, st.integers(1, 500), st.integers(0, 500))
def test_bounds_hold_whatever_the_silent_think(share: float, silent_share: float, n: int, silent: int) -> None:
    found = silent_bounds(share, n / (n + silent))

    truth = (share * n + silent_share * silent) / (n + silent)
    assert found.low - 1e-12 <= truth <= found.high + 1e-12
    assert 0.0 <= found.low <= share <= found.high <= 1.0


@pytest.mark.parametrize("rate", [1.0, 1.5])
def test_when_all_answered_there_is_nothing_left_to_bound(rate: float) -> None:
    found = silent_bounds(0.7, rate)

    assert found.low == found.high == 0.7


def test_full_satisfaction_is_bounded_from_below() -> None:
    assert (silent_bounds(1.0, 0.25).low, silent_bounds(1.0, 0.25).high) == (0.25, 1.0)


def test_when_nobody_answered_everything_is_possible() -> None:
    assert (silent_bounds(0.7, 0.0).low, silent_bounds(0.7, 0.0).high) == (0.0, 1.0)


def test_a_mean_score_is_bounded_by_its_scale() -> None:
    found = silent_mean_bounds(4.5, 0.4)

    assert (found.low, found.high) == (pytest.approx(2.4), pytest.approx(4.8))


@pytest.mark.parametrize(("value", "rate"), [(1.2, 0.5), (-0.1, 0.5), (0.5, -0.1), (0.5, float("nan"))])
def test_bounds_of_what_is_no_share_are_refused(value: float, rate: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        silent_bounds(value, rate)


def test_a_fixed_mix_weighs_the_channels() -> None:
    found = standardised_share({"qr": QR, "paper": PAPER, "kiosk": QR}, {"qr": 30, "paper": 70, "kiosk": 0})

    assert found.value == pytest.approx(0.3 * 0.9 + 0.7 * 0.6)
    assert found.standard_error == pytest.approx(np.hypot(0.3 * QR.standard_error, 0.7 * PAPER.standard_error))


def test_a_changed_mix_alone_does_not_change_the_standardised_share() -> None:
    mix = {"qr": 0.5, "paper": 0.5}
    doubled = item_share([0, 0, 20, 60, 120])

    first, second = (standardised_share({"qr": qr, "paper": PAPER}, mix) for qr in (QR, doubled))

    assert first.value == pytest.approx(second.value)


def test_a_channel_at_100_percent_is_not_taken_as_known() -> None:
    found = standardised_share({"qr": item_share([0, 0, 0, 0, 12])}, {"qr": 1})

    assert found.value == 1.0
    assert found.ci.low < 0.8


def test_mean_scores_are_standardised_likewise() -> None:
    channels = {"qr": item_mean_score([0, 0, 10, 30, 60]), "paper": item_mean_score([0, 0, 20, 10, 20])}

    found = standardised_mean_score(channels, {"qr": 0.25, "paper": 0.75})

    assert found.value == pytest.approx(0.25 * 4.5 + 0.75 * 4.0)


def test_more_confidence_is_wider_for_standardised_figures() -> None:
    means = {"qr": item_mean_score([0, 0, 10, 30, 60])}

    for standardised, channels in ((standardised_share, {"qr": QR}), (standardised_mean_score, means)):
        usual, surer = standardised(channels, {"qr": 1}), standardised(channels, {"qr": 1}, confidence_level=0.99)
        assert surer.ci.low < usual.ci.low
        assert surer.confidence_level == 0.99


def test_a_channel_without_answers_cannot_be_in_the_mix() -> None:
    with pytest.raises(NothingRatedError, match="nobody answered by kiosk"):
        standardised_share({"qr": QR}, {"qr": 0.5, "kiosk": 0.5})


@pytest.mark.parametrize("mix", [{}, {"qr": 0}, {"qr": -1, "paper": 2}, {"qr": float("nan")}])
def test_a_mix_without_weight_is_refused(mix: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="the mix is"):
        standardised_share({"qr": QR, "paper": PAPER}, mix)


@given(st.lists(st.tuples(shares, st.integers(1, 99), shares, st.integers(1, 99)), min_size=1, max_size=5))
def test_parts_of_a_change_add_up_to_it(rows: list[tuple[float, int, float, int]]) -> None:
    earlier = {str(i): (row[0], row[1]) for i, row in enumerate(rows)}
    later = {str(i): (row[2], row[3]) for i, row in enumerate(rows)}

    found = mix_effect(earlier, later)

    crude = [sum(p * n for p, n in wave.values()) / sum(n for _, n in wave.values()) for wave in (earlier, later)]
    assert found.crude == pytest.approx(crude[1] - crude[0], abs=1e-12)
    assert found.within + found.mix == pytest.approx(found.crude, abs=1e-12)


def test_a_change_of_the_mix_alone_is_called_so() -> None:
    found = mix_effect({"qr": (0.95, 10), "paper": (0.8, 90)}, {"qr": (0.95, 90), "paper": (0.8, 10)})

    assert found.within == pytest.approx(0.0)
    assert found.mix == pytest.approx(0.8 * 0.15)


@pytest.mark.parametrize("later", [{"qr": (0.9, 10)}, {"qr": (0.9, 10), "paper": (0.9, 0)}])
def test_a_channel_in_one_period_only_cannot_be_taken_apart(later: dict[str, tuple[float, int]]) -> None:
    both = {"qr": (0.9, 10), "paper": (0.8, 10)}

    with pytest.raises(NothingRatedError, match="channel paper"):
        mix_effect(both, later)
    with pytest.raises(NothingRatedError, match="channel paper"):
        mix_effect(later, both)
