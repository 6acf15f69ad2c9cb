"""How obfuscators are trained: as published, and small enough for two processor cores."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from passerby.errors import ConfigError
from passerby.models.cards import Scale
from passerby.train.obfuscator.settings import (
    Constrained,
    DeConinck,
    JohanssonLundberg,
    ObfuscatorRecipe,
    Silhouettes,
)

__all__ = ["RECIPES", "VARIANTS", "obfuscator_recipe"]

_S = JohanssonLundberg(
    variant="S1",
    data="squares",
    filter_rate=5e-4,
    detector_rate=5e-4,
    reid_rate=1e-3,
    reid_steps=1,
    epochs=12_000,
    steps=12,
    batch=60,
    chosen_after=0.5,
)
_R = JohanssonLundberg(
    variant="R1",
    data="people",
    filter_rate=5e-4,
    detector_rate=1e-4,
    reid_rate=1e-3,
    reid_steps=1,
    epochs=200,
    steps=52,
    batch=12,
    chosen_after=0.1,
)

VARIANTS: Mapping[str, JohanssonLundberg] = MappingProxyType(
    {
        "S1": _S,
        "S2": replace(_S, variant="S2", reid_steps=2),
        "R1": _R,
        "R2": replace(_R, variant="R2", kernels=(3, 3, 3, 3, 3)),
        "R3": replace(_R, variant="R3", kernels=(3, 5, 5, 3, 3)),
        "R4": replace(_R, variant="R4", kernels=(7, 9, 9, 7, 3)),
        "R5": replace(_R, variant="R5", filter_rate=5e-3),
        "R6": replace(_R, variant="R6", filter_rate=1e-4),
    }
)
"""The filters of Johansson and Lundberg (tables 4.1 and 4.2), as published."""

RECIPES: Mapping[str, Mapping[Scale, ObfuscatorRecipe]] = MappingProxyType(
    {
        "de-coninck": {
            "paper": DeConinck(),
            "quick": DeConinck(options={"width": 0.25}, steps=10),
        },
        "johansson-lundberg": {
            "paper": VARIANTS["S2"],
            "quick": replace(
                VARIANTS["S2"],
                detector_width=0.35,
                detector_channels=(64, 32, 16),
                reid_width=0.25,
                reid_size=48,
                epochs=50,
                measured_every=5,
                measured=90,
                batch=30,
            ),
        },
        "passerby": {
            "paper": Constrained(steps=50_000, epoch_steps=250, fresh_steps=1000),
            "quick": Constrained(),
        },
        "silhouettes": {
            "paper": Silhouettes(seeing_steps=40_000, drawing_steps=8_000, epoch_steps=250),
            "quick": Silhouettes(),
        },
    }
)
"""All recipes. A quick one learns from the same losses, in the same order, for a shorter time."""


def obfuscator_recipe(name: str, scale: Scale, variant: str | None = None) -> ObfuscatorRecipe:
    """Return how an obfuscator is trained.

    Args:
        name: One of `RECIPES`.
        scale: ``paper`` as published, or ``quick`` for two processor cores.
        variant: One of `VARIANTS`, of the recipe johansson-lundberg alone.

    Raises:
        ConfigError: If there is no such recipe or variant.

    Example:
        >>> obfuscator_recipe("johansson-lundberg", "paper", "R4").kernels
        (7, 9, 9, 7, 3)
    """
    if name not in RECIPES:
        raise ConfigError(f"there is no recipe {name!r}: choose one of {', '.join(RECIPES)}")
    chosen = RECIPES[name][scale]
    if variant is None:
        return chosen
    if not isinstance(chosen, JohanssonLundberg):
        raise ConfigError(f"{name} has no variants: leave {variant} out")
    if variant not in VARIANTS:
        raise ConfigError(f"there is no filter {variant!r}: choose one of {', '.join(VARIANTS)}")
    own = VARIANTS[variant]
    if scale == "paper":
        return own
    return replace(
        own,
        detector_width=chosen.detector_width,
        detector_channels=chosen.detector_channels,
        reid_width=chosen.reid_width,
        reid_size=chosen.reid_size,
        epochs=chosen.epochs if own.data == "squares" else 40,
        measured_every=chosen.measured_every,
        measured=chosen.measured,
        batch=chosen.batch if own.data == "squares" else own.batch,
    )
