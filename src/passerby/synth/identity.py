"""Who somebody is: all that stays the same wherever and whenever they are seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from passerby.synth.gait import Gait
from passerby.synth.skeleton import Skeleton
from passerby.synth.wardrobe import ClothColour, Garment, cloth_colour, pick, shoe_colour, varied

__all__ = ["Identity"]

SKINS: tuple[ClothColour, ...] = (
    (0.70, 0.80, 0.95),
    (0.62, 0.74, 0.91),
    (0.53, 0.66, 0.85),
    (0.42, 0.55, 0.74),
    (0.30, 0.41, 0.58),
    (0.22, 0.30, 0.43),
    (0.16, 0.21, 0.31),
)
HAIRS: tuple[ClothColour, ...] = (
    (0.07, 0.07, 0.08),
    (0.09, 0.11, 0.15),
    (0.12, 0.18, 0.27),
    (0.17, 0.27, 0.42),
    (0.38, 0.56, 0.73),
    (0.16, 0.28, 0.58),
    (0.62, 0.63, 0.65),
    (0.82, 0.83, 0.84),
)
HAIR_SHARES = (0.26, 0.22, 0.2, 0.12, 0.08, 0.04, 0.05, 0.03)
HATS = {"none": 0.74, "cap": 0.09, "beanie": 0.07, "brim": 0.05, "scarf": 0.05}
_BAGS = {"none": 0.5, "backpack": 0.2, "shoulder": 0.12, "hand": 0.12, "case": 0.06}
IN_HAND = ("hand", "case")


@dataclass(frozen=True)
class _Group:
    """What is common among some people: measures as mean and deviation, and shares of styles."""

    height: tuple[float, float]
    shoulders: float
    hips: float
    beards: float
    hair_styles: Mapping[str, float]
    tops: Mapping[str, float]
    bottoms: Mapping[str, float]


WOMEN = _Group(
    height=(1.63, 0.06),
    shoulders=0.94,
    hips=1.06,
    beards=0.0,
    hair_styles={"short": 0.12, "bob": 0.2, "long": 0.42, "bun": 0.16, "curls": 0.1},
    tops={"t-shirt": 24, "shirt": 20, "sweater": 20, "jacket": 20, "coat": 10, "dress": 6},
    bottoms={"trousers": 42, "jeans": 36, "shorts": 12, "skirt": 10},
)
MEN = _Group(
    height=(1.76, 0.07),
    shoulders=1.05,
    hips=0.98,
    beards=0.3,
    hair_styles={"bald": 0.1, "short": 0.8, "long": 0.03, "curls": 0.07},
    tops={"t-shirt": 24, "shirt": 20, "sweater": 20, "jacket": 20, "coat": 16},
    bottoms={"trousers": 46, "jeans": 40, "shorts": 14},
)


@dataclass(frozen=True, eq=False)
class Identity:
    """Somebody who does not exist.

    Attributes:
        number: The identity, from 1 as re-ID data sets count them.
        sex: "woman" or "man", of children too.
        skeleton: Their measures.
        build: Girth over the average.
        bust: 0 for none to 1.
        gait: How they walk and stand.
        skin, hair, lips: Colours.
        hair_style: "bald", "short", "bob", "long", "bun" or "curls".
        beard, glasses: Whether they have them.
        top, bottom: Their clothes.
        shoes: Colour.
        hat, hat_colour: "none", "cap", "beanie", "brim" or "scarf".
        bag, bag_colour: "none", "backpack", "shoulder", "hand" or "case".
        folds: Seed of how their clothes fall.
    """

    number: int
    sex: str
    skeleton: Skeleton
    build: float
    bust: float
    gait: Gait
    skin: ClothColour
    hair: ClothColour
    lips: ClothColour
    hair_style: str
    beard: bool
    glasses: bool
    top: Garment
    bottom: Garment
    shoes: ClothColour
    hat: str
    hat_colour: ClothColour
    bag: str
    bag_colour: ClothColour
    folds: int

    @property
    def stature(self) -> float:
        """Height of the bare person in metres."""
        return self.skeleton.height

    @classmethod
    def random(cls, number: int, seed: int = 0) -> Self:
        """Draw identity ``number`` of the population ``seed``; the same two give the same one."""
        rng = np.random.default_rng([seed, number, 7])
        group = (WOMEN, MEN)[rng.integers(2)]
        child = rng.random() < 0.06
        height = float(rng.uniform(1.15, 1.45) if child else rng.normal(*group.height))
        skin = varied(rng, SKINS[rng.integers(len(SKINS))])
        bag = pick(rng, _BAGS)
        gait = Gait.random(rng, height)
        return cls(
            number=number,
            sex="woman" if group is WOMEN else "man",
            skeleton=Skeleton.of(height, group.shoulders * rng.normal(1, 0.03), group.hips),
            build=float(np.clip(rng.normal(1.0, 0.1), 0.82, 1.3)),
            bust=float(rng.uniform(0.3, 1)) if group is WOMEN and not child else 0.0,
            gait=replace(gait, rest="hang") if bag in IN_HAND else gait,
            skin=skin,
            hair=varied(rng, HAIRS[rng.choice(len(HAIRS), p=HAIR_SHARES)]),
            lips=(skin[0] * 0.72, skin[1] * 0.62, skin[2] * 0.86),
            hair_style=pick(rng, group.hair_styles),
            beard=bool(rng.random() < group.beards and not child),
            glasses=bool(rng.random() < 0.2),
            top=Garment.random(rng, group.tops),
            bottom=Garment.random(rng, group.bottoms),
            shoes=shoe_colour(rng),
            hat=pick(rng, HATS),
            hat_colour=cloth_colour(rng),
            bag=bag,
            bag_colour=cloth_colour(rng),
            folds=int(rng.integers(1 << 31)),
        )
