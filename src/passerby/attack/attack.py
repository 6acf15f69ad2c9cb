"""What an attack is, and the table of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.registry import Registry
from passerby.signatures.describer import Rows

__all__ = [
    "ATTACKS",
    "DIRECTIONS",
    "IDENTIFYING",
    "LINKING",
    "ON_NETWORKS",
    "Attack",
    "AttackFinding",
    "Champions",
    "Direction",
    "Fitted",
    "Knowledge",
    "Purpose",
    "Question",
    "Strongest",
    "Tier",
    "attacks_of",
]

Direction = Literal["anonymized to clear", "clear to anonymized", "anonymized to anonymized"]
"""Which pictures are queries, and which the gallery."""

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
IDENTIFYING: tuple[Direction, ...] = ("anonymized to clear", "clear to anonymized")
LINKING: tuple[Direction, ...] = ("anonymized to anonymized",)

Knowledge = Literal["naive", "knows the filter"]
"""``naive``: has never seen an anonymized picture. ``knows the filter``: can anonymize pictures of
other people, as many as wanted."""

Question = Literal[
    "linking",
    "rebuilding",
    "singling out",
    "several frames",
    "missed",
    "information",
    "attributes",
    "faces",
    "time",
]
"""What an attack is about."""

Purpose = Literal["none", "linking", "identifying"]
"""What anonymized pictures are wanted for, by whoever answers for them: neither; to follow people
from camera to camera; or to find them by clear pictures, which includes the former."""

Tier = Literal["quick", "standard"]
"""How much is tried: formulas alone, which take minutes on two cores; or networks too, which need
torch, and a GPU to be quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackFinding:
    """One figure of an attack.

    Attributes:
        name: Of the attack.
        knowledge: What its attacker has.
        measure: What is measured, such as "rank-1".
        direction: Which pictures are queries, and which the gallery; None where it makes no sense.
        population: Among how many people or pictures; None likewise.
        frames: How many frames of a person the attacker has.
        chance: What somebody reaches who sees nothing.
        clear: What the same attack reaches on clear pictures.
        success: What it reaches on anonymized ones.
        low, high: Ends of the 95 % interval of ``success``.
        worst: What it reaches against the 5 % of people who are hidden least; None where people do
            not differ.
    """

    name: str
    knowledge: Knowledge
    measure: str
    direction: Direction | None = None
    population: int | None = None
    frames: int = 1
    chance: float
    clear: float
    success: float
    low: float
    high: float
    worst: float | None = None

    @property
    def leak(self) -> float:
        """The share of the clear leak that is left: 0 by chance, 1 as without anonymization."""
        whole = self.clear - self.chance
        return (self.success - self.chance) / whole if whole > 0 else 0.0

    @property
    def advantage(self) -> float:
        """The share of what guessing leaves open: 0 by chance, 1 if always right."""
        return (self.success - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """An attacker who has learned.

    Attributes:
        of_seen: Signatures of anonymized pictures, to be compared with ...
        of_clear: ... signatures of clear ones.
        rebuild: What the clear pictures looked like, by this attacker; None for one who does not
            say.
    """

    of_seen: Callable[[CropImages], Rows]
    of_clear: Callable[[CropImages], Rows]
    rebuild: Callable[[CropImages], CropImages] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Strongest:
    """An attacker of the panel, the best at people whom it is not measured on.

    Attributes:
        name: Of the attack.
        fitted: Who has learned.
        direction: In which it is best.
    """

    name: str
    fitted: Fitted
    direction: Direction

    @property
    def key(self) -> tuple[str, Direction]:
        """What tells it from others."""
        return self.name, self.direction


@dataclass(frozen=True, slots=True, eq=False)
class Champions:
    """The strongest of the panel.

    Attributes:
        identifying: At finding people between clear and anonymized pictures, as whoever has clear
            ones from elsewhere can identify them.
        linking: At finding people among anonymized pictures, as a system must that follows people
            from camera to camera.
        overall: The stronger of the two.
    """

    identifying: Strongest
    linking: Strongest
    overall: Strongest


@dataclass(frozen=True, kw_only=True, eq=False)
class Attack:
    """A way to find out what an anonymizer leaves.

    An attack either learns to recognise people (``fit``), and then counts in the panel of which the
    strongest is taken; or it measures what else the strongest of the panel can do (``measure``).

    Attributes:
        summary: What it does, in one line.
        question: What it is about.
        knowledge: What its attacker has.
        tier: The least at which it is tried.
        fit: Learns from a case's training part.
        measure: Takes a case and the strongest attackers of the panel.
    """

    summary: str
    question: Question
    knowledge: Knowledge = "knows the filter"
    tier: Tier = "quick"
    fit: Callable[[AttackCase], Fitted] | None = None
    measure: Callable[[AttackCase, Champions], Sequence[AttackFinding]] | None = None


ATTACKS: Registry[Attack] = Registry("attack")


ON_NETWORKS = ("u-net-small",)
"""What is tried at any tier on an anonymizer that is a network: no formula undoes one."""


def attacks_of(tier: Tier, *, network: bool = False) -> list[str]:
    """The names of the attacks that are tried at a tier.

    Args:
        tier: How much is tried.
        network: Whether the anonymizer is a network.
    """
    order = get_args(Tier)
    return [
        name
        for name, one in ATTACKS.items()
        if order.index(one.tier) <= order.index(tier) or (network and name in ON_NETWORKS)
    ]
