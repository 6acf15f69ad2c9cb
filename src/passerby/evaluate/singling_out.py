"""Can one person be singled out of N?

WP29 opinion 05/2014 and recital 26 of the GDPR ask so. Whoever has seen somebody once has a
predicate: "at least this like what I saw". It singles out if it holds for exactly one of N people.
The threshold is set on other sightings of the same people so that a predicate holds for one of N in
the mean, which anybody can do who knows N. A predicate that knows nothing holds for each of them
with probability 1/N, and then for exactly one with (1 - 1/N)^(N-1), about 1/e = 37 %: that is what
guessing reaches, and not 0.
"""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Figures

__all__ = ["singled_out", "singled_out_by_chance"]

_Scores = npt.NDArray[np.floating]


def singled_out_by_chance(population: int) -> float:
    """Return how often a predicate that knows nothing holds for exactly one of N people.

    Example:
        >>> round(singled_out_by_chance(50), 3)
        0.372
    """
    return float((1 - 1 / population) ** (population - 1))


def singled_out(
    calibration: _Scores, test: _Scores, population: int, *, draws: int = 20, seed: int = 0
) -> Figures:
    """Return how often the predicate of each person holds for exactly one of N people.

    Where scores equal the threshold, the predicate holds with the probability that makes it hold
    for one of N in the mean. So scores that are all the same reach chance exactly.

    Args:
        calibration: Shape (m, m): how like person i's first sighting another one of person j is;
            the greater, the more alike.
        test: The same for further sightings.
        population: N, from 2 to m.
        draws: How many times N of the m people are drawn, where N is below m.
        seed: Of the draws.

    Returns:
        Shape (m,); NaN for people who were in no draw.

    Raises:
        ConfigError: If N is out of range.
        InputError: If the shapes do not fit, or a score is NaN.
    """
    people = len(calibration)
    if calibration.shape != (people, people) or test.shape != calibration.shape:
        raise InputError(
            f"scores have the shapes {calibration.shape} and {test.shape}: give both as "
            "(people, people)"
        )
    if np.isnan(calibration).any() or np.isnan(test).any():
        raise InputError("a score is NaN: check the network that made the signatures")
    if not 2 <= population <= people:
        raise ConfigError(f"{people} people cannot be {population}: choose from 2 to {people}")
    rng = np.random.default_rng(seed)
    whole = population == people
    chosen = [
        np.arange(people) if whole else rng.choice(people, population, replace=False)
        for _ in range(1 if whole else draws)
    ]
    sums, counts = np.zeros(people), np.zeros(people)
    for drawn in chosen:
        square = np.ix_(drawn, drawn)
        sums[drawn] += _exactly_one(calibration[square], test[square])
        counts[drawn] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / counts)


def _exactly_one(calibration: _Scores, test: _Scores) -> Figures:
    """The probability that each row's predicate holds for exactly one column; shape (n,)."""
    wanted = len(calibration)
    threshold = np.partition(calibration, -wanted, axis=None)[-wanted]
    above = np.count_nonzero(calibration > threshold)
    at = np.count_nonzero(calibration == threshold)
    share = (wanted - above) / at
    sure = np.count_nonzero(test > threshold, axis=1)
    maybe = np.count_nonzero(test == threshold, axis=1)
    none_of_maybe = (1 - share) ** maybe
    one_of_maybe = maybe * share * (1 - share) ** np.maximum(maybe - 1, 0)
    return np.where(sure == 0, one_of_maybe, np.where(sure == 1, none_of_maybe, 0.0))
