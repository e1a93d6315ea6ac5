"""What self-selected answers can and cannot say: participation, bounds for the silent, a fixed mix of channels.

Citizens who rate a counter choose themselves.  An interval around their share covers chance only if they were like a
random sample; nothing in the answers can show that they are.  What can be said without any assumption are bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.composite import stratified_mean_score, stratified_share
from analysis.moments import HIGHEST_SCORE, LOWEST_SCORE, NothingRatedError
from analysis.results import Estimate, Interval


@dataclass(frozen=True, slots=True)
class Participation:
    """Answers against finished transactions of the same period.

    Attributes:
        n: Respondents.
        population_size: Finished transactions N.
        rate: n / N, not capped.
        more_than_population: n > N: double answers, or an N that is wrong or of another period.  To be said loudly.
    """

    n: int
    population_size: int
    rate: float
    more_than_population: bool


@dataclass(frozen=True, slots=True)
class MixEffect:
    """A change of a share or mean taken apart; the two parts add up to ``crude``.

    Attributes:
        crude: Later less earlier figure, as they stand.
        within: What it would have been with the average of both mixes.
        mix: What the change of the mix brings.
    """

    crude: float
    within: float
    mix: float


def participation(n: int, population_size: int) -> Participation:
    """Relate respondents to finished transactions.

    Raises:
        ValueError: A negative n or a population below 1.
    """
    if n < 0 or population_size < 1:
        msg = f"{n} respondents of {population_size} transactions; the first cannot be negative, the second not below 1"
        raise ValueError(msg)
    return Participation(n, population_size, n / population_size, n > population_size)


def silent_bounds(value: float, rate: float, *, lowest: float = 0.0, highest: float = 1.0) -> Interval:
    """Bound the figure of all transactions whatever the silent think: from r p to r p + 1 - r for a share.

    With shares of ``rate`` r who answered and ``value`` among them, the others may all be at ``lowest`` or all at
    ``highest``; for a mean score these are 1 and 5.  No assumption and no chance is involved; a rate above 1 counts
    as 1.  Horowitz, J. L. and Manski, C. F. (1998), Journal of Econometrics 84, 37-58.

    Raises:
        ValueError: A value outside its range or a rate that is not a number from 0 on.
    """
    if not lowest <= value <= highest or not rate >= 0.0:
        msg = f"value {value} must lie between {lowest} and {highest}, and rate {rate} must not be negative"
        raise ValueError(msg)
    answered = min(rate, 1.0)
    silent = 1.0 - answered
    low, high = (answered * value + silent * end for end in (lowest, highest))
    # Rounding must not push the value itself out of its bounds.
    return Interval(min(low, value), max(high, value))


def silent_mean_bounds(mean_score: float, rate: float) -> Interval:
    """Bound the mean score of all transactions: the silent may all have given 1, or all 5."""
    return silent_bounds(mean_score, rate, lowest=LOWEST_SCORE, highest=HIGHEST_SCORE)


def standardised_share(
    channels: Mapping[str, Estimate], mix: Mapping[str, float], *, confidence_level: float = 0.95
) -> Estimate:
    """Estimate the share under a fixed mix of channels: Σ m p with standard error √(Σ m² V), mixes scaled to 1.

    Two waves standardised to the same mix differ by what people said, not by how they were reached.  A channel whose
    answers are all the same is not taken as known (``composite.stratified_share``).  Channels outside the mix, or with
    weight 0 in it, are left out.

    Raises:
        NothingRatedError: A channel of the mix has no estimate.
        ValueError: A mix that has nothing above 0 or something below it.
    """
    children, weights = _mixed(channels, mix)
    return stratified_share(children, weights, confidence_level=confidence_level)


def standardised_mean_score(
    channels: Mapping[str, Estimate], mix: Mapping[str, float], *, confidence_level: float = 0.95
) -> Estimate:
    """Estimate the mean score under a fixed mix of channels; arguments and errors as in ``standardised_share``."""
    children, weights = _mixed(channels, mix)
    return stratified_mean_score(children, weights, confidence_level=confidence_level)


def mix_effect(earlier: Mapping[str, tuple[float, int]], later: Mapping[str, tuple[float, int]]) -> MixEffect:
    """Take a change apart into a change within channels and a change of their mix.

    Kitagawa, E. M. (1955), J. Amer. Stat. Assoc. 50, 1168-1194: within = Σ (m + m')/2 (p' - p) and
    mix = Σ (m' - m) (p + p')/2, m being the share of answers that came by the channel.

    Args:
        earlier: By channel, the figure and the answers it stands on.
        later: Likewise.

    Raises:
        NothingRatedError: A channel is missing, or empty, in one of the two: then nothing can be taken apart.
    """
    for channel in sorted({*earlier, *later}):
        if not (earlier.get(channel, (0.0, 0))[1] > 0 and later.get(channel, (0.0, 0))[1] > 0):
            msg = f"channel {channel} has no answers in one of the two periods; the change cannot be taken apart"
            raise NothingRatedError(msg)
    before, after = (sum(n for _, n in channels.values()) for channels in (earlier, later))
    within = mix = 0.0
    for channel, (value, n) in earlier.items():
        later_value, later_n = later[channel]
        share, later_share = n / before, later_n / after
        within += (share + later_share) / 2.0 * (later_value - value)
        mix += (later_share - share) * (value + later_value) / 2.0
    return MixEffect(within + mix, within, mix)


def _mixed(channels: Mapping[str, Estimate], mix: Mapping[str, float]) -> tuple[list[Estimate], list[float]]:
    if any(not weight >= 0.0 for weight in mix.values()) or not any(mix.values()):
        msg = f"the mix is {dict(mix)}; its weights cannot be negative, and not all 0"
        raise ValueError(msg)
    used = [channel for channel, weight in mix.items() if weight > 0.0]
    missing = [channel for channel in used if channel not in channels]
    if missing:
        msg = f"nobody answered by {missing[0]}, which the fixed mix needs; leave it out of the mix and say so"
        raise NothingRatedError(msg)
    return [channels[channel] for channel in used], [mix[channel] for channel in used]
