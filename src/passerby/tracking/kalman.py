"""A constant-velocity Kalman filter over many boxes at once.

Each of a box's four coordinates (centre x, centre y, width, height) is filtered on its own,
with white-noise acceleration scaled by the box's height: people near the camera move more
pixels a second. See Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking
and Navigation" (2001), section 6.2.2, for the process noise.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes

__all__ = ["BoxStates", "correct", "joined", "predict", "start"]

_Array = npt.NDArray[np.float64]

ACCELERATION_NOISE = 0.35
"""Spread of a person's velocity after one second, in heights a second."""
MEASUREMENT_NOISE = 0.08
"""Spread of a detector's box sides, in heights, unless told otherwise."""
START_VELOCITY_NOISE = 1.0
"""Spread of the unknown velocity of a new track, in heights a second."""


@dataclass(frozen=True, slots=True)
class BoxStates:
    """What is believed about n boxes.

    Attributes:
        position: Shape (n, 4): centre x, centre y, width, height in pixels.
        velocity: Shape (n, 4): their change in pixels a second.
        covariance: Shape (n, 4, 3): for each coordinate the variance of its position, the
            covariance of position and velocity, and the variance of its velocity.
    """

    position: _Array
    velocity: _Array
    covariance: _Array

    def __len__(self) -> int:
        return len(self.position)

    def __getitem__(self, chosen: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "BoxStates":
        return BoxStates(self.position[chosen], self.velocity[chosen], self.covariance[chosen])

    @property
    def boxes(self) -> Boxes:
        """The believed boxes, shape (n, 4): left, top, right, bottom."""
        centre, size = self.position[:, :2], np.maximum(self.position[:, 2:], 1)
        return np.concatenate([centre - size / 2, centre + size / 2], axis=1).astype(np.float32)


def _measured(boxes: Boxes) -> _Array:
    """Left, top, right, bottom -> centre x, centre y, width, height; shape (n, 4) both ways."""
    return np.concatenate(
        [(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1
    ).astype(np.float64)


def start(boxes: Boxes, noise: float = MEASUREMENT_NOISE) -> BoxStates:
    """Believe in new boxes, shape (n, 4), of unknown velocity.

    Args:
        boxes: As measured.
        noise: Spread of their sides, in heights.
    """
    position = _measured(boxes)
    height = np.maximum(position[:, 3:4], 1)
    covariance = np.zeros((*position.shape, 3))
    covariance[..., 0] = (noise * height) ** 2
    covariance[..., 2] = (START_VELOCITY_NOISE * height) ** 2
    covariance[:, 2:, 2] /= 16  # sizes change much more slowly than places
    return BoxStates(position, np.zeros_like(position), covariance)


def predict(states: BoxStates, seconds: float) -> BoxStates:
    """Move all boxes ``seconds`` ahead; the belief widens."""
    height = np.maximum(states.position[:, 3:4], 1)
    noise = np.broadcast_to((ACCELERATION_NOISE * height) ** 2, states.position.shape).copy()
    noise[:, 2:] /= 16
    place, shared, speed = np.moveaxis(states.covariance, -1, 0)
    covariance = np.stack(
        [
            place + 2 * seconds * shared + seconds**2 * speed + noise * seconds**3 / 3,
            shared + seconds * speed + noise * seconds**2 / 2,
            speed + noise * seconds,
        ],
        axis=-1,
    )
    return BoxStates(states.position + seconds * states.velocity, states.velocity, covariance)


def correct(states: BoxStates, boxes: Boxes, noise: float = MEASUREMENT_NOISE) -> BoxStates:
    """Take in one measured box for each state.

    Args:
        states: What was believed.
        boxes: As measured, shape (n, 4).
        noise: Spread of their sides, in heights.
    """
    position = _measured(boxes)
    variance = (noise * np.maximum(position[:, 3:4], 1)) ** 2
    place, shared, speed = np.moveaxis(states.covariance, -1, 0)
    gain_place, gain_speed = place / (place + variance), shared / (place + variance)
    surprise = position - states.position
    covariance = np.stack(
        [(1 - gain_place) * place, (1 - gain_place) * shared, speed - gain_speed * shared], axis=-1
    )
    return BoxStates(
        states.position + gain_place * surprise,
        states.velocity + gain_speed * surprise,
        covariance,
    )


def joined(first: BoxStates, second: BoxStates) -> BoxStates:
    """Both in one, in order."""
    return BoxStates(
        np.concatenate([first.position, second.position]),
        np.concatenate([first.velocity, second.velocity]),
        np.concatenate([first.covariance, second.covariance]),
    )
