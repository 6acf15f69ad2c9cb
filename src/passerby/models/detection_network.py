"""Networks that find people and things, opened and understood."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.cards import MODELS, PIXELS_KEY, is_path
from passerby.models.classes import (
    Wanted,
    conventional_names,
    listed,
    names_in_file,
    names_in_metadata,
    numbers_of,
    people_among,
)
from passerby.models.coco import COCO
from passerby.models.decoders import DECODERS
from passerby.models.devices import Device
from passerby.models.lookup import card_of, resolve
from passerby.models.preparation import PREPARATIONS, Preparation, Tensor
from passerby.models.recognition import Family, recognise
from passerby.models.session import Network
from passerby.types import Image

__all__ = ["DetectionNetwork", "Opening", "kinds_by_card"]

_NOT_FINITE = "the network returned NaN or infinite values: try another model"

_SLACK = 1e-2
"""By which a score may exceed 1."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a network is opened.

    Attributes:
        decoder: How its numbers become boxes; None where its file or its outputs say so.
        class_names: A file with the names of its classes, one a line.
        threads: How many it computes with.
        device: Where it runs.
    """

    decoder: str | None = None
    class_names: str | None = None
    threads: int = 2
    device: Device = "cpu"


class DetectionNetwork:
    """A network that finds people and things in pictures of its size.

    Args:
        model: Name of a model, or the path of an ONNX file.
        opening: How it is opened.

    Attributes:
        path: Of its file.
        network: What runs it.
        prepare: Turns a picture into its input.
        family: How its numbers become boxes.
        names: Of its classes, or None where nobody says.
        size: Height and width that it insists on, or None where any multiple of its stride will do.
        stride: In pixels.

    Raises:
        ConfigError: If there is no such model, decoder, device or file of names.
        ModelError: If the file is missing, damaged or of an unknown family.
    """

    def __init__(self, model: str, opening: Opening | None = None) -> None:
        opening = opening or Opening()
        family = None if is_path(model) else _family_by_card(model)
        if family is not None and opening.decoder not in (None, family.name):
            raise ConfigError(f"the decoder of {model} is {family.name}, not {opening.decoder}")
        self.path = path = resolve(model)
        self._model = model
        self.network = Network(path, opening.threads, opening.device)
        self.family = family or recognise(self.network, path, opening.decoder)
        self.size, self.stride = self.network.size, self.network.stride
        self.names = self._names(path, opening.class_names)
        self.prepare = self._preparation(path)

    def __call__(self, picture: Image, threshold: float, wanted: Wanted) -> Detections:
        """Find things in a picture.

        Args:
            picture: Of its size, shape (height, width, 3), BGR.
            threshold: Lowest score of a box, 0-1.
            wanted: What to look for.

        Returns:
            Boxes in pixels of the picture, several for each thing.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        height, width = picture.shape[:2]
        outputs = self.network(self.prepare(picture))
        self._check_outputs(outputs, height, width)
        found = self.family.decoder.decode(outputs, height, width, threshold, wanted)
        if not (np.isfinite(found.boxes).all() and np.isfinite(found.scores).all()):
            raise DetectionError(_NOT_FINITE)
        if found.scores.max(initial=0) > 1 + _SLACK:
            raise DetectionError(
                f"the network gave a score of {found.scores.max():.3g}, and 1 is the most: see "
                "whether its decoder is the right one"
            )
        return found

    def _check_outputs(self, outputs: Sequence[Tensor], height: int, width: int) -> None:
        """Make sure that a decoder can read what a network gave for a picture of this size."""
        shapes = [output.shape for output in outputs]
        if self.family.decoder.classes(shapes, height, width) != self.family.classes:
            raise DetectionError(
                f"for {height}x{width} pixels the network gave {shapes}, which its decoder "
                f"{self.family.name} cannot read: try another size or model"
            )
        # Of the whole picture: whether boxes are shares, say, is told by all of them.
        if any(np.isnan(np.min(output, initial=0)) for output in outputs):
            raise DetectionError(_NOT_FINITE)

    def facts(self) -> dict[str, object]:
        """What was found out about it, for a user to see: plain values."""
        return {
            "decoder": self.family.name,
            "decodes": self.family.decoder.summary,
            "classes": None if self.names is None else list(self.names),
            "size": "any" if self.size is None else list(self.size),
            "stride": self.stride,
            "fed": asdict(self.prepare),
            "outputs": list(self.network.outputs),
        }

    def people(self) -> dict[int, Kind]:
        """Which of its classes are persons and heads.

        Raises:
            ModelError: If none is a person.
        """
        kinds = people_among(self.names)
        if Kind.PERSON not in kinds.values():
            raise ModelError(
                f"{self._model} finds no people, only {listed(self.names or ())}: name it with "
                "--object-model, and what to cover with --classes"
            )
        return kinds

    def numbers_of(self, classes: Sequence[str]) -> list[int]:
        """Numbers of the classes with these names, or these numbers.

        Raises:
            ConfigError: If it has no such class.
        """
        return numbers_of(classes, self.names, self.family.classes, self._model)

    def _names(self, path: Path, file: str | None) -> tuple[str, ...] | None:
        """What its classes are called: by its family, its file, the user, or by COCO."""
        count, fixed = self.family.classes, self.family.decoder.names
        given = None if file is None else names_in_file(Path(file))
        stated = fixed or names_in_metadata(self.network.metadata, path)
        if None not in (given, stated) and given != stated:
            raise ConfigError(
                f"{path} contains class names other than those in {file}: leave the file out"
            )
        names = given or stated or conventional_names(count)
        if names is not None and count not in (0, len(names)):
            where = file or path
            raise ConfigError(f"{where} names {len(names)} classes, but {path} tells {count} apart")
        return names

    def _preparation(self, path: Path) -> Preparation:
        """How it is fed: by its file, else as its family is."""
        prepare = self.family.decoder.prepare
        stated = self.network.metadata.get(PIXELS_KEY)
        if stated is not None and stated not in PREPARATIONS:
            raise ModelError(
                f"{path} states the input format {stated}: only {', '.join(PREPARATIONS)} are known"
            )
        prepare = prepare if stated is None else PREPARATIONS[stated]
        return prepare.unscaled if self.network.input.is_bytes else prepare


def kinds_by_card(model: str) -> frozenset[Kind]:
    """What a model finds by its card, whether its file is here or not.

    Raises:
        ConfigError: If there is no such model, or it finds no persons.
    """
    family = _family_by_card(model)
    return frozenset(
        people_among(family.decoder.names or conventional_names(family.classes)).values()
    )


def _family_by_card(name: str) -> Family:
    card = card_of(name, "person")
    if card.decoder not in DECODERS:
        role = MODELS[name].role
        raise ConfigError(f"model {name} finds a {role}, not a person: choose another")
    decoder = DECODERS[card.decoder]
    count = len(decoder.names) if decoder.names else len(COCO)
    return Family(card.decoder, decoder, count)
