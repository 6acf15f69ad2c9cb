"""What attacks found through an operator when it was measured, for reports of runs that used it.

It was measured once, and ships as text. It says nothing of the footage of a run: that is what
``passerby attack video`` is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerby.config import read_toml
from passerby.pipeline.settings import CoverSettings

__all__ = ["MeasuredLeak", "known_leak"]

_TABLE = Path(__file__).with_name("measured_leaks.toml")


@dataclass(frozen=True, slots=True)
class MeasuredLeak:
    """How often the strongest attacks recognised people at once, and how that was measured.

    Attributes:
        identifying: By clear pictures: the share of sightings, and the ends of its 95 % interval.
        linking: Among anonymized pictures, likewise.
        clear: In clear pictures, by the best attack.
        guessing: By guessing.
        people: How many were attacked, in words.
        made: The command, the seed and the commit.
    """

    identifying: tuple[float, float, float]
    linking: tuple[float, float, float]
    clear: float
    guessing: float
    people: str
    made: str

    @property
    def told(self) -> str:
        """All of it in words."""
        return (
            f"Measured leak of what was used, on {self.people}: whoever has clear pictures "
            f"recognises {_share(self.identifying)} at once, and {_share(self.linking)} are linked "
            f"among the copies; in clear pictures {self.clear:.0%}, by guessing "
            f"{self.guessing:.1%}. It was not measured on your footage. Made by {self.made}."
        )


def known_leak(cover: Mapping[str, Any]) -> MeasuredLeak | None:
    """Return what was measured of what a run covered people with.

    Args:
        cover: How a run covered people, as its report has it.

    Returns:
        None where it was never measured just like that: with this strength, shape and margin.
    """
    key = _key(cover)
    table = read_toml(_TABLE)
    row = None if key is None else table["leaks"].get(key)
    if row is None:
        return None
    card = table["card"]
    return MeasuredLeak(
        (row["identifying"][0], row["identifying"][1], row["identifying"][2]),
        (row["linking"][0], row["linking"][1], row["linking"][2]),
        card["clear"],
        card["guessing"],
        card["people"],
        f"{card['command']}, seed {card['seed']}, commit {card['commit']}",
    )


def _key(cover: Mapping[str, Any]) -> str | None:
    """What the table calls it; None where more was chosen than it has columns for."""
    if cover.get("preset"):
        return str(cover["preset"])
    usual = CoverSettings()
    if any(
        cover.get(name, own) != own
        for name, own in (("shape", usual.shape), ("margin", usual.margin))
    ):
        return None
    regions = ",".join(sorted(cover.get("regions", ())))
    strength = f":{cover['strength']}" if cover.get("strength") else ""
    return f"{cover.get('operator')}:{regions}{strength}"


def _share(values: tuple[float, float, float]) -> str:
    value, low, high = values
    return f"{value:.0%} ({low:.0%} to {high:.0%})"
