"""Options that change a recipe."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from passerby.cli.train.console import number
from passerby.errors import ConfigError

if TYPE_CHECKING:
    from passerby.train.reid.settings import Recipe, Sampling

__all__ = ["RecipeOptions"]


@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """Which recipe, and what of it to change."""

    scale: Annotated[
        Literal["paper", "quick"],
        Parameter(help="As published, or a small recipe for two processor cores."),
    ] = "paper"
    epochs: Annotated[
        int | None,
        number(1, "Number of epochs; the steps of the learning rate are scaled with it."),
    ] = None
    people: Annotated[int | None, number(2, "People per batch (P), with PK sampling.")] = None
    images: Annotated[int | None, number(2, "Images per person (K).")] = None
    batch: Annotated[int | None, number(2, "Images per batch, without PK sampling.")] = None
    learning_rate: Annotated[float | None, number(0, "Highest learning rate.")] = None
    size: Annotated[str | None, Parameter(help="Height and width of images, such as 256x128.")] = (
        None
    )
    ema: Annotated[
        float | None,
        Parameter(help="Decay of the moving average of the weights; 0 for no average."),
    ] = None
    erase: Annotated[
        float | None, number(0, "Probability that a rectangle of an image is erased; 0 for never.")
    ] = None
    jitter: Annotated[
        float | None,
        number(0, "Range of changes in brightness, contrast and saturation; channels by half."),
    ] = None
    flip_averaged: Annotated[
        bool,
        Parameter(
            help="Evaluate with the mean of the signatures of each image and its mirror image."
        ),
    ] = False

    def apply(self, recipe: "Recipe") -> "Recipe":
        """Return a recipe with what was asked for changed."""
        from passerby.train.reid.transforms import (  # noqa: PLC0415 - needs torch
            ColourJitter,
            RandomErasing,
        )

        if self.epochs is not None:
            recipe = recipe.over(self.epochs)
        changes: dict[str, Any] = {"order": self._order(recipe.order)}
        if self.learning_rate is not None:
            changes["optimizer"] = replace(recipe.optimizer, learning_rate=self.learning_rate)
        if self.size is not None:
            changes["size"] = _size(self.size)
        if self.ema is not None:
            changes["ema_decay"] = self.ema
        if self.erase is not None:
            changes["erase"] = replace(recipe.erase or RandomErasing(), chance=self.erase)
        if self.jitter is not None:
            share = self.jitter
            jitter = ColourJitter(share, share, share, balance=share / 2)
            changes["transforms"] = (*recipe.transforms, jitter)
        return replace(recipe, flip_averaged=self.flip_averaged, **changes)

    def _order(self, order: "Sampling") -> "Sampling":
        asked: dict[str, Any] = {"people": self.people, "images": self.images, "batch": self.batch}
        chosen: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
        known = [name for name in asked if name in type(order).__dataclass_fields__]
        for name in chosen:
            if name not in known:
                options = " and ".join(f"--{one}" for one in known)
                raise ConfigError(f"batches of this recipe have no --{name}: change {options}")
        changed: Sampling = replace(order, **chosen)
        return changed


def _size(text: str) -> tuple[int, int]:
    height, cross, width = text.lower().partition("x")
    if not (cross and height.isdecimal() and width.isdecimal()):
        raise ConfigError(f"size is {text!r}: give height and width in pixels, such as 256x128")
    return int(height), int(width)
