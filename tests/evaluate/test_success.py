import numpy as np
import pytest
from scipy.stats import beta, bootstrap
from sklearn.metrics import balanced_accuracy_score

from passerby.errors import ConfigError, InputError
from passerby.evaluate.success import clopper_pearson, success_rate


@pytest.mark.parametrize(
    ("hits", "trials"), [(0, 300), (0, 1), (1, 10), (5, 20), (19, 20), (20, 20), (100, 3000)]
)
def test_the_exact_interval_is_that_of_the_beta_distribution(hits, trials):
    error = 0.05 if hits in (0, trials) else 0.025
    found = clopper_pearson(hits, trials)
    low = beta.ppf(error, hits, trials - hits + 1) if hits else 0
    high = beta.ppf(1 - error, hits + 1, trials - hits) if hits < trials else 1
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_no_hit_of_market_s_people_is_no_proof_of_a_tenth_of_a_per_cent():
    assert clopper_pearson(0, 750).high == pytest.approx(0.004, abs=1e-4)


def test_the_interval_is_that_of_scipy_where_each_person_has_one_figure():
    values = np.random.default_rng(0).beta(1, 3, 60)
    found = success_rate(values, np.arange(60))
    other = bootstrap((values,), np.mean, n_resamples=20_000, rng=1, method="BCa")
    ends = other.confidence_interval
    assert found.value == pytest.approx(values.mean())
    assert found.interval.low == pytest.approx(ends.low, abs=0.004)
    assert found.interval.high == pytest.approx(ends.high, abs=0.004)


def covered(people: int, tries: int, mean: float, repeats: int) -> float:
    """How often the interval holds the truth, where people differ."""
    rng = np.random.default_rng([people, tries])
    hits = 0
    for number in range(repeats):
        chances = rng.beta(2 * mean, 2 * (1 - mean), people)
        successes = rng.binomial(1, chances[:, None], (people, tries)).ravel().astype(float)
        found = success_rate(successes, np.repeat(np.arange(people), tries), seed=number)
        hits += found.interval.low <= mean <= found.interval.high
    return hits / repeats


@pytest.mark.slow
@pytest.mark.parametrize(("people", "mean"), [(60, 0.3), (100, 0.1)])
def test_intervals_hold_the_truth_as_often_as_they_say(people, mean):
    """Within three standard errors of 95 %, counted over 400 repetitions."""
    assert 0.93 - 0.01 <= covered(people, 4, mean, 400) <= 0.97 + 0.01


def test_drawing_tries_one_by_one_would_be_too_sure():
    ids = np.repeat(np.arange(20), 10)
    successes = (ids % 2).astype(float)  # each person always, or never
    found = success_rate(successes, ids).interval
    assert found.high - found.low > 0.35  # about 0.44 of 20 people; of 200 tries, 0.14


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nothing_but_misses_or_hits_have_the_exact_interval_of_people(value):
    found = success_rate(np.full(90, value), np.repeat(np.arange(30), 3))
    assert found.interval == clopper_pearson(30 * int(value), 30)


def test_successes_that_are_all_the_same_have_an_interval_of_no_width():
    found = success_rate(np.full(10, 0.1), np.arange(10))
    assert (found.interval.low, found.interval.high) == pytest.approx((0.1, 0.1))


def test_what_is_not_known_counts_for_nothing():
    found = success_rate(np.array([1.0, np.nan, 0.0]), np.array([1, 2, 3]))
    assert found.value == 0.5


def test_weights_make_each_class_count_the_same():
    hits = np.array([1.0, 1, 1, 1, 1, 0, 0, 0])
    classes = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    found = success_rate(hits, np.arange(8), weights=1 / np.bincount(classes)[classes])
    assert found.value == pytest.approx(
        balanced_accuracy_score(classes, np.where(hits, classes, 1 - classes))
    )
    assert found.value == pytest.approx(5 / 6 / 2)


def test_equal_weights_change_nothing():
    hits = np.random.default_rng(3).integers(0, 2, 90).astype(float)
    people = np.repeat(np.arange(30), 3)
    weighed = success_rate(hits, people, weights=np.full(90, 0.25))
    plain = success_rate(hits, people)
    assert (weighed.value, weighed.interval.low, weighed.interval.high) == pytest.approx(
        (plain.value, plain.interval.low, plain.interval.high)
    )


def test_bad_figures_are_refused():
    with pytest.raises(InputError, match="3 hits in 2 trials"):
        clopper_pearson(3, 2)
    with pytest.raises(InputError, match="0 trials"):
        clopper_pearson(0, 0)
    with pytest.raises(ConfigError, match="confidence"):
        clopper_pearson(1, 2, 1.0)
    with pytest.raises(ConfigError, match="confidence"):
        success_rate(np.ones(2), np.arange(2), confidence=0)
    with pytest.raises(InputError, match="one person"):
        success_rate(np.ones(2), np.arange(3))
    with pytest.raises(InputError, match="nothing to take the mean of"):
        success_rate(np.full(2, np.nan), np.arange(2))
