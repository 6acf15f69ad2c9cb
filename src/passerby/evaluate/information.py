"""What an attack gives away, in bits, and what that says of attacks that nobody has tried.

The secret is who is shown, of N people, and it has log2 N bits. Attackers give lower bounds: they
know at least as much as they show. An upper bound needs more than attacks: coded output, or noise
of known strength.
"""

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, InputError
from passerby.evaluate.statistics import Figures

__all__ = [
    "bayes_error_floor",
    "coded_bits",
    "fano_bits",
    "fitted_temperature",
    "gain_over_guessing",
    "most_correct",
    "pointwise_bits",
]

_Scores = npt.NDArray[np.floating]
_DOUBT = 0.05
"""Probability that an attacker spreads over all candidates."""
_STEPS = 60
"""Of a bisection, and of a search over temperatures."""


def fano_bits(correct: float, people: int) -> float:
    """Return the least information, in bits, of an attacker who is right so often (Fano 1961).

    I >= log2 N - h(e) - e log2(N - 1), where e is how often the attacker errs and h the binary
    entropy; never below 0.

    Args:
        correct: Share of right answers, 0-1.
        people: N equally likely people, at least 2.

    Raises:
        ConfigError: If a value is out of range.

    Example:
        >>> round(fano_bits(0.643, 750), 2), fano_bits(1 / 750, 750)
        (5.2, 0.0)
    """
    _check_people(people)
    if not 0 <= correct <= 1:
        raise ConfigError(f"a share of right answers must be 0 to 1, not {correct}")
    if correct <= 1 / people:
        return 0.0
    error = 1 - correct
    entropy = -sum(share * np.log2(share) for share in (error, correct) if share > 0)
    return float(max(np.log2(people) - entropy - error * np.log2(people - 1), 0))


def most_correct(bits: float, people: int) -> float:
    """Return how often anybody can be right who has no more than so many bits: Fano, inverted.

    Args:
        bits: Upper bound on the information, such as `coded_bits`.
        people: N equally likely people, at least 2.

    Raises:
        ConfigError: If a value is out of range.

    Example:
        >>> round(most_correct(0, 10), 3), most_correct(20, 10)
        (0.1, 1.0)
    """
    _check_people(people)
    if not bits >= 0:
        raise ConfigError(f"information cannot be {bits} bits: give 0 or more")
    if bits >= np.log2(people):
        return 1.0
    low, high = 1 / people, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if fano_bits(middle, people) <= bits else (low, middle)
    return low


def gain_over_guessing(correct: float, chance: float) -> float:
    """Return how many times as often as by guessing an attacker is right.

    Its logarithm is the min-entropy leakage (Smith 2009).

    Raises:
        ConfigError: If the chance is not above 0.
    """
    if not 0 < chance <= 1:
        raise ConfigError(f"a chance must be above 0 and at most 1, not {chance}")
    return correct / chance


def coded_bits(outputs: int) -> float:
    """Return the most that outputs of so many kinds can say, in bits.

    Raises:
        ConfigError: If there are none.

    Example:
        >>> coded_bits(1), coded_bits(8)
        (0.0, 3.0)
    """
    if outputs < 1:
        raise ConfigError(f"{outputs} kinds of outputs: there is 1 or more")
    return float(np.log2(outputs))


def bayes_error_floor(neighbour_error: float, people: int) -> float:
    """Return the least error of any classifier, given the error of the nearest neighbour.

    Cover and Hart (1967): R* >= (N-1)/N (1 - sqrt(1 - N/(N-1) R)). It holds for many samples in
    one feature space, so here it is an estimate.

    Args:
        neighbour_error: Share of wrong answers, 0-1.
        people: N equally likely people, at least 2.

    Raises:
        ConfigError: If a value is out of range.

    Example:
        >>> bayes_error_floor(0, 10), round(bayes_error_floor(0.9, 10), 3)
        (0.0, 0.9)
    """
    _check_people(people)
    if not 0 <= neighbour_error <= 1:
        raise ConfigError(f"a share of wrong answers must be 0 to 1, not {neighbour_error}")
    most = (people - 1) / people
    return float(most * (1 - np.sqrt(max(1 - neighbour_error / most, 0))))


def pointwise_bits(scores: _Scores, matches: npt.NDArray[np.intp], temperature: float) -> Figures:
    """Return the pointwise V-information of each query about its match (Xu et al. 2020).

    It is log2 q + log2 N: what the attacker knows more than a guess. The probability q of the
    match is that of a softmax over the N candidates, of which 5 % are spread over all of them: who
    is never quite sure loses little by a mistake. Its mean over queries that the temperature was
    not fitted to is a lower bound on the information, less what its interval says. A query can
    have less than 0: then the attacker was sure of somebody else.

    Args:
        scores: Shape (n, N); the greater, the more alike.
        matches: Shape (n,), the column of each query's match.
        temperature: Scores are divided by it, above 0; see `fitted_temperature`.

    Raises:
        ConfigError: If the temperature is not above 0.
        InputError: If the shapes do not fit, or a score is not finite.
    """
    if not temperature > 0:
        raise ConfigError(f"a temperature must be above 0, not {temperature}")
    if scores.ndim != 2 or matches.shape != scores.shape[:1]:
        raise InputError(
            f"scores have shape {scores.shape} and matches {matches.shape}: give (n, N) and (n,)"
        )
    if not np.isfinite(scores).all():
        raise InputError("a score is not a finite number: check the network that gave it")
    scaled = np.asarray(scores, np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    likely = np.exp(scaled)
    people = scores.shape[1]
    share = likely[np.arange(len(likely)), matches] / likely.sum(axis=1)
    bits: Figures = np.log2(people * (1 - _DOUBT) * share + _DOUBT)
    return bits


def fitted_temperature(scores: _Scores, matches: npt.NDArray[np.intp]) -> float:
    """Return the temperature with the most bits, found on people who are not measured.

    Args:
        scores: As in `pointwise_bits`.
        matches: Likewise.

    Raises:
        InputError: As `pointwise_bits` does.
    """
    spread = float(np.std(scores)) or 1.0
    tried = spread * np.geomspace(0.01, 100, _STEPS)
    found = [pointwise_bits(scores, matches, float(one)).mean() for one in tried]
    return float(tried[int(np.argmax(found))])


def _check_people(people: int) -> None:
    if people < 2:
        raise ConfigError(f"{people} people: nothing has to be found out; give 2 or more")
