"""Differential privacy of a site towards whoever sees all its updates.

In each round, a site clips its update to the norm C and adds Gaussian noise of the standard
deviation z C to each number. Data of another site in the place of its own would change the clipped
update by 2 C at most, so a round is Gaussian-DP with mu = 2 / z, and T rounds are with
mu = 2 sqrt(T) / z, exactly (Dong, Roth and Su 2022, corollaries 2 and 3, arXiv 1905.02383). All
sites take part in every round and the server knows it: nothing is gained by sampling.
"""

from math import exp, expm1, inf, sqrt

from passerby.errors import ConfigError

__all__ = ["delta_of", "epsilon_of"]

_STEPS = 200
"""Halvings of an interval, far more than a double has bits."""


def delta_of(epsilon: float, noise: float, rounds: int) -> float:
    """Return the delta that goes with an epsilon; see `epsilon_of`.

    Balle and Wang 2018, arXiv 1805.06530, theorem 8.
    """
    from scipy.special import log_ndtr  # noqa: PLC0415 - slow to import

    mu = 2 * sqrt(rounds) / noise
    here = float(log_ndtr(mu / 2 - epsilon / mu))
    there = epsilon + float(log_ndtr(-mu / 2 - epsilon / mu))
    return exp(here) * -expm1(min(there - here, 0.0))


def epsilon_of(noise: float, rounds: int, delta: float) -> float:
    """Return the epsilon of (epsilon, delta)-differential privacy.

    Args:
        noise: Standard deviation of the noise over the norm to which updates are clipped; 0 for
            none.
        rounds: In which a site sends an update, at least 1.
        delta: Above 0 and below 1.

    Returns:
        The smallest epsilon; infinite without noise.

    Raises:
        ConfigError: If a number is out of range.

    Example:
        >>> round(epsilon_of(noise=8.0, rounds=16, delta=1e-5), 2)
        4.38
    """
    if noise < 0 or rounds < 1 or not 0 < delta < 1:
        raise ConfigError(
            f"noise is {noise}, rounds {rounds} and delta {delta}: give at least 0, at least 1, "
            "and between 0 and 1"
        )
    if noise == 0:
        return inf
    low, high = 0.0, 1.0
    while delta_of(high, noise, rounds) > delta:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_of(middle, noise, rounds) > delta else (low, middle)
    return high
