"""The images of a data set under a condition, made once and kept."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from passerby.anonymization import PRESETS
from passerby.datasets import ReidDataset, read_dataset
from passerby.detections import Kind
from passerby.errors import InputError
from passerby.pipeline.report import sha256_of
from passerby.pipeline.settings import Settings
from passerby.pipeline.twin import make_twin
from passerby.reproduce.experiment import ORIGINAL
from passerby.reproduce.faces import faces_found, find_faces
from passerby.reproduce.workspace import Workspace

__all__ = ["Conditioned", "under_condition"]

Progress = Callable[[str, int, int], None]
"""Told what is done, and how many of how many."""

IMAGE_QUALITY = 100
"""Of JPEG: what encoding does to the rest of the picture should be no part of the effect."""


@dataclass(frozen=True, slots=True)
class Conditioned:
    """A data set under a condition.

    Attributes:
        dataset: Where its images lie.
        settings: What was done to them; None for original images.
        sha256: Hash of that, faces included.
        faces: Who looked for faces and how often one was found; None where none were looked for.
    """

    dataset: ReidDataset
    settings: dict[str, Any] | None
    sha256: str
    faces: dict[str, Any] | None = None


def under_condition(
    dataset: ReidDataset,
    condition: str,
    workspace: Workspace,
    workers: int,
    progress: Progress,
) -> Conditioned:
    """Return a data set under a condition, for which a twin is made where there is none.

    Args:
        dataset: The original.
        condition: `ORIGINAL` or the name of a preset.
        workspace: Where twins and faces are kept.
        workers: How many processes make them.
        progress: Told how far it is.

    Raises:
        ConfigError: If there is no such preset, or the twin was begun otherwise.
        InputError: If a picture cannot be read.
        ModelError: If the network that finds faces is missing.
        OutputError: If anything cannot be written.
    """
    if condition == ORIGINAL:
        return Conditioned(dataset, None, _hashed(None))
    faces_file = None
    if Kind.FACE in PRESETS[condition].region.kinds:
        faces_file = workspace.faces(dataset.name)

        def looked(done: int, total: int) -> None:
            progress(f"finding faces in {dataset.name}", done, total)

        find_faces(dataset, faces_file, workers, looked)
    settings = Settings.of(
        preset=condition,
        image_quality=IMAGE_QUALITY,
        detections=None if faces_file is None else str(faces_file),
    )
    target = workspace.twin(dataset.name, condition)

    def copied(done: int, total: int) -> None:
        progress(f"making {condition} of {dataset.name}", done, total)

    twin = make_twin(dataset, target, settings, workers=workers, progress=copied)
    if twin.failures:
        raise InputError(twin.failures[0].reason)
    done = {"preset": condition, "image_quality": IMAGE_QUALITY}
    if faces_file is not None:
        done["faces_sha256"] = sha256_of(faces_file)
    return Conditioned(
        read_dataset(target, dataset.name),
        done,
        _hashed(done),
        None if faces_file is None else faces_found(dataset, faces_file),
    )


def _hashed(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
