"""The network of the operator ``learned``: found, opened, and tried on people who do not exist."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from passerby.anonymization import Anonymizer
from passerby.anonymization.operators.learned import LEARNED
from passerby.errors import ConfigError, ModelError
from passerby.models.cards import MODELS, is_path
from passerby.models.devices import Device
from passerby.models.lookup import default, model_sha256, resolve
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.pipeline.settings import Settings
from passerby.synth.camera import raised
from passerby.synth.people import World
from passerby.types import Image

__all__ = ["Leak", "measured_leak", "obfuscator_hashes", "obfuscator_path", "opened_anonymizer"]

MOST_LEAKED = 0.95
"""Share of the variance of people's pixels that an affine formula may give back."""
LEAST_CHANGE = 1.0
"""Standard deviation, in pixel values, of what a network makes that says anything at all."""

_REACH = 2
"""The formula sees so many pixels to each side."""
_RIDGE = 1e-3


class Leak(NamedTuple):
    """What is left of people in what a network makes.

    Attributes:
        explained: Share of the variance of people's pixels that the best affine formula of 5x5
            pixels gives back, of people it was not fitted to; 1 is all.
        deviation: Standard deviation of all that the network made, in pixel values.
    """

    explained: float
    deviation: float


def opened_anonymizer(settings: Settings) -> Anonymizer:
    """The anonymizer of some settings, with its network if the operator is ``learned``.

    Raises:
        ConfigError: If there is no such network.
        ModelError: If its file is missing or damaged, or it returns a constant or nearly the
            frame itself.
    """
    anonymizer = settings.cover.anonymizer()
    path = obfuscator_path(settings)
    if path is None:
        return anonymizer
    find = settings.find
    network = _opened(path, model_sha256(path), find.threads, find.device)
    return replace(anonymizer, network=network)


def obfuscator_path(settings: Settings) -> Path | None:
    """The file of the network of the operator ``learned``; None for other operators.

    Raises:
        ConfigError: If there is no such network.
        ModelError: If the file of a network with a name is missing or another one.
    """
    if settings.cover.operator != LEARNED or settings.cover.preset is not None:
        return None
    model = settings.find.model
    known = [name for name, card in MODELS.items() if card.role == "obfuscator"]
    if model is None:
        return resolve(default("obfuscator").name)
    if not (is_path(model) or model in known):
        raise ConfigError(
            f"the operator learned needs an obfuscator, and {model!r} is none: name "
            f"{', '.join(known)} or an ONNX file that `passerby models export` wrote with --model"
        )
    return resolve(model)


def obfuscator_hashes(settings: Settings) -> dict[str, str]:
    """The sha256 of the network of the operator ``learned``, by its name; empty without one."""
    path = obfuscator_path(settings)
    return {} if path is None else {path.name: model_sha256(path)}


@lru_cache(maxsize=4)
def _opened(path: Path, sha256: str, threads: int, device: Device) -> ObfuscationNetwork:  # noqa: ARG001 - part of the cache's key
    network = ObfuscationNetwork(path, threads, device)
    _check(measured_leak(network), path)
    return network


def _check(leak: Leak, path: Path) -> None:
    if leak.deviation < LEAST_CHANGE:
        raise ModelError(
            f"{path} returns a constant (what it makes of different frames deviates by "
            f"{leak.deviation:.2g} of 255): nobody can be found in it; train it again"
        )
    if leak.explained > MOST_LEAKED:
        raise ModelError(
            f"{path} hides nobody: a formula of 5x5 pixels gives back {leak.explained:.1%} of the "
            f"variance of people's pixels, and at most {MOST_LEAKED:.0%} is allowed; train it again"
        )


def measured_leak(network: Callable[[Image], Image]) -> Leak:
    """Measure what an affine formula gives back of people who do not exist.

    It is fitted to the people of one picture (ridge regression) and tried on those of another. It
    finds the frame itself, its inversion, and other colours; it is no strong attacker: a network
    that passes may still hide nobody.

    Args:
        network: Turns a frame into another one.

    Raises:
        DetectionError: If the network fails.
    """
    scenes = _scenes()
    made = [network(scene.image) for scene in scenes]
    fitted, tried = (_seen(*both) for both in zip(scenes, made, strict=True))
    weights = _fit(fitted.patches, fitted.people)
    left = tried.people - tried.patches @ weights
    variance = float(np.square(tried.people - tried.people.mean(axis=0)).sum())
    return Leak(1 - float(np.square(left).sum()) / variance, float(np.std(made)))


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """A picture of people who do not exist, and which of its pixels are theirs."""

    image: Image
    people: npt.NDArray[np.bool_]


class _Seen(NamedTuple):
    """What an attacker sees around each pixel of people, shape (n, d), and the pixels, (n, 3)."""

    patches: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]


@lru_cache(maxsize=1)
def _scenes() -> tuple[_Scene, _Scene]:
    first, second = (_scene(seed) for seed in (3, 5))
    return first, second


def _scene(seed: int) -> _Scene:
    world = World.random(seed, 8, obstacles=0, half=(2.0, 2.0), light="overcast")
    camera = raised(np.zeros(2), 0.3, 4.0, name="raised", size=(320, 192))
    (shot,) = world.shots(camera, world.moments(1), 25.0)
    return _Scene(shot.image, np.any([one.mask(320, 192) for one in shot.sightings], axis=0))


def _seen(scene: _Scene, made: Image) -> _Seen:
    edges = ((_REACH, _REACH), (_REACH, _REACH), (0, 0))
    wide = np.pad(made.astype(np.float64) / 255, edges, "reflect")
    side = 2 * _REACH + 1
    height, width = scene.people.shape
    around = [
        wide[y : y + height, x : x + width][scene.people] for y in range(side) for x in range(side)
    ]
    patches = np.concatenate([*around, np.ones((len(around[0]), 1))], axis=1)
    return _Seen(patches, scene.image[scene.people].astype(np.float64) / 255)


def _fit(
    patches: npt.NDArray[np.float64], people: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Weights of the affine formula with the least squared error (ridge regression)."""
    inner = patches.T @ patches + _RIDGE * np.eye(patches.shape[1])
    return np.asarray(np.linalg.solve(inner, patches.T @ people))
