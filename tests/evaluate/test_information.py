import numpy as np
import pytest
from scipy.special import log_softmax

from passerby.errors import ConfigError, InputError
from passerby.evaluate.information import (
    bayes_error_floor,
    coded_bits,
    fano_bits,
    fitted_temperature,
    gain_over_guessing,
    most_correct,
    pointwise_bits,
)


def test_fano_of_published_figures():
    assert fano_bits(0.643, 750) == pytest.approx(5.2, abs=0.05)
    assert fano_bits(0.20, 750) == pytest.approx(1.2, abs=0.05)
    assert fano_bits(0.05, 750) == pytest.approx(0.19, abs=0.005)
    assert fano_bits(1, 8) == 3
    assert fano_bits(0, 8) == 0


@pytest.mark.parametrize("people", [2, 10, 750])
@pytest.mark.parametrize("correct", [0.5, 0.8, 0.99])
def test_fano_holds_for_a_channel_whose_information_is_known(people, correct):
    joint = np.full((people, people), (1 - correct) / (people - 1) / people)
    np.fill_diagonal(joint, correct / people)
    information = (joint * np.log2(joint * people**2)).sum()
    assert fano_bits(correct, people) == pytest.approx(information, abs=1e-9)


@pytest.mark.parametrize("correct", [0.01, 0.3, 0.9])
def test_most_correct_is_fano_turned_round(correct):
    assert most_correct(fano_bits(correct, 200), 200) == pytest.approx(correct, abs=1e-9)


def test_gain_and_codes():
    assert gain_over_guessing(0.5, 1 / 50) == 25
    assert coded_bits(1) == 0


def test_the_floor_of_the_error_is_between_half_and_all_of_the_neighbours():
    for error in (0.1, 0.4):
        floor = bayes_error_floor(error, 100)
        assert error / 2 <= floor <= error
        back = floor * (2 - 100 / 99 * floor)  # the upper bound of Cover and Hart
        assert back == pytest.approx(error)


def test_bits_are_those_of_a_softmax_with_a_doubt():
    scores = np.random.default_rng(0).normal(size=(6, 9))
    matches = np.arange(6)
    share = np.exp(log_softmax(scores / 0.7, axis=1)[np.arange(6), matches])
    expected = np.log2(9 * (0.95 * share + 0.05 / 9))
    np.testing.assert_allclose(pointwise_bits(scores, matches, 0.7), expected)


def test_scores_that_say_nothing_have_no_bits_and_sure_ones_nearly_all():
    matches = np.arange(16)
    np.testing.assert_allclose(pointwise_bits(np.zeros((16, 16)), matches, 1), 0, atol=1e-12)
    sure = pointwise_bits(np.eye(16) * 100, matches, 1)
    np.testing.assert_allclose(sure, np.log2(16 * 0.95 + 0.05))


def test_shuffled_people_give_no_bits_beyond_their_interval():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(40):
        held, scores = rng.normal(size=(2, 25, 25))
        temperature = fitted_temperature(held, np.arange(25))
        found.append(pointwise_bits(scores, np.arange(25), temperature).mean())
    assert np.mean(found) < 2 * np.std(found) / 40**0.5


def test_the_temperature_finds_how_sure_an_attacker_may_be():
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(400, 30))
    scores[np.arange(400), np.arange(400) % 30] += 2
    found = fitted_temperature(scores, np.arange(400) % 30)
    assert found == pytest.approx(0.5, rel=0.25)  # the ratio of likelihoods of N(2, 1) and N(0, 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: fano_bits(0.5, 1),
        lambda: fano_bits(1.1, 10),
        lambda: most_correct(-1, 10),
        lambda: most_correct(float("nan"), 10),
        lambda: gain_over_guessing(0.5, 0),
        lambda: coded_bits(0),
        lambda: bayes_error_floor(2, 10),
        lambda: pointwise_bits(np.eye(2), np.arange(2), 0),
    ],
)
def test_values_out_of_range_are_refused(call):
    with pytest.raises(ConfigError):
        call()


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="n, N"):
        pointwise_bits(np.eye(3), np.arange(2), 1)
    with pytest.raises(InputError, match="finite"):
        pointwise_bits(np.full((2, 2), np.nan), np.arange(2), 1)
