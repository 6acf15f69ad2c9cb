"""A picture of people who do not exist."""

import numpy as np
import pytest
import torch
from torch import Tensor

from passerby.synth.camera import eye_level
from passerby.synth.people import World


@pytest.fixture(scope="session")
def crowd() -> np.ndarray:
    """People seen from eye level, shape (192, 320, 3), BGR."""
    world = World.random(5, 6, half=(3.0, 3.0))
    camera = eye_level(np.zeros(2), 0.4, 5.0, name="eye", size=(320, 192))
    (shot,) = world.shots(camera, world.moments(1), 25.0)
    return shot.image


@pytest.fixture
def crowd_tensor(crowd: np.ndarray) -> Tensor:
    """The same and its mirror image, shape (2, 3, 192, 320), RGB, 0-1."""
    picture = torch.tensor(crowd[..., ::-1].copy()).permute(2, 0, 1)[None].float() / 255
    return torch.cat([picture, picture.flip(3)])
