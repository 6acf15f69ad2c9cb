"""A constant-velocity Kalman filter over many boxes at once, forwards and backwards in time.

Each of a box's four coordinates (centre x, centre y, width, height) is filtered on its own, with
white-noise acceleration scaled by the box's height: people near the camera move more pixels a
second. See Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and
Navigation" (2001), section 6.2.2, for the process noise, and Rauch, Tung, Striebel, "Maximum
Likelihood Estimates of Linear Dynamic Systems" (AIAA Journal 3, 1965) for the way back.

Arrays may have any leading shape, written (...) below.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.detections import Boxes

__all__ = ["BoxStates", "between", "correct", "joined", "predict", "smoothed", "start"]

_Array = npt.NDArray[np.float64]

ACCELERATION_NOISE = 0.35
"""Spread of a person's velocity after one second, in heights a second."""
MEASUREMENT_NOISE = 0.08
"""Spread of a detector's box sides, in heights, unless told otherwise."""
START_VELOCITY_NOISE = 0.5
"""Spread of the unknown velocity of a new track, in heights a second."""
_SIZES = 1 / 16
"""Sizes change much more slowly than places: their variances are this share of those of places."""


@dataclass(frozen=True, slots=True)
class BoxStates:
    """What is believed about boxes.

    Attributes:
        position: Shape (..., 4): centre x, centre y, width, height in pixels.
        velocity: Shape (..., 4): their change in pixels a second.
        covariance: Shape (..., 4, 3): for each coordinate the variance of its position, the
            covariance of position and velocity, and the variance of its velocity.
    """

    position: _Array
    velocity: _Array
    covariance: _Array

    def __len__(self) -> int:
        return len(self.position)

    def __getitem__(self, chosen: Any) -> "BoxStates":  # noqa: ANN401 (whatever indexes arrays)
        return BoxStates(self.position[chosen], self.velocity[chosen], self.covariance[chosen])

    def put(self, chosen: Any, states: "BoxStates") -> None:  # noqa: ANN401
        """Overwrite the chosen boxes."""
        self.position[chosen] = states.position
        self.velocity[chosen] = states.velocity
        self.covariance[chosen] = states.covariance

    @property
    def boxes(self) -> Boxes:
        """The believed boxes, shape (..., 4): left, top, right, bottom."""
        centre, size = self.position[..., :2], np.maximum(self.position[..., 2:], 1)
        return np.concatenate([centre - size / 2, centre + size / 2], axis=-1).astype(np.float32)

    @property
    def spread(self) -> _Array:
        """Standard deviation of the place, in pixels, shape (...): of the less certain axis."""
        spread: _Array = np.sqrt(self.covariance[..., :2, 0].max(axis=-1).clip(0))
        return spread


def _measured(boxes: Boxes) -> _Array:
    """Left, top, right, bottom -> centre x, centre y, width, height; shape (..., 4) both ways."""
    return np.concatenate(
        [(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], axis=-1
    ).astype(np.float64)


def _heights(position: _Array) -> _Array:
    return np.maximum(position[..., 3:4], 1)


def start(
    boxes: Boxes, noise: npt.ArrayLike = MEASUREMENT_NOISE, pace: npt.ArrayLike = 1
) -> BoxStates:
    """Believe in new boxes of unknown velocity.

    Args:
        boxes: As measured, shape (..., 4).
        noise: Spread of their sides, in heights; scalar or (...).
        pace: How many times faster than a person each moves, in its own heights; likewise.
    """
    position = _measured(boxes)
    height = _heights(position)
    covariance = np.zeros((*position.shape, 3))
    covariance[..., 0] = (np.asarray(noise)[..., None] * height) ** 2
    covariance[..., 2] = (START_VELOCITY_NOISE * np.asarray(pace)[..., None] * height) ** 2
    covariance[..., 2:, 2] *= _SIZES
    return BoxStates(position, np.zeros_like(position), covariance)


def predict(states: BoxStates, seconds: float | _Array, pace: npt.ArrayLike = 1) -> BoxStates:
    """Move all boxes ``seconds`` ahead, or back if negative; the belief widens.

    Args:
        states: What was believed.
        seconds: How far; scalar, or of a shape that fits (..., 4).
        pace: See `start`.
    """
    noise = _process_noise(states, pace)
    place, shared, speed = np.moveaxis(states.covariance, -1, 0)
    span = np.abs(seconds)
    covariance = np.stack(
        [
            place + 2 * seconds * shared + seconds**2 * speed + noise * span**3 / 3,
            shared + seconds * speed + noise * seconds * span / 2,
            speed + noise * span,
        ],
        axis=-1,
    )
    return BoxStates(states.position + seconds * states.velocity, states.velocity, covariance)


def _process_noise(states: BoxStates, pace: npt.ArrayLike) -> _Array:
    """Spectral density of the acceleration, shape (..., 4)."""
    strength = ACCELERATION_NOISE * np.asarray(pace)[..., None] * _heights(states.position)
    noise = np.broadcast_to(strength**2, states.position.shape).copy()
    noise[..., 2:] *= _SIZES
    return noise


def correct(
    states: BoxStates,
    boxes: Boxes,
    noise: npt.ArrayLike = MEASUREMENT_NOISE,
    gate: float = np.inf,
) -> BoxStates:
    """Take in one measured box for each state.

    Args:
        states: What was believed.
        boxes: As measured, shape (..., 4).
        noise: Spread of their sides, in heights; scalar or (...).
        gate: How many standard deviations a box may be away from what was believed; one that is
            further away is believed less, so that it moves the state no more than one just there
            (Huber, "Robust Estimation of a Location Parameter", 1964).
    """
    position = _measured(boxes)
    variance = (np.asarray(noise)[..., None] * _heights(position)) ** 2
    place, shared, speed = np.moveaxis(states.covariance, -1, 0)
    surprise = position - states.position
    away = np.abs(surprise) / np.sqrt(place + variance)
    variance = variance * np.maximum(away.max(axis=-1, keepdims=True) / gate, 1) ** 4
    gain_place, gain_speed = place / (place + variance), shared / (place + variance)
    covariance = np.stack(
        [(1 - gain_place) * place, (1 - gain_place) * shared, speed - gain_speed * shared], axis=-1
    )
    return BoxStates(
        states.position + gain_place * surprise,
        states.velocity + gain_speed * surprise,
        covariance,
    )


def smoothed(
    states: BoxStates,
    known: npt.NDArray[np.bool_],
    seconds: npt.NDArray[np.float64],
    pace: npt.ArrayLike = 1,
) -> BoxStates:
    """Let what is known later say where boxes were at k times (Rauch-Tung-Striebel).

    Args:
        states: What was believed at each time from all that was measured before; shape (k, n, 4).
        known: Shape (k, n). A box that is not known yet at one time, but later, is moved back; one
            that is no longer known is moved on.
        seconds: Shape (k - 1,), between one time and the next, above 0.
        pace: See `start`; scalar or (n,).
    """
    spans = seconds[:, None, None]
    ahead = predict(states[:-1], spans, pace)
    place, shared, speed = np.moveaxis(states.covariance[:-1], -1, 0)
    over, across, under = np.moveaxis(ahead.covariance, -1, 0)
    # The gain C = P F' / E of a 2x2 problem, written out; F' carries the velocity over.
    first, second = place + spans * shared, shared + spans * speed
    size = over * under - across**2
    c00, c01 = (first * under - shared * across) / size, (shared * over - first * across) / size
    c10, c11 = (second * under - speed * across) / size, (speed * over - second * across) / size
    result = BoxStates(states.position.copy(), states.velocity.copy(), states.covariance.copy())
    for k in range(len(seconds) - 1, -1, -1):
        later, expected = result[k + 1], ahead[k]
        on = np.flatnonzero(known[k] & known[k + 1])
        moved = (later.position - expected.position)[on]
        faster = (later.velocity - expected.velocity)[on]
        d00, d01, d11 = np.moveaxis((later.covariance - expected.covariance)[on], -1, 0)
        g00, g01, g10, g11 = c00[k, on], c01[k, on], c10[k, on], c11[k, on]
        left, right = g00 * d00 + g01 * d01, g00 * d01 + g01 * d11
        lower, corner = g10 * d00 + g11 * d01, g10 * d01 + g11 * d11
        result.position[k, on] += g00 * moved + g01 * faster
        result.velocity[k, on] += g10 * moved + g11 * faster
        result.covariance[k, on] += np.stack(
            [
                left * g00 + right * g01,
                left * g10 + right * g11,
                lower * g10 + corner * g11,
            ],
            axis=-1,
        )
        to_come = np.flatnonzero(~known[k] & known[k + 1 :].any(axis=0))
        if to_come.size:
            paces = np.broadcast_to(pace, known.shape[1:])[to_come]
            result.put((k, to_come), predict(later[to_come], -float(seconds[k]), paces))
    for k in range(1, len(known)):
        gone = np.flatnonzero(known[:k].any(axis=0) & ~known[k:].any(axis=0))
        if gone.size:
            paces = np.broadcast_to(pace, known.shape[1:])[gone]
            result.put((k, gone), predict(result[k - 1, gone], float(seconds[k - 1]), paces))
    return result


def between(
    earlier: BoxStates,
    later: BoxStates,
    seconds: float,
    share: float,
    pace: npt.ArrayLike = 1,
) -> BoxStates:
    """Where boxes were between two times at which they are known.

    The place is on the cubic through both places with both velocities, which is the mean of the
    motion that `predict` assumes once both ends are known; its variance is that of the bridge,
    q t^3 (T - t)^3 / (3 T^3), and those of the ends.

    Args:
        earlier: Smoothed, see `smooth`.
        later: Smoothed; same shape.
        seconds: Time T between the two, above 0.
        share: How much of it has passed, 0-1: t / T.
        pace: See `start`.
    """
    s, rest = share, 1 - share
    first, last = rest**2 * (1 + 2 * s), s**2 * (3 - 2 * s)
    position = (
        first * earlier.position
        + last * later.position
        + seconds * (s * rest**2 * earlier.velocity - s**2 * rest * later.velocity)
    )
    bridge = _process_noise(earlier, pace) * (s * rest) ** 3 * seconds**3 / 3
    covariance = rest * earlier.covariance + s * later.covariance
    covariance[..., 0] = np.maximum(covariance[..., 0], 0) + bridge
    velocity = rest * earlier.velocity + s * later.velocity
    return BoxStates(position, velocity, covariance)


def joined(first: BoxStates, second: BoxStates) -> BoxStates:
    """Both in one, in order."""
    return BoxStates(
        np.concatenate([first.position, second.position]),
        np.concatenate([first.velocity, second.velocity]),
        np.concatenate([first.covariance, second.covariance]),
    )
