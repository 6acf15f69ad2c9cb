"""An attack by somebody who wants to know who is who: a network trained anew on what is seen.

Two views of a person are of one frame, at another size and place: clothes, pose and light are the
same. Whoever cannot tell people apart here cannot do so anywhere.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from passerby.evaluate.roc import auc_roc
from passerby.train.obfuscator.attackers import IdentityAttacker, person_patches
from passerby.train.obfuscator.fresh_attack import AttackSettings
from passerby.train.obfuscator.pool import CropPool, CropSet, as_tensor
from passerby.train.obfuscator.privacy import pair_scores

__all__ = ["fresh_recognition"]

_Obfuscate = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
_AT_ONCE = 32


def fresh_recognition(
    pool: CropPool,
    obfuscate: _Obfuscate,
    settings: AttackSettings,
    *,
    device: torch.device | None = None,
) -> float:
    """Train an attacker on obfuscated people, and measure it on others.

    Args:
        pool: It learns from one part and is measured on the other.
        obfuscate: From pictures of shape (N, H, W, 3), RGB, uint8, to their like.
        settings: How it learns: of so many steps, twice as many pictures a step.
        device: To compute on.

    Returns:
        The area under the ROC curve over all pairs of held-out views: 1 if it always knows whether
        two are of the same person, 0.5 if it can only guess.
    """
    place = device or torch.device("cpu")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        attacker = IdentityAttacker(channels=32).to(place).train()
    optimizer = torch.optim.Adam(attacker.parameters(), lr=settings.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings.steps)
    patches = _patches(pool.train, obfuscate, place)
    identities = torch.from_numpy(pool.train.identities).to(place)
    for step in range(settings.steps):
        picked = pool.train.drawn(2 * settings.batch, settings.seed, 73, step)
        loss = attacker.loss(patches[picked], identities[picked])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return _measured(attacker, _patches(pool.held_out, obfuscate, place), pool.held_out.identities)


@torch.no_grad()
def _patches(crops: CropSet, obfuscate: _Obfuscate, device: torch.device) -> Tensor:
    """Return each person aimed at, shape (N, 3, 64, 32)."""
    seen = obfuscate(crops.images)
    starts = range(0, len(crops), _AT_ONCE)
    return torch.cat(
        [
            person_patches(
                as_tensor(seen[one : one + _AT_ONCE], device),
                torch.from_numpy(crops.aimed[one : one + _AT_ONCE]).to(device),
            )
            for one in starts
        ]
    )


@torch.no_grad()
def _measured(
    attacker: IdentityAttacker, patches: Tensor, identities: npt.NDArray[np.int64]
) -> float:
    starts = range(0, len(patches), _AT_ONCE)
    features = torch.cat([attacker(patches[one : one + _AT_ONCE]) for one in starts]).cpu()
    same, others = pair_scores(features, torch.from_numpy(identities))
    scores = torch.cat([same, others]).numpy().astype(np.float64)
    return auc_roc(scores, np.arange(len(scores)) < len(same))
