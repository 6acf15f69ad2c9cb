"""Pictures of the training show people who do not exist, and nobody else can be handed in."""

import inspect

import cv2
import numpy as np
import pytest
import torch

from passerby.models.obfuscators import create_obfuscator
from passerby.train.obfuscator import live_pictures
from passerby.train.obfuscator.crops import HEIGHT, WIDTH
from passerby.train.obfuscator.live_pictures import write_live_picture


class Black(torch.nn.Module):
    """Rebuilds nothing."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def forward(self, images):
        return images * self.weight


@pytest.mark.slow
def test_clear_obfuscated_and_rebuilt_stand_side_by_side(tmp_path):
    torch.manual_seed(0)
    network = create_obfuscator("shuffle", channels=8, depth=1).train()
    path = tmp_path / "pictures" / "1.png"
    write_live_picture(path, network, Black())
    shown = cv2.imread(str(path))
    rows = shown.shape[0] // HEIGHT
    assert shown.shape == (HEIGHT * rows, 3 * WIDTH, 3)
    assert 1 <= rows <= 4
    clear = live_pictures._people()[0]
    assert np.array_equal(shown[:HEIGHT, :WIDTH, ::-1], clear)
    assert not shown[:, 2 * WIDTH :].any()
    assert network.training
    before = path.read_bytes()
    write_live_picture(path, network, None)
    assert path.read_bytes() == before


def test_no_picture_can_be_handed_in():
    kinds = inspect.get_annotations(write_live_picture, eval_str=True)
    assert set(kinds) == {"path", "network", "attacker", "return"}
