import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.singling_out import singled_out, singled_out_by_chance


@pytest.mark.parametrize("people", [2, 10, 50])
def test_scores_that_are_all_the_same_reach_chance_exactly(people):
    same = np.ones((people, people))
    np.testing.assert_allclose(singled_out(same, same, people), singled_out_by_chance(people))


def test_chance_goes_to_one_over_e():
    assert singled_out_by_chance(100_000) == pytest.approx(np.exp(-1), abs=1e-5)


def test_scores_that_say_nothing_reach_chance_and_perfect_ones_reach_1():
    rng = np.random.default_rng(0)
    found = [singled_out(*rng.random((2, 30, 30)), 30).mean() for _ in range(300)]
    assert np.mean(found) == pytest.approx(singled_out_by_chance(30), abs=0.02)
    assert (singled_out(np.eye(30), np.eye(30), 30) == 1).all()


def test_the_threshold_is_learned_on_calibration_and_counted_on_test():
    calibration = np.array([[5.0, 1], [2, 4]])  # a predicate holds from 4 on
    test = np.array([[3.0, 1], [3, 4]])
    assert singled_out(calibration, test, 2).tolist() == [0, 1]  # it holds for none; for one
    assert singled_out(calibration, test + 1, 2).tolist() == [1, 0]  # for one; for two


def test_ties_at_the_threshold_count_in_part():
    calibration = np.array([[1.0, 0, 0], [1, 1, 0], [1, 0, 0]])  # four share three places
    (_, second, _) = singled_out(calibration, calibration, 3)
    assert second == pytest.approx(2 * 0.75 * 0.25)


def test_a_part_of_the_people_is_drawn_many_times():
    found = singled_out(np.eye(12), np.eye(12), 5, draws=30, seed=1)
    assert (found == 1).all()
    assert np.isnan(singled_out(np.eye(12), np.eye(12), 5, draws=1)).sum() == 7


@pytest.mark.parametrize("population", [1, 4])
def test_a_population_out_of_range_is_refused(population):
    with pytest.raises(ConfigError, match="3 people"):
        singled_out(np.eye(3), np.eye(3), population)


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="people, people"):
        singled_out(np.eye(3), np.eye(4), 3)
    with pytest.raises(InputError, match="NaN"):
        singled_out(np.full((3, 3), np.nan), np.eye(3), 3)
