"""The figures of an obfuscator that go on its card."""

import math
from collections.abc import Sequence
from typing import Any

from passerby.models.obfuscators import Obfuscator
from passerby.train.engine.progress import Report, TrainingProgress
from passerby.train.obfuscator.detectors import ObeyedDetector
from passerby.train.obfuscator.fresh_attack import (
    AttackSettings,
    FreshAttack,
    boxes_only,
    fresh_attack,
    pairs_of,
)
from passerby.train.obfuscator.fresh_recognition import fresh_recognition
from passerby.train.obfuscator.pool import CropPool
from passerby.train.obfuscator.selection import obfuscator_of, person_precision

__all__ = ["measure_obfuscator"]

_CONSTANT = 1
"""Levels, of 255, within which all pixels lie of a network that returns a constant."""

_CLEAR = 0.9
"""Explained variance from which a network may as well return its input."""


def measure_obfuscator(
    network: Obfuscator,
    pool: CropPool,
    detectors: Sequence[ObeyedDetector],
    attack: AttackSettings,
    report: Report = lambda _progress: None,
) -> dict[str, Any]:
    """Measure a frozen obfuscator on people whom nobody has learned from.

    Args:
        network: The obfuscator.
        pool: Fresh attackers learn from one part of it, and are measured on the other.
        detectors: Whose precision is measured.
        attack: How the attackers learn.
        report: Told how far they are.

    Returns:
        What JSON can hold: person AP of each detector on held-out crops, None where it finds nobody
        in clear ones; the explained variance of held-out people after a fresh attack, with its
        curve, next to that of an attack on boxes alone, which no obfuscator that keeps people
        detectable can be below; how well people are told apart by a network that learned from
        obfuscated ones, and by one that learned from clear ones; and how many levels, of 255, lie
        between the darkest and the brightest pixel.
    """
    obfuscate, device = obfuscator_of(network), next(network.parameters()).device
    held_out = pairs_of(pool.held_out, obfuscate)
    measured = {
        detector.name: person_precision(detector, pool.held_out.images, held_out.seen)
        for detector in detectors
    }
    precision = {
        name: None if math.isnan(value) else round(value, 4) for name, value in measured.items()
    }

    def tell(done: int) -> None:
        report(TrainingProgress("evaluating", done, 2 * attack.steps))

    learned = fresh_attack(
        pairs_of(pool.train, obfuscate), held_out, attack, device=device, progress=tell
    )
    floor = fresh_attack(
        boxes_only(pool.train),
        boxes_only(pool.held_out),
        attack,
        device=device,
        progress=lambda done: tell(attack.steps + done),
    )
    recognised = {
        name: round(fresh_recognition(pool, way, attack, device=device), 4)
        for name, way in (("auc", obfuscate), ("clear_auc", lambda images: images))
    }
    spread = int((held_out.seen.max(axis=(0, 1, 2)) - held_out.seen.min(axis=(0, 1, 2))).max())
    report(TrainingProgress("evaluating", 1, 1, warning=_warning(spread, learned.explained)))
    return {
        "person_ap50": precision,
        "crops": {"train": len(pool.train), "held_out": len(pool.held_out)},
        "fresh_attack": _attack(learned, attack),
        "boxes_only": _attack(floor, attack),
        "fresh_recognition": recognised,
        "spread": spread,
    }


def _warning(spread: int, explained: float) -> str:
    """Say so if a network is of no use."""
    if spread <= _CONSTANT:
        return "the obfuscator gives the same grey for everything: nobody can be found in it"
    if explained >= _CLEAR:
        return (
            f"the obfuscator hides next to nothing: a fresh attacker explains {explained:.0%} of "
            "people's pixels"
        )
    return ""


def _attack(found: FreshAttack, attack: AttackSettings) -> dict[str, Any]:
    return {
        "explained_people": round(found.explained, 4),
        "explained_everywhere": round(found.everywhere, 4),
        "curve": [[step, round(explained, 4)] for step, explained in found.curve],
        "network": f"U-Net {attack.size}, given the camera's mean picture",
        "steps": attack.steps,
        "batch": attack.batch,
    }
