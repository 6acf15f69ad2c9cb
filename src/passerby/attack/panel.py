"""All attacks on one anonymizer, and the strongest of those that recognise people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from passerby.attack.attack import (
    ATTACKS,
    DIRECTIONS,
    IDENTIFYING,
    LINKING,
    Attack,
    AttackFinding,
    Champions,
    Direction,
    Fitted,
    Knowledge,
    Strongest,
)
from passerby.attack.case import AttackCase
from passerby.attack.explained import explained_of_people
from passerby.attack.findings import success_finding
from passerby.attack.people import CropPairs
from passerby.attack.recognition import Recognition, recognise_clear, recognise_people

__all__ = ["PanelResult", "attack_case", "champions", "rank1_finding"]


@dataclass(frozen=True, slots=True, eq=False)
class PanelResult:
    """What attacks found.

    Attributes:
        findings: Of all attacks, in the order of the registry.
        champions: The attackers that count; they were chosen on other people than they were
            measured on.
        panel: All attackers who have learned to recognise people, by the names of attacks.
    """

    findings: tuple[AttackFinding, ...]
    champions: Champions
    panel: Mapping[str, Fitted]

    def rank1(self, best: Strongest) -> AttackFinding:
        """Return what an attacker reached, beside the best of the panel in clear pictures."""
        of_panel = [one for one in self.findings if one.measure == "rank-1"]
        chosen = next(one for one in of_panel if (one.name, one.direction) == best.key)
        return replace(chosen, clear=max(one.clear for one in of_panel))

    @property
    def decisive(self) -> AttackFinding:
        """The rank-1 of the strongest attacker."""
        return self.rank1(self.champions.overall)


def attack_case(
    case: AttackCase,
    attacks: Iterable[str],
    progress: Callable[[], None] = lambda: None,
) -> PanelResult:
    """Try attacks on an anonymizer.

    Args:
        case: Whom to attack.
        attacks: Names of attacks, one that recognises people among them.
        progress: Called after each attack.

    Raises:
        ConfigError: If there is no such attack.
        DetectionError: If the signature network fails.
        InputError: If nobody is seen by two cameras.
    """
    chosen = {name: ATTACKS[name] for name in attacks}
    panel = {name: one.fit(case) for name, one in chosen.items() if one.fit is not None}
    findings = []
    for name, fitted in panel.items():
        findings += _findings(name, chosen[name], fitted, case)
        progress()
    best = champions(panel, case.validation)
    for attack in chosen.values():
        if attack.measure is not None:
            findings += attack.measure(case, best)
            progress()
    return PanelResult(tuple(findings), best, panel)


def champions(panel: Mapping[str, Fitted], pairs: CropPairs) -> Champions:
    """Return who of a panel ranks people best, by mAP, and in which direction.

    Args:
        panel: Attackers who have learned, by the names of attacks.
        pairs: Of people whom they are not measured on afterwards: choosing and measuring on the
            same people would flatter whoever was lucky.
    """
    reached = {
        (name, direction): found.mean_average_precision
        for name, fitted in panel.items()
        for direction, found in recognise_people(fitted, pairs)
    }

    def best(directions: Sequence[Direction]) -> Strongest:
        name, direction = max(
            (key for key in reached if key[1] in directions), key=lambda key: reached[key]
        )
        return Strongest(name, panel[name], direction)

    return Champions(best(IDENTIFYING), best(LINKING), best(DIRECTIONS))


def rank1_finding(
    found: Recognition,
    clear: Recognition,
    *,
    name: str,
    knowledge: Knowledge,
    direction: Direction,
    frames: int = 1,
) -> AttackFinding:
    """Return how often an attacker recognises people in one direction.

    Args:
        found: Through the anonymizer.
        clear: In clear pictures.
        name: Of the attack.
        knowledge: What its attacker has.
        direction: Of the search.
        frames: How many frames of a sighting there are.
    """
    return success_finding(
        found.right,
        found.ids,
        name=name,
        measure="rank-1",
        chance=found.mean_chance,
        clear=clear.rank1,
        knowledge=knowledge,
        direction=direction,
        population=len(np.unique(found.ids)),
        frames=frames,
    )


def _findings(name: str, attack: Attack, fitted: Fitted, case: AttackCase) -> list[AttackFinding]:
    clear = recognise_clear(fitted, case.test)
    found = [
        rank1_finding(one, clear, name=name, knowledge=attack.knowledge, direction=direction)
        for direction, one in recognise_people(fitted, case.test)
    ]
    return found + (_explained(name, attack, fitted, case) if fitted.rebuild else [])


def _explained(name: str, attack: Attack, fitted: Fitted, case: AttackCase) -> list[AttackFinding]:
    if fitted.rebuild is None:
        return []
    known = case.train.clear
    colour = known.images[known.masks].mean(axis=0, dtype=np.float64)
    rebuilt = fitted.rebuild(case.test.seen)
    return [
        AttackFinding(
            name=name,
            knowledge=attack.knowledge,
            measure=f"explained variance, {band}",
            chance=0.0,
            clear=1.0,
            success=estimate.value,
            low=estimate.interval.low,
            high=estimate.interval.high,
        )
        for band, estimate in explained_of_people(case.test.clear, rebuilt, colour)
    ]
