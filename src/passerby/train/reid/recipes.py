"""How each network for re-identification is trained: as published, and small.

`PAPER` and `QUICK` hold the recipe of each model; nothing else in the package knows a number of
them. A quick one learns from the same losses and in the same order, over fewer epochs and from
smaller images, and its learning rate follows a cosine, which suits any number of epochs.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from passerby.models.cards import Scale
from passerby.models.reid import REID_MODELS
from passerby.train.engine.schedules import Cosine, Steps
from passerby.train.reid.settings import LossWeights, Optimizer, PKSampling, Recipe, Shuffled
from passerby.train.reid.transforms import (
    PadAndCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomTranslation,
    Resize,
)

__all__ = ["DIETLMEIER", "PAPER", "QUICK", "STARTS_FROM", "Recipe", "recipe"]

_HALF: Mapping[str, object] = {"width": 0.5}
"""Half the channels: about four times as fast, so that as many more epochs can be had."""

_BOT = Recipe(
    source="Luo et al., CVPRW 2019, and the authors' code, with centre loss",
    scale="paper",
    epochs=120,
    order=PKSampling(people=16, images=4),
    transforms=(Resize(), RandomHorizontalFlip(0.5), PadAndCrop(10)),
    erase=RandomErasing(0.5),
    optimizer=Optimizer(kind="adam", learning_rate=3.5e-4, weight_decay=5e-4),
    schedule=Steps((40, 70), decay=0.1, warmup=10, start=0.01),
    weights=LossWeights(label_smoothing=0.1, triplet=1.0, margin=0.3, centre=5e-4, centre_rate=0.5),
)

_TORCHREID = Recipe(
    source="Torchreid 1.4.0, defaults of its script",
    scale="paper",
    epochs=60,
    order=Shuffled(32),
    transforms=(Resize(), RandomHorizontalFlip(0.5)),
    optimizer=Optimizer(kind="adam", learning_rate=3e-4, weight_decay=5e-4),
    schedule=Steps((21, 41), decay=0.1),
    weights=LossWeights(label_smoothing=0.1),
    distance="euclidean",
)

DIETLMEIER = replace(
    _TORCHREID,
    source="Dietlmeier et al., section IV-A; when the learning rate falls is Torchreid's",
    epochs=100,
    transforms=(Resize(), RandomHorizontalFlip(0.5), RandomTranslation(0.125, 0.5)),
    optimizer=Optimizer(kind="adam", learning_rate=3e-3, weight_decay=5e-4),
    schedule=Steps((21, 41, 61, 81), decay=0.1),
)
"""What Dietlmeier et al. say of PCB, MLFN, ResNet50Mid, HACNN and MuDeep; their BoT is that of
`PAPER` without the centre loss."""

_PCB = Recipe(
    source="Sun et al., ECCV 2018, section 5.2; momentum and decay are those of the authors' code",
    scale="paper",
    epochs=60,
    order=Shuffled(64),
    transforms=(Resize(), RandomHorizontalFlip(0.5)),
    optimizer=Optimizer(kind="sgd", learning_rate=0.1, weight_decay=5e-4, backbone=0.1),
    schedule=Steps((41,), decay=0.1),
    weights=LossWeights(label_smoothing=0.0),
)

_PCB_RPP = replace(
    _PCB,
    source="Sun et al., ECCV 2018, sections 4.2 and 5.2; the halves of the ten epochs are ours",
    epochs=10,
    optimizer=Optimizer(kind="sgd", learning_rate=0.01, weight_decay=5e-4, backbone=0.1),
    schedule=Steps(()),
    frozen_at_first=5,
    trained_at_first="pooling.",
)

_SIAMESE = Recipe(
    source="Johansson and Lundberg, section 4.1 (real data): 12 pairs; all pairs of 12 images here",
    scale="paper",
    epochs=200,
    order=PKSampling(people=6, images=2),
    transforms=(Resize(), RandomHorizontalFlip(0.5)),
    optimizer=Optimizer(kind="adam", learning_rate=1e-3, weight_decay=0.0),
    schedule=Steps(()),
    weights=LossWeights(identity=0.0, pair=1.0),
    distance="euclidean",
)

_MOBILENET = Recipe(
    source="ours, for distillation",
    scale="paper",
    epochs=40,
    order=Shuffled(32),
    transforms=(Resize(),),
    optimizer=Optimizer(kind="adamw", learning_rate=1.5e-3, weight_decay=0.02, backbone=0.5),
    schedule=Cosine(warmup=0.4),
    weights=LossWeights(label_smoothing=0.1),
    ema_decay=0.998,
)

PAPER: Mapping[str, Recipe] = MappingProxyType(
    {
        "bot": _BOT,
        "pcb": _PCB,
        "pcb-shared": replace(_TORCHREID, distance="cosine"),
        "pcb-rpp": _PCB_RPP,
        "mlfn": _TORCHREID,
        "hacnn": _TORCHREID,
        "resnet50mid": _TORCHREID,
        "mudeep": _TORCHREID,
        "osnet-x1.0": _TORCHREID,
        "osnet-x0.25": _TORCHREID,
        "mobilenet-v2": _MOBILENET,
        "siamese-mobilenet": _SIAMESE,
    }
)
"""As published."""

_QUICK_BOT = replace(
    _BOT,
    source="BoT with half the channels of ResNet-18, from images of 128x64, over fewer epochs",
    scale="quick",
    options=_HALF,
    epochs=64,
    transforms=(Resize(), RandomHorizontalFlip(0.5), PadAndCrop(5)),
    erase=RandomErasing(0.25),
    optimizer=Optimizer(kind="adamw", learning_rate=2e-3, weight_decay=0.05),
    schedule=Cosine(warmup=5),
)

_QUICK_TORCHREID = replace(
    _TORCHREID,
    source="Torchreid's with a narrow network, from smaller images moved a little, in fewer epochs",
    scale="quick",
    epochs=20,
    transforms=(RandomTranslation(0.125, 0.5), RandomHorizontalFlip(0.5)),
    optimizer=Optimizer(kind="adam", learning_rate=1e-3, weight_decay=5e-4),
    schedule=Cosine(warmup=3),
)

_QUICK_PCB = replace(
    _PCB,
    source="PCB's with half the channels of ResNet-18, from images of 128x64, over fewer epochs",
    scale="quick",
    options=_HALF,
    epochs=40,
    optimizer=Optimizer(kind="sgd", learning_rate=0.05, weight_decay=5e-4),
    schedule=Cosine(warmup=3),
)

QUICK: Mapping[str, Recipe] = MappingProxyType(
    {
        "bot": _QUICK_BOT,
        "pcb": _QUICK_PCB,
        "pcb-shared": replace(_QUICK_TORCHREID, options=_HALF, distance="cosine"),
        "pcb-rpp": replace(_PCB_RPP, scale="quick", options=_HALF),
        "mlfn": _QUICK_TORCHREID,
        "hacnn": _QUICK_TORCHREID,
        "resnet50mid": _QUICK_TORCHREID,
        "mudeep": _QUICK_TORCHREID,
        "osnet-x1.0": _QUICK_TORCHREID,
        "osnet-x0.25": _QUICK_TORCHREID,
        "mobilenet-v2": replace(_MOBILENET, scale="quick", epochs=20),
        "siamese-mobilenet": replace(
            _SIAMESE,
            source="Johansson and Lundberg's over fewer epochs, with larger batches",
            scale="quick",
            epochs=30,
            order=PKSampling(people=16, images=4),
            schedule=Cosine(warmup=3),
        ),
    }
)
"""For two processor cores."""

STARTS_FROM: Mapping[str, str] = MappingProxyType({"pcb-rpp": "pcb"})
"""Models that go on from another trained one."""


def recipe(model: str, scale: Scale) -> Recipe:
    """Return how a network is trained.

    Args:
        model: One of `REID_MODELS`.
        scale: ``paper`` as published, or ``quick`` for two processor cores.

    Raises:
        ConfigError: If there is no such model.

    Example:
        >>> recipe("bot", "paper").epochs, recipe("pcb", "paper").order
        (120, Shuffled(batch=64))
    """
    REID_MODELS[model]
    return PAPER[model] if scale == "paper" else QUICK[model]
