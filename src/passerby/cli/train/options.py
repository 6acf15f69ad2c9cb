"""Options of ``passerby train reid`` beside those of its recipe."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.anonymization import PRESETS
from passerby.anonymization.weakness import marked_names
from passerby.cli.train.console import number
from passerby.errors import ConfigError
from passerby.files.plain import parse_json
from passerby.pipeline.settings import Settings
from passerby.train.detector.collections import COLLECTIONS
from passerby.twins.manifest import MANIFEST, read_manifest
from passerby.twins.pictures import TwinPictures

if TYPE_CHECKING:
    from passerby.train.reid.plan import Distillation

__all__ = ["ComputeOptions", "TrainingOptions"]


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """What is trained, on what."""

    output: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"],
            help="Folder for the network, its figures and its state. The same command resumes an "
            "interrupted run.",
        ),
    ]
    data: Annotated[
        Path | None,
        Parameter(
            help="Folder of a data set, or of an anonymized twin of one. The server of a "
            "federation alone has none."
        ),
    ] = None
    model: Annotated[
        str,
        Parameter(
            help="bot, pcb, pcb-shared, pcb-rpp, mlfn, hacnn, resnet50mid, mudeep, osnet-x1.0, "
            "osnet-x0.25, mobilenet-v2 or siamese-mobilenet."
        ),
    ] = "bot"
    option: Annotated[
        dict[str, str] | None,
        Parameter(help="Options of the network: --option.width 0.5, --option.backbone resnet18."),
    ] = None
    weights: Annotated[
        str,
        Parameter(
            help="Initial weights: scratch, imagenet, a file of torch weights, or an exported "
            "network (an ONNX file or the name of a model)."
        ),
    ] = "scratch"
    teacher: Annotated[
        tuple[str, ...],
        Parameter(
            help="Network whose signatures are learned, by name or path, instead of who is who. "
            "The signatures of several stand side by side."
        ),
    ] = ()
    photographs: Annotated[
        Path | None,
        Parameter(
            help="Folder of pictures with boxes, as of `passerby train detector`: a teacher "
            "describes their people too."
        ),
    ] = None
    leave_out: Annotated[
        tuple[str, ...], Parameter(help="Collections of photographs to leave out.")
    ] = ()
    anonymize: Annotated[
        str | None,
        Parameter(
            help="Preset with which images are anonymized as they are read: "
            f"{marked_names(PRESETS)}."
        ),
    ] = None
    image_quality: Annotated[
        int,
        Parameter(
            validator=Number(gte=1, lte=100),
            help="JPEG quality of anonymized images, as in a twin.",
        ),
    ] = 95
    detections: Annotated[
        str | None, Parameter(help="Take faces from this file instead of detecting them.")
    ] = None
    face_model: Annotated[str | None, Parameter(help="Face detector: a name.")] = None
    face_threshold: Annotated[
        float, Parameter(validator=Number(gt=0, lte=1), help="Lowest score of a face.")
    ] = 0.5
    condition: Annotated[
        str | None,
        Parameter(
            help="Name of the images' condition in the record; by default the preset, or original."
        ),
    ] = None

    @property
    def options(self) -> dict[str, object]:
        """Options of the network by name."""
        chosen = (self.option or {}).items()
        return {name.replace("-", "_"): _value(text) for name, text in chosen}

    @property
    def distillation(self) -> "Distillation | None":
        """Whom the network learns from, if there are teachers."""
        if not self.teacher:
            if self.photographs or self.leave_out:
                raise ConfigError(
                    "nobody knows who is who in photographs: give a --teacher, or leave "
                    "--photographs and --leave-out out"
                )
            return None
        if self.anonymize is not None:
            raise ConfigError(
                "a teacher must see people as they are, and what it teaches covers their heads "
                "itself: leave --anonymize out"
            )
        from passerby.train.reid.plan import Distillation  # noqa: PLC0415 - needs torch

        collections = _collections(self.leave_out) if self.photographs else ()
        return Distillation(
            teachers=self.teacher, photographs=self.photographs, collections=collections
        )

    @property
    def anonymizer(self) -> TwinPictures | None:
        """Read pictures as a twin would have them, if that is asked for."""
        if self.anonymize is None:
            return None
        if self.data is not None and (self.data / MANIFEST).exists():
            raise ConfigError(f"{self.data} is anonymized already: leave --anonymize out")
        settings = Settings.of(
            preset=self.anonymize,
            detections=self.detections,
            face_model=self.face_model,
            face_threshold=self.face_threshold,
            image_quality=self.image_quality,
        )
        return TwinPictures(settings)

    @property
    def named_condition(self) -> str:
        """What the images are, in a word."""
        if self.condition is not None:
            return self.condition
        manifest = None if self.data is None else self.data / MANIFEST
        if manifest is not None and manifest.exists():
            head, _ = read_manifest(manifest)
            preset: str | None = head["settings"]["cover"]["preset"]
            return preset or "anonymized"
        return self.anonymize or "original"


@dataclass(frozen=True, kw_only=True)
class ComputeOptions:
    """What it is computed with."""

    seed: Annotated[int, number(0, "Seed of everything that is random.")] = 0
    precision: Annotated[
        Literal["auto", "bf16", "fp32"],
        Parameter(help="auto is bf16 if the hardware supports it."),
    ] = "auto"
    accumulate: Annotated[
        int, number(1, "Number of parts that a batch is split into, to use less memory.")
    ] = 1
    workers: Annotated[int, number(0, "Threads that prepare batches.")] = 1
    evaluate: Annotated[
        bool,
        Parameter(negative="--no-evaluate", help="Evaluate on queries and gallery at the end."),
    ] = True
    tensorboard: Annotated[bool, Parameter(help="Write the losses for TensorBoard too.")] = False


def _collections(left_out: tuple[str, ...]) -> tuple[str, ...]:
    """Name the collections in which people have boxes and that may train what ships."""
    unwanted = {COLLECTIONS[name].name for name in left_out}
    return tuple(
        name
        for name, collection in COLLECTIONS.items()
        if name not in unwanted and collection.ships and collection.people
    )


def _value(text: str) -> object:
    """Take a number or a truth value for what it is, and all else for a name."""
    try:
        return parse_json(text.lower())
    except ValueError:
        return text
