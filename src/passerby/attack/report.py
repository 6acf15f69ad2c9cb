"""What an attack on an anonymizer found, as data: the gate, the attacks, the floor."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from passerby.attack.attack import (
    ATTACKS,
    IDENTIFYING,
    LINKING,
    ON_NETWORKS,
    AttackFinding,
    Direction,
    Purpose,
    Strongest,
)
from passerby.attack.attacks.attributes import ATTRIBUTE
from passerby.attack.collisions import Collisions
from passerby.attack.gate import Gate
from passerby.attack.panel import PanelResult
from passerby.attack.pictures import ExampleCells
from passerby.attack.scores import AttackScores
from passerby.attack.use import CropUse

__all__ = ["AttackReport", "report_record"]

_NETWORKS = (
    "networks that are trained anew on anonymized pictures, which find more than formulas do"
)
_MORE_NETWORKS = (
    "larger networks, and such as recognise people, which may find more than a small one"
)
_FACES = (
    "faces: whether they are found and recognised, by their height (--faces names pictures of "
    "them, and a network that recognises them)"
)
_TIME = "the places and times at which people are seen, and how they walk (passerby attack video)"
_UNTESTED = (
    "gait",
    "whether an obfuscator's weights remember people (passerby attack membership)",
)
"""What no attack on crops tries."""
_ATTRIBUTES = "attributes: sex, age, clothing, bags"
_OTHER_ATTRIBUTES = "attributes beside {}"

_DIGITS = 6
"""Of figures in files, after the point."""


@dataclass(frozen=True, kw_only=True)
class AttackReport:
    """What was found.

    Attributes:
        anonymizer: What was attacked, in words.
        people: Whom it was tried on, in words.
        gate: Whether the attacks can be believed.
        attacks: What they found.
        floor: What they find in boxes alone.
        use: What the pictures are still good for.
        collisions: Different people who look like one.
        purpose: What the anonymized pictures are wanted for; it does not count against them.
        settings: All options.
        hashes: SHA-256 of what the figures depend on, by name.
        examples: A few people, as cells.
        scores: What attackers made of each crop.
    """

    anonymizer: str
    people: str
    gate: Gate
    attacks: PanelResult
    floor: tuple[AttackFinding, ...]
    use: CropUse
    collisions: Collisions | None = None
    purpose: Purpose = "none"
    settings: Mapping[str, Any] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[ExampleCells, ...] = ()
    scores: AttackScores | None = None

    @property
    def untested(self) -> tuple[str, ...]:
        """What was not tried, in words."""
        tried = {one.name for one in self.attacks.findings}
        networks = {name for name in tried if ATTACKS[name].tier == "standard"}
        told = ", ".join(one.measure.removeprefix(ATTRIBUTE) for one in self.attributes)
        untested = [_OTHER_ATTRIBUTES.format(told) if told else _ATTRIBUTES, *_UNTESTED]
        if "trajectories" not in tried:
            untested.insert(0, _TIME)
        if "faces" not in tried:
            untested.insert(0, _FACES)
        if not networks - set(ON_NETWORKS):
            untested.insert(0, _MORE_NETWORKS if networks else _NETWORKS)
        return tuple(untested)

    @property
    def attributes(self) -> list[AttackFinding]:
        """How well attributes are told, one figure for each."""
        return [one for one in self.attacks.findings if one.measure.startswith(ATTRIBUTE)]

    def wanted(self, finding: AttackFinding) -> bool:
        """Whether a finding is what the anonymized pictures are for."""
        if finding.direction is None or self.purpose == "none":
            return False
        return self.purpose == "identifying" or finding.direction in LINKING

    @property
    def strongest(self) -> Strongest:
        """The strongest attacker at what is not wanted, if anything is not."""
        best = self.attacks.champions
        return best.identifying if self.purpose == "linking" else best.overall

    @property
    def decisive(self) -> AttackFinding:
        """Its rank-1."""
        return self.attacks.rank1(self.strongest)

    def found(self, measure: str, directions: Sequence[Direction]) -> list[AttackFinding]:
        """The findings of a measure in some directions, in the order of the report."""
        return _among(self.attacks, measure, directions)

    def share_of_leak(self, finding: AttackFinding, value: float) -> float:
        """Return by how much a value of a finding exceeds boxes, as a share of the clear leak."""
        base = finding.success - (self.excess(finding) or 0.0)
        return (value - base) / (finding.clear - finding.chance)

    def excess(self, finding: AttackFinding) -> float | None:
        """What an attack found beyond boxes; None if it was not tried on them."""
        same = [
            one
            for one in self.floor
            if (one.measure, one.population, one.frames)
            == (finding.measure, finding.population, finding.frames)
            and _kind(one.direction) == _kind(finding.direction)
        ]
        return finding.success - max(one.success for one in same) if same else None


def report_record(report: AttackReport, versions: Mapping[str, str]) -> dict[str, Any]:
    """Return a report ready for JSON: the same report gives the same text.

    Args:
        report: What was found.
        versions: Of what it was found with.
    """
    best = report.attacks.champions
    return {
        "format": 1,
        "anonymizer": report.anonymizer,
        "people": report.people,
        "purpose": report.purpose,
        "gate": {
            "passed": report.gate.passed,
            "controls": [
                {
                    "name": one.name,
                    "hides": one.hides,
                    "passed": one.passed,
                    "reason": one.reason,
                    **_finding(one.decisive, "attack"),
                }
                for one in report.gate.controls
            ],
        },
        "strongest": {
            "identifying": _named(best.identifying),
            "linking": _named(best.linking),
            "overall": _named(best.overall),
        },
        "attacks": [
            _finding(one)
            | {"excess": _rounded(report.excess(one)), "wanted": report.wanted(one)}
            | ({"advantage": _rounded(one.advantage)} if one in report.attributes else {})
            for one in report.attacks.findings
        ],
        "use": {key: _rounded(value) for key, value in asdict(report.use).items()},
        "collisions": _collisions(report.collisions),
        "floor": [_finding(one) for one in report.floor],
        "untested": list(report.untested),
        "settings": dict(report.settings),
        "sha256": dict(report.hashes),
        "versions": dict(versions),
    }


def _collisions(found: Collisions | None) -> dict[str, int] | None:
    if found is None:
        return None
    return {
        "compared": found.compared,
        "seen": found.seen,
        "clear": found.clear,
        "same": found.same,
    }


def _among(
    result: PanelResult, measure: str, directions: Sequence[Direction]
) -> list[AttackFinding]:
    return [
        one
        for one in result.findings
        if one.measure == measure and (one.direction is None or one.direction in directions)
    ]


def _kind(direction: Direction | None) -> Sequence[Direction] | None:
    """Directions that answer one question."""
    if direction is None:
        return None
    return LINKING if direction in LINKING else IDENTIFYING


def _named(best: Strongest) -> dict[str, str]:
    return {"name": best.name, "direction": best.direction}


def _finding(finding: AttackFinding, name: str = "name") -> dict[str, Any]:
    """One row; ``name`` is the key under which the attack is named."""
    record = {key: _rounded(value) for key, value in asdict(finding).items()}
    first = {name: record.pop("name"), "question": ATTACKS[finding.name].question}
    return first | record | {"leak": _rounded(finding.leak)}


def _rounded(value: Any) -> Any:  # noqa: ANN401  (whatever JSON takes)
    """Figures that all machines agree on; JSON has no NaN."""
    if not isinstance(value, float):
        return value
    return round(value, _DIGITS) + 0.0 if math.isfinite(value) else None
