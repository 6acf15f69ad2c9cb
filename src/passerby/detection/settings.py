"""What detectors are told."""

from dataclasses import dataclass

from passerby.errors import ConfigError
from passerby.models.cards import is_path
from passerby.models.devices import Device

__all__ = ["LARGEST_SIZE", "SMALLEST_SIZE", "DetectionSettings"]

SMALLEST_SIZE = 32

LARGEST_SIZE = 8192
"""Longest side at which an image can be looked at, in pixels: the time grows with its square."""


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """What the detectors are told; see each for what its values mean.

    Attributes:
        person_model, face_model: Names or paths; the defaults when None.
        object_model: Network in which ``classes`` are looked for; that of people when None.
        classes: Names or numbers of what else is looked for.
        class_names: A file with the names of that network's classes.
        decoder: Of the networks that are given by their paths.
        device: Where the networks run, but for that of faces.
        person_threshold, face_threshold: Lowest scores; other things are found as persons are.
        size: Long side at which people are looked for, in pixels; chosen by the frame when None.
        smallest_face: Width of the smallest faces to look for, in pixels.
        threads: How many each network computes with.
    """

    person_model: str | None = None
    face_model: str | None = None
    person_threshold: float = 0.1
    face_threshold: float = 0.3
    size: int | None = None
    smallest_face: float = 12
    threads: int = 2
    object_model: str | None = None
    classes: tuple[str, ...] = ()
    class_names: str | None = None
    decoder: str | None = None
    device: Device = "cpu"

    def __post_init__(self) -> None:
        models = (self.person_model, self.object_model)
        if self.decoder is not None and not any(is_path(model) for model in models if model):
            raise ConfigError(
                f"decoder {self.decoder} is for a network that is given by its path: name an ONNX "
                "file, or leave it out"
            )
        if self.object_model is not None and not self.classes:
            raise ConfigError(
                f"no classes are given for {self.object_model}: name what to cover with --classes"
            )

    @property
    def one_network(self) -> bool:
        """Whether other things are looked for in the network of people."""
        return self.object_model in (None, self.person_model)
