"""How each network for re-identification is trained: as published, and small."""

from passerby.models.reid import REID_MODELS, Scale
from passerby.train.reid.schedules import Steps
from passerby.train.reid.settings import Optimizer, PeopleTimesImages, Recipe, Weights
from passerby.train.reid.transforms import Erase, Flip, PadAndCrop, Resize

__all__ = ["Recipe", "recipe"]


def recipe(model: str, scale: Scale) -> Recipe:
    """Return how a network is trained.

    Args:
        model: One of `REID_MODELS`.
        scale: ``paper`` as published, or ``quick`` for two processor cores.

    Raises:
        ConfigError: If there is no such model.
    """
    REID_MODELS[model]
    return Recipe(
        source="Luo et al.",
        scale=scale,
        epochs=120,
        order=PeopleTimesImages(16, 4),
        transforms=(Resize(), Flip(), PadAndCrop()),
        erase=Erase(),
        optimizer=Optimizer(kind="adam", learning_rate=3.5e-4),
        schedule=Steps((40, 70), warmup=10),
        weights=Weights(triplet=1.0, centre=5e-4),
    )
