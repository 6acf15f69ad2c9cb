"""The filter against one written with matrices, coordinate by coordinate."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from passerby.tracking import kalman

STEPS = (0.04, 0.12, 0.0, 0.3, 1.0, 0.12)


@dataclass
class TextbookFilter:
    """One coordinate: x = Fx, P = FPF' + Q; K = PH' / (HPH' + R), x += K(z - Hx), P = (I - KH)P."""

    place: float
    place_noise: float
    velocity_noise: float
    state: np.ndarray = field(init=False)
    covariance: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.state = np.array([self.place, 0.0])
        self.covariance = np.diag([self.place_noise**2, self.velocity_noise**2])

    def predict(self, dt: float, acceleration_noise: float) -> None:
        f = np.array([[1, dt], [0, 1]])
        q = np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]) * acceleration_noise**2
        self.state = f @ self.state
        self.covariance = f @ self.covariance @ f.T + q

    def correct(self, measured: float, noise: float) -> None:
        h = np.array([[1.0, 0.0]])
        k = self.covariance @ h.T @ np.linalg.inv(h @ self.covariance @ h.T + noise**2)
        self.state = self.state + (k * (measured - h @ self.state)).ravel()
        self.covariance = (np.eye(2) - k @ h) @ self.covariance


def measured(box: np.ndarray) -> np.ndarray:
    left, top, right, bottom = (float(side) for side in box)
    return np.array([(left + right) / 2, (top + bottom) / 2, right - left, bottom - top])


def textbook_run(boxes: np.ndarray) -> list[TextbookFilter]:
    """Filter the boxes of one person, shape (steps + 1, 4); sizes change a quarter as fast."""
    first = measured(boxes[0])
    height = first[3]
    filters = [
        TextbookFilter(
            first[coordinate],
            kalman.MEASUREMENT_NOISE * height,
            kalman.START_VELOCITY_NOISE * height / (1 if coordinate < 2 else 4),
        )
        for coordinate in range(4)
    ]
    for dt, box in zip(STEPS, boxes[1:], strict=True):
        believed_height = filters[3].state[0]
        for coordinate, one in enumerate(filters):
            slower = 1 if coordinate < 2 else 4
            one.predict(dt, kalman.ACCELERATION_NOISE * believed_height / slower)
        values = measured(box)
        for coordinate, one in enumerate(filters):
            one.correct(values[coordinate], kalman.MEASUREMENT_NOISE * values[3])
    return filters


def random_boxes(seed: int, *shape: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 500, (*shape, 2))
    size = rng.integers((10, 40), (60, 200), (*shape, 2))
    return np.concatenate([corner, corner + size], axis=-1).astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_many_boxes_at_once_are_as_each_on_its_own_in_matrices(seed: int) -> None:
    boxes = random_boxes(seed, len(STEPS) + 1, 5)
    states = kalman.start(boxes[0])
    for dt, seen in zip(STEPS, boxes[1:], strict=True):
        states = kalman.correct(kalman.predict(states, dt), seen)
    for person in range(5):
        for coordinate, one in enumerate(textbook_run(boxes[:, person])):
            covariance = states.covariance[person, coordinate]
            assert states.position[person, coordinate] == pytest.approx(one.state[0])
            assert states.velocity[person, coordinate] == pytest.approx(one.state[1])
            assert covariance == pytest.approx(one.covariance.ravel()[[0, 1, 3]])


def test_a_start_is_what_was_measured() -> None:
    boxes = random_boxes(3, 4)
    states = kalman.start(boxes)
    assert len(states) == 4
    assert not states.velocity.any()
    np.testing.assert_allclose(states.boxes, boxes, atol=1e-3)


def test_no_time_changes_nothing() -> None:
    states = kalman.predict(kalman.start(random_boxes(4, 3)), 0.5)
    same = kalman.predict(states, 0)
    np.testing.assert_array_equal(same.position, states.position)
    np.testing.assert_array_equal(same.velocity, states.velocity)
    np.testing.assert_array_equal(same.covariance, states.covariance)


def test_two_short_steps_are_one_long_one() -> None:
    states = kalman.start(random_boxes(5, 3))
    once = kalman.predict(states, 0.6)
    twice = kalman.predict(kalman.predict(states, 0.2), 0.4)
    np.testing.assert_allclose(twice.position, once.position)
    np.testing.assert_allclose(twice.covariance, once.covariance)


def test_the_velocity_of_straight_motion_is_learned() -> None:
    velocity = np.array([30.0, -12.0])
    start = np.array([[100, 200, 130, 300]], np.float32)
    states = kalman.start(start)
    for step in range(1, 40):
        seen = start + np.tile(velocity, 2) * 0.1 * step
        states = kalman.correct(kalman.predict(states, 0.1), seen.astype(np.float32))
    np.testing.assert_allclose(states.velocity[0], [*velocity, 0, 0], atol=0.3)
    expected = start + np.tile(velocity, 2) * (3.9 + 0.5)
    np.testing.assert_allclose(kalman.predict(states, 0.5).boxes, expected, atol=0.5)


def test_belief_narrows_with_each_box_and_widens_with_time() -> None:
    boxes = random_boxes(6, 2)
    states = kalman.start(boxes)
    seen = kalman.correct(states, boxes)
    assert (seen.covariance[..., 0] < states.covariance[..., 0]).all()
    waited = kalman.predict(seen, 1)
    assert (waited.covariance[..., 0] > seen.covariance[..., 0]).all()
    assert (waited.covariance[..., 2] > seen.covariance[..., 2]).all()


@pytest.mark.parametrize(
    "box",
    [(5, 5, 5, 5), (9, 9, 2, 1), (0, 0, 0, 50), (0, 0, 50, 0), (-1e7, -1e7, 1e7, 1e7)],
    ids=["point", "swapped", "line down", "line across", "huge"],
)
def test_boxes_without_a_sensible_size_stay_numbers(box: tuple[float, ...]) -> None:
    boxes = np.array([box], np.float32)
    states = kalman.start(boxes)
    for _ in range(20):
        states = kalman.correct(kalman.predict(states, 0.3), boxes)
    states = kalman.predict(states, 60)
    for values in (states.position, states.velocity, states.covariance, states.boxes):
        assert np.isfinite(values).all()
    assert (states.boxes[:, 2:] > states.boxes[:, :2]).all()


def test_nobody_stays_nobody() -> None:
    empty = np.zeros((0, 4), np.float32)
    states = kalman.correct(kalman.predict(kalman.start(empty), 1), empty)
    assert len(states) == 0
    assert states.boxes.shape == (0, 4)


def test_choosing_and_joining_keep_the_order() -> None:
    states = kalman.predict(kalman.start(random_boxes(7, 5)), 0.5)
    chosen = np.array([True, False, True, False, True])
    put_together = kalman.joined(states[chosen], states[np.flatnonzero(~chosen)])
    order = [0, 2, 4, 1, 3]
    np.testing.assert_array_equal(put_together.position, states.position[order])
    np.testing.assert_array_equal(put_together.velocity, states.velocity[order])
    np.testing.assert_array_equal(put_together.covariance, states.covariance[order])


# --- Backwards in time ---------------------------------------------------------------------


class Batch:
    """One coordinate at k times as one joint Gaussian, conditioned on what was measured.

    Nothing of a filter is in it: the mean and covariance of all places and velocities follow from
    those at the start, and then one system of equations is solved.
    """

    def __init__(self, times: np.ndarray, start: np.ndarray, spread: np.ndarray, noise: float):
        count = len(times)
        self.mean, self.covariance = np.zeros(2 * count), np.zeros((2 * count, 2 * count))
        moves = [np.eye(2)]
        block = np.diag(spread**2)
        blocks = [block]
        for dt in np.diff(times):
            f = np.array([[1, dt], [0, 1]])
            q = np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]) * noise**2
            moves.append(f)
            blocks.append(f @ blocks[-1] @ f.T + q)
        for i in range(count):
            onward = np.eye(2)
            for j in range(i, count):
                onward = onward if j == i else moves[j] @ onward
                covariance = onward @ blocks[i]
                self.covariance[2 * j : 2 * j + 2, 2 * i : 2 * i + 2] = covariance
                self.covariance[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = covariance.T
            self.mean[2 * i : 2 * i + 2] = np.linalg.multi_dot([*moves[i::-1], start])

    def given(self, measured: dict[int, tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
        """Means and covariances, (k, 2) and (k, 2, 2), given places and their spread at times."""
        rows = [2 * number for number in measured]
        values = np.array([value for value, _ in measured.values()])
        noise = np.diag([spread**2 for _, spread in measured.values()])
        gain = self.covariance[:, rows] @ np.linalg.inv(self.covariance[np.ix_(rows, rows)] + noise)
        mean = self.mean + gain @ (values - self.mean[rows])
        covariance = self.covariance - gain @ self.covariance[rows]
        count = len(mean) // 2
        own = [covariance[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] for i in range(count)]
        return mean.reshape(count, 2), np.array(own)


TIMES = np.array([0.0, 0.12, 0.24, 0.5, 0.62, 1.3])
HEIGHT = 100.0
SPREADS = kalman.MEASUREMENT_NOISE * HEIGHT, kalman.START_VELOCITY_NOISE * HEIGHT


def person_at(x: float) -> np.ndarray:
    return np.array([[x - 20, 50, x + 20, 50 + HEIGHT]], np.float32)


def filtered(places: dict[int, float]) -> kalman.BoxStates:
    """What is believed at each of the times; where no place is given, nothing was measured."""
    states = [kalman.start(person_at(places[0]))]
    for number, dt in enumerate(np.diff(TIMES), 1):
        ahead = kalman.predict(states[-1], float(dt))
        seen = number in places
        states.append(kalman.correct(ahead, person_at(places[number])) if seen else ahead)
    return kalman.BoxStates(
        *(
            np.stack([getattr(one, name) for one in states])
            for name in ("position", "velocity", "covariance")
        )
    )


def batch(times: np.ndarray, places: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    start = np.array([places[0], 0.0])
    prior = Batch(times, start, np.array(SPREADS), kalman.ACCELERATION_NOISE * HEIGHT)
    measured = {number: (place, SPREADS[0]) for number, place in places.items() if number}
    return prior.given(measured)


@pytest.mark.parametrize(
    "places",
    [
        {0: 100.0, 1: 104.0, 2: 111.0, 3: 118.0, 4: 130.0, 5: 160.0},
        {0: 100.0, 4: 90.0, 5: 60.0},
        {0: 100.0, 1: 140.0},
    ],
    ids=["all", "a gap", "an end"],
)
def test_smoothing_is_what_all_measurements_say_at_once(places: dict[int, float]) -> None:
    states = filtered(places)
    known = np.ones((len(TIMES), 1), np.bool_)
    found = kalman.smoothed(states, known, np.diff(TIMES))
    mean, covariance = batch(TIMES, places)
    np.testing.assert_allclose(found.position[:, 0, 0], mean[:, 0], rtol=1e-9)
    np.testing.assert_allclose(found.velocity[:, 0, 0], mean[:, 1], rtol=1e-7, atol=1e-7)
    expected = covariance[:, [0, 0, 1], [0, 1, 1]]
    np.testing.assert_allclose(found.covariance[:, 0, 0], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_between_two_smoothed_states_is_where_all_measurements_put_it(share: float) -> None:
    places = {0: 100.0, 1: 104.0, 2: 111.0, 3: 118.0, 4: 130.0, 5: 160.0}
    known = np.ones((len(TIMES), 1), np.bool_)
    found = kalman.smoothed(filtered(places), known, np.diff(TIMES))
    seconds = float(TIMES[3] - TIMES[2])
    middle = kalman.between(found[2], found[3], seconds, share)
    times = np.insert(TIMES, 3, TIMES[2] + share * seconds)
    later = {number + (number > 2): place for number, place in places.items()}
    mean, _ = batch(times, later)
    assert middle.position[0, 0] == pytest.approx(mean[3, 0])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_between_two_exactly_known_states_is_only_the_doubt_of_the_bridge(share: float) -> None:
    """From the joint Gaussian of three times, given the places and velocities of two."""
    seconds = 0.7
    times = np.array([0, share * seconds, seconds])
    prior = Batch(times, np.zeros(2), np.array([1e3, 1e3]), kalman.ACCELERATION_NOISE * HEIGHT)
    ends, inside = [0, 1, 4, 5], [2, 3]
    c = prior.covariance
    left = c[np.ix_(inside, ends)] @ np.linalg.inv(c[np.ix_(ends, ends)]) @ c[np.ix_(ends, inside)]
    expected = (c[np.ix_(inside, inside)] - left)[0, 0]
    exact = kalman.start(person_at(0), noise=0)
    exact.covariance[:] = 0
    found = kalman.between(exact, exact, seconds, share)
    assert found.covariance[0, 0, 0] == pytest.approx(expected, rel=1e-3)


def test_a_box_that_is_known_later_is_moved_back_and_one_that_is_gone_moved_on() -> None:
    states = filtered({0: 100.0, 1: 104.0, 2: 111.0, 3: 118.0, 4: 130.0, 5: 160.0})
    both = kalman.BoxStates(
        *(
            np.concatenate([getattr(states, name)] * 2, axis=1)
            for name in ("position", "velocity", "covariance")
        )
    )
    known = np.ones((len(TIMES), 2), np.bool_)
    known[:3, 0], known[3:, 1] = False, False
    found = kalman.smoothed(both, known, np.diff(TIMES))
    before = kalman.predict(found[3, :1], float(TIMES[2] - TIMES[3]))
    np.testing.assert_allclose(found.position[2, :1], before.position)
    np.testing.assert_allclose(found.covariance[2, :1], before.covariance)
    after = kalman.predict(found[2, 1:], float(TIMES[3] - TIMES[2]))
    np.testing.assert_allclose(found.position[3, 1:], after.position)
    np.testing.assert_allclose(found.position[2, 1], states.position[2, 0])


def test_what_moves_faster_is_less_certain() -> None:
    states = kalman.start(np.concatenate([person_at(100)] * 2), pace=np.array([1.0, 5.0]))
    ahead = kalman.predict(states, 0.4, np.array([1.0, 5.0]))
    assert ahead.spread[1] > 3 * ahead.spread[0]
