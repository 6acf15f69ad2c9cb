"""Colours and clothes, and how common each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

__all__ = ["ClothColour", "Garment", "cloth_colour", "pick", "shoe_colour", "varied"]

ClothColour = tuple[float, float, float]
"""BGR, 0-1 as displayed under full light."""

SHOES: tuple[ClothColour, ...] = (
    (0.08, 0.08, 0.08),
    (0.10, 0.10, 0.11),
    (0.10, 0.16, 0.25),
    (0.20, 0.32, 0.45),
    (0.80, 0.82, 0.82),
    (0.45, 0.45, 0.46),
    (0.40, 0.20, 0.15),
    (0.15, 0.15, 0.55),
)
GREYS = {0.1: 0.24, 0.15: 0.24, 0.25: 0.16, 0.4: 0.14, 0.6: 0.1, 0.85: 0.12}
PATTERN_SHARES = {
    "plain": 0.5,
    "stripes": 0.12,
    "pinstripes": 0.06,
    "checks": 0.08,
    "block": 0.08,
    "print": 0.1,
    "yoke": 0.06,
}


@dataclass(frozen=True)
class Garment:
    """One piece of clothing.

    Attributes:
        kind: "t-shirt", "jeans", ...
        pattern: How its two colours are laid out; a name in `passerby.synth.pattern.PATTERNS`.
        colour: The main one.
        second: The other.
        width: Over the width of the body, where 1 fits tightly.
    """

    kind: str
    pattern: str
    colour: ClothColour
    second: ClothColour
    width: float

    @classmethod
    def random(cls, rng: np.random.Generator, kinds: Mapping[str, float]) -> Self:
        """Draw a garment; ``kinds`` says how common each kind is."""
        kind = pick(rng, kinds)
        plain = kind in ("jeans", "trousers", "coat")
        return cls(
            kind=kind,
            pattern="plain" if plain else pick(rng, PATTERN_SHARES),
            colour=_denim(rng) if kind == "jeans" else cloth_colour(rng, 0.12 if plain else 0.3),
            second=cloth_colour(rng),
            width=float(rng.uniform(1.02, 1.14)),
        )


def pick(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    """Draw a name; ``shares`` says how common each is and need not add up to 1."""
    weights = np.array(list(shares.values()))
    return str(rng.choice(list(shares), p=weights / weights.sum()))


def varied(rng: np.random.Generator, colour: ClothColour) -> ClothColour:
    """Return a colour near ``colour``: no two people have quite the same."""
    return _colour(np.array(colour) * (1 + rng.normal(0, 0.06)) + rng.normal(0, 0.012, 3))


def shoe_colour(rng: np.random.Generator) -> ClothColour:
    """Draw the colour of shoes."""
    return varied(rng, SHOES[rng.integers(len(SHOES))])


def cloth_colour(rng: np.random.Generator, strong: float = 0.26) -> ClothColour:
    """Draw a colour of cloth: most are dark or neutral, as many pale as ``strong``, 0-0.5."""
    kind = pick(rng, {"neutral": 1 - 2 * strong, "pale": strong, "strong": strong})
    if kind == "neutral":
        grey = rng.choice(list(GREYS), p=list(GREYS.values()))
        return _colour(grey + rng.normal(0, 0.02, 3))
    if kind == "pale":
        return _from_hue(rng.random(), saturation=0.25, value=0.9)
    return _from_hue(rng.random(), rng.uniform(0.35, 0.75), rng.uniform(0.25, 0.75))


def _denim(rng: np.random.Generator) -> ClothColour:
    blue = rng.uniform(0.22, 0.6)
    return _colour(blue * np.array([1, rng.uniform(0.68, 0.8), rng.uniform(0.5, 0.7)]))


def _from_hue(hue: float, saturation: float, value: float) -> ClothColour:
    """Turn a hue, 0-1 around the colour wheel, into BGR."""
    wheel = np.clip(np.abs((6 * hue + np.array([2, 4, 0])) % 6 - 3) - 1, 0, 1)
    return _colour(value * (1 - saturation * (1 - wheel)))


def _colour(values: npt.NDArray[np.float64]) -> ClothColour:
    blue, green, red = np.clip(values, 0.04, 0.96).tolist()
    return blue, green, red
