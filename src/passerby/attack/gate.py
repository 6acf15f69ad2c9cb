"""Whether the attacks can be believed: they must break what hides nothing, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from passerby.attack.attack import ATTACKS, AttackFinding, Strongest, Tier, attacks_of
from passerby.attack.attacks.averaging import averaged_case
from passerby.attack.case import AttackCase, Split, case_of
from passerby.attack.controls import CONTROLS, Control
from passerby.attack.describing import CachedDescriber
from passerby.attack.panel import attack_case
from passerby.attack.people import CropPairs
from passerby.attack.recognition import Recognition, recognise_people
from passerby.evaluate.success import success_rate

__all__ = ["BROKEN", "ControlResult", "Gate", "pass_gate"]

BROKEN = 0.9
"""Least share of the clear leak that must be found in what hides nothing."""
_CONFIDENCE = 0.99
"""Of the intervals in which chance must lie: of twenty intervals of 95 %, one misses it."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class ControlResult:
    """What the panel made of a control.

    Attributes:
        name: Of the control.
        hides: Nothing, or everything.
        decisive: The rank-1 of its strongest attacker; ``clear`` is the best of the panel.
        passed: Whether that is as it must be.
        reason: What is wrong, in one line; empty if nothing is.
    """

    name: str
    hides: str
    decisive: AttackFinding
    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the panel made of all controls."""

    controls: tuple[ControlResult, ...]

    @property
    def passed(self) -> bool:
        """Whether the attacks can be believed."""
        return bool(self.controls) and all(one.passed for one in self.controls)


def pass_gate(
    split: Split,
    describe: CachedDescriber,
    *,
    tier: Tier = "quick",
    seed: int = 0,
    starts: Mapping[str, str] | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Gate:
    """Attack all controls.

    Args:
        split: Whom to attack.
        describe: Makes signatures.
        tier: Whose attackers are tried.
        seed: Of all that is drawn.
        starts: What parrots start from.
        progress: Called after each control.
    """
    results = []
    for name, control in CONTROLS.items():
        case = case_of(split, control.anonymize, describe, seed=seed, starts=starts)
        results.append(_judged(name, control, case, tier))
        progress()
    return Gate(tuple(results))


def _judged(name: str, control: Control, case: AttackCase, tier: Tier) -> ControlResult:
    if control.frames > 1:
        case = averaged_case(case, control.anonymize, control.frames)
    found = attack_case(case, [one for one in attacks_of(tier) if ATTACKS[one].fit is not None])
    decisive = found.decisive
    if control.hides == "everything":
        best = found.champions.overall
        wrong = _beats_chance(best, case.test) or _depends_on_order(best, case.test)
    else:
        wrong = "" if decisive.leak >= BROKEN else f"only {decisive.leak:.0%} of it was found again"
    return ControlResult(name, control.hides, decisive, passed=not wrong, reason=wrong)


def _beats_chance(best: Strongest, pairs: CropPairs) -> str:
    found = _recognition(best, pairs)
    interval = success_rate(found.right, found.ids, confidence=_CONFIDENCE).interval
    chance = found.mean_chance
    if interval.low - _ROUNDING <= chance <= interval.high + _ROUNDING:
        return ""
    return f"rank-1 of {interval.low:.3f} to {interval.high:.3f}, where chance is {chance:.3f}"


def _depends_on_order(best: Strongest, pairs: CropPairs) -> str:
    """Whether rank-1 changes if the gallery is turned round or shuffled."""
    count = len(pairs.clear)
    orders = (np.arange(count)[::-1], np.random.default_rng(count).permutation(count))
    as_it_is = _recognition(best, pairs).rank1
    others = [_recognition(best, pairs.take(order)).rank1 for order in orders]
    if max(abs(one - as_it_is) for one in others) <= _ROUNDING:
        return ""
    return f"rank-1 is {as_it_is:.4f}, but {others[0]:.4f} and {others[1]:.4f} in other orders"


def _recognition(best: Strongest, pairs: CropPairs) -> Recognition:
    return dict(recognise_people(best.fitted, pairs))[best.direction]
