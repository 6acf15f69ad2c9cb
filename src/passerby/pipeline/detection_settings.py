"""Every setting of `passerby detect`, once, and the types of options that others share with it."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from passerby.detection.settings import LARGEST_SIZE, SMALLEST_SIZE, DetectionSettings
from passerby.models.devices import Device

if TYPE_CHECKING:
    from passerby.types import Detector

__all__ = [
    "ClassNames",
    "DecoderChoice",
    "DetectSettings",
    "DeviceChoice",
    "IfNobody",
    "LongSide",
    "NameList",
    "Numbers",
    "ObjectModel",
]


def _long_side(value: object) -> int:
    text = str(value)
    if not (text.isdecimal() and SMALLEST_SIZE <= int(text) <= LARGEST_SIZE):
        raise ValueError(
            f"give only the long side in pixels, {SMALLEST_SIZE} to {LARGEST_SIZE}, not {text!r}"
        )
    return int(text)


LongSide = Annotated[int, BeforeValidator(_long_side)]
"""The long side of a picture in pixels, as detectors look at it."""


def _as_tuple(value: object) -> object:
    """Take one word, words with commas between them, or a list."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(","))
    return value


def _split_all(value: object) -> object:
    """Take words with commas in a list apart too, as they come from a repeated option."""
    if isinstance(value, (list, tuple)):
        return tuple(part for item in value for part in _words(item))
    return _as_tuple(value)


def _words(item: object) -> tuple[Any, ...]:
    parts = _as_tuple(item)
    return parts if isinstance(parts, tuple) else (parts,)


NameList = Annotated[tuple[str, ...], BeforeValidator(_split_all)]
"""Words, with commas between them or in a list."""
IfNobody = Literal["nothing", "top", "frame"]
"""What is covered of a picture in which nobody is found."""
Numbers = Annotated[tuple[int, ...], BeforeValidator(_split_all)]

ObjectModel = Annotated[
    str | None,
    Field(
        description="Network in which --classes are looked for: a name or an ONNX file; by default "
        "the person detector."
    ),
]
ClassNames = Annotated[
    str | None,
    Field(
        description="A file with the names of that network's classes, one per line, if the network "
        "does not contain them."
    ),
]
DecoderChoice = Annotated[
    str | None,
    Field(
        description="How the outputs of your own ONNX file become boxes, if that cannot be "
        "recognised: centernet, fastestdet, nanodet, passerby, picodet, rtmdet, ssd, yolo-nms, "
        "yolov5, yolov8, yolox."
    ),
]
DeviceChoice = Annotated[
    Device,
    Field(
        description="Where the networks run, except the face detector: cpu, cuda, openvino or "
        "coreml, if the installed ONNX Runtime supports it."
    ),
]


class DetectSettings(BaseModel):
    """Who is looked for, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    model: str | None = Field(
        default=None, description="Person detector: a name (passerby models list) or an ONNX file."
    )
    threshold: float = Field(
        default=0.25, gt=0, le=1, description="Lowest score of a person or a head."
    )
    size: LongSide | None = Field(
        default=None,
        description="Long side in pixels at which people are looked for, 32 to 8192; by default "
        "chosen to fit the frame.",
    )
    faces: bool = Field(
        default=False, description="Look for faces too; this needs a face detector."
    )
    face_model: str | None = Field(default=None, description="Face detector: a name.")
    face_threshold: float = Field(default=0.5, gt=0, le=1, description="Lowest score of a face.")
    classes: NameList = Field(
        default=(),
        description="Classes of your own network to look for too: their names, or numbers from 0.",
    )
    object_model: ObjectModel = None
    class_names: ClassNames = None
    decoder: DecoderChoice = None
    device: DeviceChoice = "cpu"
    every: int = Field(default=1, ge=1, description="Search every k-th frame of a video.")
    threads: int = Field(default=1, ge=1, description="Number of threads for each network.")

    def detector(self) -> "Detector":
        """Make the detector that does this.

        Raises:
            ConfigError: If a model is none of its kind, or has no such class.
            ModelError: If a model is missing or damaged.
        """
        # Options are explained without arrays and networks.
        from passerby.detection.combined import detectors_for  # noqa: PLC0415
        from passerby.detections import Kind  # noqa: PLC0415
        from passerby.models.lookup import default  # noqa: PLC0415

        kinds = {Kind.PERSON, Kind.HEAD}
        face_model = self.face_model
        if self.faces:
            kinds.add(Kind.FACE)
            face_model = face_model or default("face").name  # heads are no answer to this
        if self.classes:
            kinds.add(Kind.OBJECT)
        settings = DetectionSettings(
            person_model=self.model,
            face_model=face_model,
            person_threshold=self.threshold,
            face_threshold=self.face_threshold,
            size=self.size,
            threads=self.threads,
            object_model=self.object_model,
            classes=self.classes,
            class_names=self.class_names,
            decoder=self.decoder,
            device=self.device,
        )
        return detectors_for(frozenset(kinds), settings)
