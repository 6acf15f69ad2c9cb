"""What a server and all sites must agree on before they learn together."""

from dataclasses import dataclass
from typing import Any

from passerby.errors import ConfigError
from passerby.models.reid import REID_MODELS
from passerby.runtime.provenance import versions
from passerby.train.engine.state import first_difference
from passerby.train.reid.record import as_json
from passerby.train.reid.settings import Recipe

__all__ = ["FederationRules", "disagreement", "terms_of"]


@dataclass(frozen=True, kw_only=True)
class FederationRules:
    """How sites learn together.

    Attributes:
        rounds: In each of which every site learns and the server averages.
        local_epochs: Times that a site goes through its images in a round.
        mu: How strongly sites are pulled back to what they were given (FedProx); 0 for FedAvg.
        keep_batchnorm: Whether batch normalisation stays at home (FedBN).
        clip: Longest update that a site sends; None for any.
        noise: Standard deviation of the noise that a site adds to its update, in multiples of
            ``clip``.

    Raises:
        ConfigError: If a number is out of range, or noise has nothing to be measured by.
    """

    rounds: int
    local_epochs: int = 1
    mu: float = 0.0
    keep_batchnorm: bool = False
    clip: float | None = None
    noise: float = 0.0

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.local_epochs < 1:
            raise ConfigError(
                f"rounds is {self.rounds} and local epochs {self.local_epochs}: give 1 or more"
            )
        if self.mu < 0 or self.noise < 0:
            raise ConfigError(f"mu is {self.mu} and noise {self.noise}: give 0 or more")
        if self.clip is not None and self.clip <= 0:
            raise ConfigError(f"the longest update is {self.clip}: give more than 0")
        if self.noise and self.clip is None:
            raise ConfigError(
                f"noise is {self.noise} times the longest update: say which, with --clip"
            )

    @property
    def epochs(self) -> int:
        """Times that each site goes through its images in all."""
        return self.rounds * self.local_epochs


def terms_of(
    model: str,
    recipe: Recipe,
    options: dict[str, object],
    anonymized_by: object,
    rules: FederationRules,
) -> dict[str, Any]:
    """Return all that must be the same at the server and at all sites, as JSON can hold it.

    Args:
        model: One of `REID_MODELS`.
        recipe: Over all epochs of the federation.
        options: Of the network, beside those of the recipe.
        anonymized_by: All that what hides people depends on.
        rules: Of the federation.
    """
    size, _ = REID_MODELS[model].configuration(recipe.scale)
    terms = {
        "version": versions()["passerby"],
        "model": model,
        "scale": recipe.scale,
        "size": recipe.size or size,
        "options": {**recipe.options, **options},
        "anonymized_by": anonymized_by,
        "recipe": recipe,
        "rules": rules,
    }
    return {name: as_json(value) for name, value in terms.items()}


def disagreement(own: dict[str, Any], theirs: dict[str, Any]) -> str:
    """Say in which terms two parties differ first, from the side of whose are ``own``.

    Returns:
        Part of a sentence, or "" if they agree.
    """
    if own == theirs:
        return ""
    order = [*own, *(name for name in theirs if name not in own)]
    name = next(name for name in order if own.get(name) != theirs.get(name))
    where, here, there = first_difference(name, own.get(name), theirs.get(name))
    return f"{where} is {there!r} there and {here!r} here"
