"""Options of the commands that attack anonymizers: whom, how, and what counts."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.errors import ConfigError

if TYPE_CHECKING:
    from passerby.anonymization import Anonymizer
    from passerby.attack.faces import FaceTrial
    from passerby.attack.people import LabelledCrops

__all__ = [
    "CrowdOptions",
    "FaceOptions",
    "TrialOptions",
    "anonymizer_title",
    "crowd_of",
    "faces_of",
    "trial_settings",
]

_QUICK = 96
"""People, half of whom are measured on."""


@dataclass(frozen=True, kw_only=True)
class CrowdOptions:
    """Whom it is tried on."""

    data: Annotated[
        Path | None,
        Parameter(
            help="Folder of crops or a data set for re-identification; by default people who do "
            "not exist."
        ),
    ] = None
    pattern: Annotated[
        str | None,
        Parameter(help="How names of crops are built: {id}_c{camera}* by default."),
    ] = None
    people: Annotated[
        int, Parameter(validator=Number(gte=6, lte=9_999), help="Number of people, at most.")
    ] = _QUICK
    seed: Annotated[
        int, Parameter(validator=Number(gte=0), help="The same seed gives the same figures.")
    ] = 0


@dataclass(frozen=True, kw_only=True)
class TrialOptions:
    """How it is tried, and what counts."""

    tier: Annotated[
        Literal["quick", "standard"],
        Parameter(
            help="How much is tried: quick takes minutes on two cores. standard trains networks "
            "too, and needs torch, and a GPU to be quick."
        ),
    ] = "quick"
    purpose: Annotated[
        Literal["none", "linking", "identifying"],
        Parameter(
            help="What the anonymized pictures are wanted for, which the report does not count "
            "against them: linking, to follow people from camera to camera; or identifying, to "
            "find them by clear pictures from elsewhere, too."
        ),
    ] = "none"
    model: Annotated[
        str | None,
        Parameter(
            help="Network that makes signatures: a name (passerby models list) or an ONNX file; "
            "by default the one that comes with passerby."
        ),
    ] = None
    start: Annotated[
        tuple[str, ...],
        Parameter(
            help="What a network of the tier standard starts from, as NAME=MODEL: signature, osnet "
            "or mobilenet, and a name (passerby models list), an ONNX file, or a file of torch "
            "weights; by default the network that makes signatures, and weights of ImageNet."
        ),
    ] = ()


@dataclass(frozen=True, kw_only=True)
class FaceOptions:
    """Faces that it is tried on besides."""

    faces: Annotated[
        Path | None,
        Parameter(help="Folder of pictures of faces, in a folder for each person."),
    ] = None
    face_model: Annotated[
        str | None,
        Parameter(help="Network that finds faces: a name (passerby models list) or an ONNX file."),
    ] = None
    face_recogniser: Annotated[
        Path | None,
        Parameter(help="ONNX file of a network that turns faces into signatures."),
    ] = None
    face_pixels: Annotated[
        str, Parameter(help="What that network is fed, such as rgb-127.5 or bgr-caffe.")
    ] = "rgb-127.5"


def faces_of(asked: FaceOptions) -> "FaceTrial | None":
    """Return the faces that are asked for, and networks for them.

    Raises:
        ConfigError: If a folder is given without a recogniser, or the other way round.
        InputError: If faces of too few people are found.
        ModelError: If a network is missing or damaged.
    """
    from passerby.attack.faces import open_faces  # noqa: PLC0415  (help does without)

    if asked.faces is None or asked.face_recogniser is None:
        if asked.faces is not None or asked.face_recogniser is not None:
            raise ConfigError("--faces and --face-recogniser go together: give both")
        return None
    return open_faces(asked.faces, asked.face_model, asked.face_recogniser, asked.face_pixels)


def crowd_of(crowd: CrowdOptions) -> "tuple[LabelledCrops, str]":
    """Return the crops that are asked for, and what they are, in words.

    Raises:
        InputError: If there are none, or a picture cannot be read.
    """
    from passerby.attack.folders import crops_in  # noqa: PLC0415  (help does without)
    from passerby.attack.people import synthetic_people  # noqa: PLC0415

    if crowd.data is None:
        people = synthetic_people(crowd.people, seed=crowd.seed)
        return people, "People who do not exist, before three cameras"
    people = crops_in(crowd.data, people=crowd.people, pattern=crowd.pattern, seed=crowd.seed)
    return people, f"Crops of people in {crowd.data.name}"


def anonymizer_title(anonymizer: "Anonymizer", name: str) -> str:
    """An anonymizer in words."""
    if anonymizer.preset is not None:
        return f"The preset {name}"
    if anonymizer.network is not None:
        return f"The obfuscator {Path(name).name}"
    strength = "" if anonymizer.strength is None else f" at {anonymizer.strength}"
    return f"The operator {name}{strength} on {', '.join(anonymizer.regions)}"


def trial_settings(trial: TrialOptions, model: str) -> dict[str, object]:
    """How it is tried, for the record.

    Args:
        trial: What is asked for.
        model: Name of the network that makes signatures.
    """
    starts = {"start": " ".join(trial.start)} if trial.start else {}
    return {"model": model, "tier": trial.tier, **starts}
