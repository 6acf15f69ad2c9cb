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
