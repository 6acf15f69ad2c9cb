"""How much likelier a link between two tracks is than none.

A conditional logit with an outside option, "nobody" (McFadden, "Conditional Logit Analysis of
Qualitative Choice Behavior", in: Frontiers in Econometrics, 1974): the weight of a link, beside 1
for nobody, is the exponential of a weighted sum of its terms. It is fitted to scenes in which it is
known who is who.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from passerby.config import read_toml
from passerby.errors import ConfigError
from passerby.matching.link_candidates import LINK_TERMS, LinkCandidates

__all__ = ["LinkExamples", "LinkModel"]

_Floats = npt.NDArray[np.float64]

_MODELS = Path(__file__).with_name("link_models.toml")

_RIDGE = 1e-2
"""Strength of a weak pull of all weights to 0, so that scenes in which nobody errs fit too."""

_STEPS = 100
_MOST = 50.0
"""Greatest logarithm of a weight: beyond it, nothing is more certain."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkExamples:
    """Candidates of scenes in which it is known who is who.

    Attributes:
        candidates: Of one scene.
        goes_on: Shape (p,), which pairs are of one person, with nobody's track in between.
    """

    candidates: LinkCandidates
    goes_on: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LinkModel:
    """The weights of `LINK_TERMS`, and what is known of them.

    Attributes:
        weights: One for each term.
        same: Least probability of a link that is shown as "same".
        card: What it was fitted on.

    Raises:
        ConfigError: If there is not one finite weight for each term.
    """

    weights: tuple[float, ...]
    same: float = 0.8
    card: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.weights) != len(LINK_TERMS) or not np.isfinite(self.weights).all():
            names = ", ".join(LINK_TERMS)
            raise ConfigError(f"a link model has {len(LINK_TERMS)} weights: {names}")
        if not 0 < self.same <= 1:
            raise ConfigError(f"links are shown from a probability above 0 to 1, not {self.same}")

    @classmethod
    def named(cls, describer: str) -> Self:
        """Return the model that comes with passerby for the signatures of a network.

        Raises:
            ConfigError: If there is none.
        """
        models = read_toml(_MODELS)
        if describer not in models:
            raise ConfigError(
                f"there is no link model for the signatures of {describer}: choose one of "
                f"{', '.join(models)}, or fit one (benchmarks/linking.py)"
            )
        one = models[describer]
        weights = tuple(one["weights"][name] for name in LINK_TERMS)
        return cls(weights, one["same"], one["card"])

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        weights = dict(zip(LINK_TERMS, self.weights, strict=True))
        return {"weights": weights, "same": self.same, "card": self.card}

    def weigh(self, candidates: LinkCandidates) -> _Floats:
        """Return how much likelier each candidate is than nobody, shape (p,)."""
        logarithms = candidates.terms @ np.array(self.weights)
        weights: _Floats = np.exp(np.clip(logarithms, -_MOST, _MOST))
        return weights

    @classmethod
    def fitted(cls, scenes: Sequence[LinkExamples]) -> Self:
        """Fit the weights by maximum likelihood: each later track chooses an earlier one or nobody.

        Args:
            scenes: At least one pair in all.

        Raises:
            ConfigError: If there is no pair.
        """
        if not sum(len(one.goes_on) for one in scenes):
            raise ConfigError("there is no pair of tracks to fit a link model to: add scenes")
        weights = np.zeros(len(LINK_TERMS))
        for _ in range(_STEPS):
            gradient, curvature = _RIDGE * weights, _RIDGE * np.eye(len(weights))
            for scene in scenes:
                slope, bend = _derivatives(scene, weights)
                gradient, curvature = gradient + slope, curvature + bend
            step = np.linalg.solve(curvature, gradient)
            step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
            weights = weights - step
            if np.abs(step).max() < 1e-8:
                break
        return cls(tuple(weights.tolist()))


def _derivatives(scene: LinkExamples, weights: _Floats) -> tuple[_Floats, _Floats]:
    """Gradient and Hessian of the negative log likelihood of one scene."""
    terms, later = scene.candidates.terms, scene.candidates.later
    odds = np.exp(np.clip(terms @ weights, -_MOST, _MOST))
    total = 1 + np.bincount(later, odds)[later]
    shares = odds / total
    gradient = terms.T @ (shares - scene.goes_on)
    count = int(later.max(initial=-1)) + 1
    means = np.zeros((count, terms.shape[1]))
    np.add.at(means, later, shares[:, None] * terms)
    curvature = (terms * shares[:, None]).T @ terms - means.T @ means
    return gradient, curvature
