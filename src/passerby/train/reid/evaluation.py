"""How well a trained network finds the people of a data set again."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from passerby.datasets import Part, ReidDataset
from passerby.datasets.checks import unanswered
from passerby.errors import InputError
from passerby.evaluate.reid import Protocol, Result, Signatures, evaluate
from passerby.evaluate.reid.single_shot import evaluate_single_shot
from passerby.evaluate.reid.trials import Trials
from passerby.models.reid import ReidNetwork
from passerby.signatures.describer import Describer
from passerby.signatures.flip_averaged import FlipAveraged
from passerby.signatures.origin import Origin
from passerby.signatures.stream import describe_all
from passerby.signatures.torch_describer import TorchDescriber
from passerby.train.reid.pictures import Anonymize, Pictures
from passerby.train.reid.settings import Recipe

__all__ = ["can_be_evaluated", "evaluate_network"]


def can_be_evaluated(dataset: ReidDataset) -> bool:
    """Whether a data set has queries and a gallery.

    Raises:
        InputError: If it has both, and no query could be answered.
    """
    queries = len(dataset.part("query"))
    if not queries or not len(dataset.part("gallery")):
        return False
    if len(unanswered(dataset)) == queries:
        raise InputError(
            f"no query of {dataset.root} has a match in the gallery by another camera: add a "
            "second camera, or train with --no-evaluate"
        )
    return True


def evaluate_network(
    network: ReidNetwork,
    dataset: ReidDataset,
    recipe: Recipe,
    anonymize: Anonymize | None = None,
    *,
    origin: Origin | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Result | Trials:
    """Describe queries and gallery, and rank one by the other.

    Args:
        network: On any device.
        dataset: Whose protocol is followed.
        recipe: Says by which distance, and whether mirror images count too.
        anonymize: How pictures are anonymized; None to take them as they are.
        origin: Of the network, for the record.
        progress: Told how many images are described.

    Raises:
        InputError: If a picture cannot be read.
    """
    query, gallery = dataset.part("query"), dataset.part("gallery")

    describer: Describer = TorchDescriber(network, Path("model.pt"))
    if recipe.flip_averaged:
        describer = FlipAveraged(describer)
    described = count(1)

    def signatures(part: Part) -> Signatures:
        pictures = Pictures(dataset, part.paths, anonymize, memory=0)
        rows = describe_all(describer, pictures, lambda: progress(next(described)), threads=1)
        return Signatures(rows, part.identities, part.cameras)

    asked, searched = signatures(query), signatures(gallery)
    own = dataset.protocol
    protocol = Protocol(distance=recipe.distance, drop_same_camera=own.same_camera == "left out")
    if own.single_shot:
        return evaluate_single_shot(asked, searched, protocol, origin=origin)
    return evaluate(asked, searched, protocol, origin=origin)
