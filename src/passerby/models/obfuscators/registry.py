"""What is known about each architecture, and how one is made by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from passerby.errors import ConfigError
from passerby.models.obfuscators.network import Obfuscator
from passerby.registry import Registry

__all__ = ["OBFUSCATORS", "ObfuscatorCard", "create_obfuscator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObfuscatorCard:
    """One architecture.

    Attributes:
        build: Makes it from its options.
        summary: What sets it apart, in one sentence.
        paper: Who published it, and where.
        options: All options, and what they are where nobody says.
    """

    build: Callable[..., Obfuscator]
    summary: str
    paper: str
    options: Mapping[str, object]


OBFUSCATORS: Registry[ObfuscatorCard] = Registry("obfuscator")
"""All architectures, of networks that hide people and of those that try to undo it."""


def create_obfuscator(name: str, **options: object) -> Obfuscator:
    """Make a network with new weights, drawn by torch's generator.

    Args:
        name: One of `OBFUSCATORS`.
        **options: Of the architecture.

    Returns:
        The network, in training; it knows its name and all its options.

    Raises:
        ConfigError: If there is no such architecture or option, or a value is out of range.

    Example:
        >>> create_obfuscator("mobile-autoencoder", width=0.25).options
        {'width': 0.25, 'padding': 'zeros'}
    """
    card = OBFUSCATORS[name]
    for option in options:
        if option not in card.options:
            raise ConfigError(
                f"{name} has no option {option!r}: choose one of {', '.join(card.options)}"
            )
    chosen = {**card.options, **options}
    network = card.build(**chosen)
    network.name, network.options = name, chosen
    return network
