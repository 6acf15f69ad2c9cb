"""Pictures of how a training goes: clear, obfuscated and rebuilt, of people who do not exist.

Nothing is handed in that could show anybody else: the people are drawn here.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from passerby.models.obfuscators import Obfuscator
from passerby.synth.files import write_image
from passerby.synth.picture import Picture
from passerby.train.obfuscator.crops import cut_views
from passerby.train.obfuscator.frames import synthetic_frames
from passerby.train.obfuscator.pool import as_tensor

__all__ = ["write_live_picture"]

_WORLD = 99_999
"""No training learns from it."""

_ROWS = 4


def write_live_picture(path: Path, network: Obfuscator, attacker: nn.Module | None) -> None:
    """Draw people, obfuscate them, let an attacker rebuild them, and write all side by side.

    Args:
        path: Of a PNG file; one that is there stays as it is.
        network: The obfuscator.
        attacker: Rebuilds obfuscated pictures; the third column is left out where there is none.

    Raises:
        OutputError: If it cannot be written.
    """
    if path.exists():
        return
    clear = _people()
    columns = [clear, _answered(network, clear)]
    if attacker is not None:
        columns.append(_answered(attacker, columns[-1]))
    rows = np.concatenate([np.concatenate(list(column)) for column in columns], axis=1)
    path.parent.mkdir(exist_ok=True)
    write_image(path, Picture(np.ascontiguousarray(rows[:, :, ::-1])))


@cache
def _people() -> npt.NDArray[np.uint8]:
    """Draw crops of people, shape (n, 96, 160, 3), RGB."""
    rng = np.random.default_rng(_WORLD)
    crops = [
        views[0]
        for frame in synthetic_frames(_WORLD)
        for views in cut_views(frame, rng, people=1, views=1)
    ]
    return np.stack([crop.image for crop in crops[:_ROWS]])


@torch.no_grad()
def _answered(network: nn.Module, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return what a network makes of pictures, in 8 bits."""
    learns, device = network.training, next(network.parameters()).device
    network.eval()
    answers = network(as_tensor(images, device))
    network.train(learns)
    levels = (answers * 255).round().clamp(0, 255).to(torch.uint8)
    answered: npt.NDArray[np.uint8] = levels.permute(0, 2, 3, 1).cpu().numpy()
    return answered
