"""Networks that are trained anew on anonymized pictures, to rebuild the clear ones.

They find what no formula does: how people look. Three sizes say whether a larger one would find
more. They learn for a fixed number of steps, on a GPU if there is one.
"""

from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropPairs
from passerby.attack.rebuilding import rebuilder
from passerby.extras import needing

__all__: list[str] = []

_Size = Literal["small", "medium", "large"]
_Picture = npt.NDArray[np.uint8]

STEPS = 1_000
RATE = 2e-3
"""Of Adam; it follows a cosine to 0."""
_BATCH = 8


def _fit(case: AttackCase, size: _Size) -> Fitted:
    with needing("train", "attacking with a network"):
        import torch  # noqa: PLC0415  (an extra)

        from passerby.train.obfuscator.fresh_attack import (  # noqa: PLC0415
            AttackPairs,
            AttackSettings,
            fresh_attacker,
        )

    colour = case.train.clear.images.mean(axis=(0, 1, 2)).round().astype(np.uint8)

    def with_means(pairs: CropPairs) -> AttackPairs:
        clear = pairs.clear.images
        means = np.broadcast_to(colour, clear.shape).copy()
        return AttackPairs(clear, pairs.seen, means, pairs.clear.masks)

    attacker = fresh_attacker(
        with_means(case.train),
        with_means(case.validation),
        AttackSettings(size=size, steps=STEPS, batch=_BATCH, rate=RATE, measured=1, seed=case.seed),
        device=torch.device("cuda" if torch.cuda.is_available() else "cpu"),
    )

    def rebuild(picture: _Picture) -> _Picture:
        mean = np.broadcast_to(colour, picture.shape).copy()
        return np.asarray(attacker(picture[None], mean[None])[0])

    return rebuilder(case, rebuild)


for _size in ("small", "medium", "large"):
    ATTACKS.add(
        f"u-net-{_size}",
        Attack(
            summary=f"A {_size} U-Net, trained anew to rebuild the clear picture.",
            question="rebuilding",
            tier="standard",
            fit=partial(_fit, size=_size),
        ),
    )
