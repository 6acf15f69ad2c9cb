import numpy as np
import pytest

from passerby.errors import ConfigError, InputError
from passerby.evaluate.tracking import Trajectories
from passerby.evaluate.tracking.trajectories import at_least

BOX = (0, 0, 10, 20)


def test_nobody_is_twice_in_a_frame() -> None:
    with pytest.raises(InputError, match="truth: id 7 has two boxes in frame 3: leave one"):
        Trajectories.of([3, 1, 2, 3], [7, 7, 7, 7], [BOX] * 4, name="truth")
    assert len(Trajectories.of([3, 3], [7, 8], [BOX] * 2)) == 2


def test_shapes_must_fit() -> None:
    with pytest.raises(ConfigError, match="must be"):
        Trajectories.of([1, 2], [1], [BOX])
    assert len(Trajectories.of([], [], [])) == 0


def test_a_mask_chooses() -> None:
    chosen = Trajectories.of([1, 2], [5, 6], [BOX] * 2, "name")[np.array([False, True])]
    assert (chosen.frames.tolist(), chosen.ids.tolist(), chosen.name) == ([2], [6], "name")


def test_a_threshold_is_reached_in_spite_of_rounding() -> None:
    assert at_least(np.array([0.1 + 0.2]) - 0.1, 0.2).all()
    assert not at_least(np.array([0.49999]), 0.5).any()
