"""Networks for re-identification by name."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.cards import Scale
from passerby.models.reid.cards import REID_MODELS, ReidCard
from passerby.models.reid.network import ReidNetwork
from passerby.models.reid.weights import initialize

__all__ = ["create"]

_KINDS: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a name",
}
"""Of options, for messages."""

_SMALLEST = 32
"""Side of an image in pixels: networks halve it up to five times."""


def create(
    name: str,
    num_classes: int,
    *,
    scale: Scale = "paper",
    size: Size | None = None,
    weights: str | Path = "scratch",
    **options: object,
) -> ReidNetwork:
    """Make a network for re-identification.

    Args:
        name: One of `REID_MODELS`.
        num_classes: Number of people to tell apart, at least 2.
        scale: ``paper`` as published, or ``quick`` for 128x64 pixels and fewer channels.
        size: Height and width of images; those of the scale by default.
        weights: ``imagenet``, ``scratch`` or a path; see `passerby.models.reid.weights.initialize`.
        **options: Of the model, such as ``width``, ``backbone`` or ``last_stride``.

    Returns:
        The network, in training; its ``origin`` says which weights it started from.

    Raises:
        ConfigError: If there is no such model or option, or a value is out of range.
        ModelError: If the file of weights cannot be read or does not fit.

    Example:
        >>> network = create("osnet-x0.25", 751)
        >>> network.size, network.dimension, str(network.origin)
        ((256, 128), 512, 'from scratch')
    """
    card = REID_MODELS[name]
    if scale not in get_args(Scale):
        raise ConfigError(f"scale is {scale!r}: choose one of {', '.join(get_args(Scale))}")
    if not isinstance(num_classes, int) or num_classes < 2:
        raise ConfigError(f"num_classes is {num_classes!r}: give at least 2 people to tell apart")
    _check(name, card, options)
    own_size, own_options = card.configuration(scale)
    defaults = {one.name: one.default for one in _parameters(card)}
    resolved = {**defaults, **own_options, **options}
    network = card.build(num_classes, _size(size or own_size), **resolved)
    network.name, network.options = name, resolved
    network.origin = initialize(network, weights)
    return network


def _parameters(card: ReidCard) -> list[inspect.Parameter]:
    """The options that a network takes."""
    parameters = inspect.signature(card.build).parameters.values()
    return [one for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]


def _check(name: str, card: ReidCard, options: Mapping[str, object]) -> None:
    known = {one.name: get_args(one.annotation) or (one.annotation,) for one in _parameters(card)}
    for option, value in options.items():
        if option not in known:
            raise ConfigError(f"{name} has no option {option!r}: choose one of {', '.join(known)}")
        wanted = [_KINDS[kind] for kind in known[option] if kind in _KINDS]
        if wanted and not any(_is(value, kind) for kind in known[option]):
            raise ConfigError(f"{option} is {value!r}: give {' or '.join(wanted)}")
    width = options.get("width", 1.0)
    if not isinstance(width, int | float) or not 0 < width <= 4:
        raise ConfigError(f"width is {width!r}: give a share of the channels, above 0 and up to 4")


def _is(value: object, kind: object) -> bool:
    """Whether a value is of a kind; a truth value is no number, and a whole number is a number."""
    if isinstance(value, bool):
        return kind is bool
    return type(value) is kind or (kind is float and isinstance(value, int))


def _size(size: Size) -> Size:
    height, width = size
    if not all(isinstance(side, int) and side >= _SMALLEST for side in (height, width)):
        raise ConfigError(
            f"size is {height}x{width}: give height and width of at least {_SMALLEST} pixels"
        )
    return height, width
