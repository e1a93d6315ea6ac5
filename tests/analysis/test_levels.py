import pytest

from analysis.levels import level_shares
from analysis.proportions import wilson


def test_each_level_has_the_interval_of_wilson() -> None:
    counts = (3, 0, 7, 20, 10)

    for share, count in zip(level_shares(counts, respondents=40), counts, strict=True):
        expected = wilson(successes=count, n=40)
        assert (share.value, share.n, share.method) == (expected.value, 40, "wilson")
        assert (share.ci.low, share.ci.high) == pytest.approx((expected.ci.low, expected.ci.high))
        assert share.standard_error == pytest.approx(expected.standard_error)


def test_several_ratings_of_a_respondent_make_no_interval_narrower() -> None:
    once, thrice = level_shares((3, 0, 7, 20, 10), respondents=40), level_shares((9, 0, 21, 60, 30), respondents=40)

    assert once == thrice


def test_a_level_nobody_or_everybody_gave_has_an_interval() -> None:
    first, *_, last = level_shares((0, 0, 0, 0, 12), respondents=12, confidence_level=0.99)

    assert (first.value, first.ci.low, last.value, last.ci.high) == (0, 0, 1, 1)
    assert first.ci.high > 0.1
    assert last.ci.low < 0.9


@pytest.mark.parametrize(("counts", "respondents"), [((0,) * 5, 3), ((1,) * 5, 0)])
def test_shares_of_nothing_are_refused(counts: tuple[int, ...], respondents: int) -> None:
    with pytest.raises(ValueError, match="at least one of each"):
        level_shares(counts, respondents=respondents)
