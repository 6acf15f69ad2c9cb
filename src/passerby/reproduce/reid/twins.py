"""The images of a data set under a condition: a twin that is made once and kept, or in memory."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from passerby.anonymization import PRESETS
from passerby.datasets import ReidDataset, read_dataset
from passerby.detections import Kind
from passerby.errors import InputError
from passerby.files.hashing import sha256_of
from passerby.pipeline.settings import Settings
from passerby.reproduce.experiment import CaseProgress
from passerby.reproduce.reid.case import ORIGINAL
from passerby.reproduce.reid.enlarged import Enlarged
from passerby.reproduce.reid.faces import faces_found, find_faces
from passerby.reproduce.workspace import Workspace
from passerby.twins.twin import make_twin

__all__ = ["ConditionDataset", "dataset_for"]

IMAGE_QUALITY = 100
"""Of JPEG: what encoding does to the rest of the picture should be no part of the effect."""


@dataclass(frozen=True, slots=True)
class ConditionDataset:
    """A data set under a condition.

    Attributes:
        dataset: Where its images lie.
        settings: What was done to them; None for original images.
        anonymize: What is done to them as they are read; None to take them as they lie there.
        faces: Who looked for faces and how often one was found; None where none were looked for.
    """

    dataset: ReidDataset
    settings: Mapping[str, Any] | None = None
    anonymize: Enlarged | None = None
    faces: Mapping[str, Any] | None = None

    @property
    def sha256(self) -> str:
        """Hash of what was done to the images, faces included."""
        return hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode()).hexdigest()


def dataset_for(
    dataset: ReidDataset,
    condition: str,
    scale: str,
    workspace: Workspace,
    workers: int = 1,
    progress: CaseProgress = lambda _what, _done, _total: None,
) -> ConditionDataset:
    """Return a data set under a condition, for which a twin is made where there is none.

    Args:
        dataset: The original.
        condition: `ORIGINAL` or the name of a preset.
        scale: At ``paper`` scale, presets that look for nobody are applied to enlarged images.
        workspace: Where twins and faces are kept.
        workers: How many processes make them.
        progress: Told how far it is.

    Raises:
        ConfigError: If there is no such preset, or the twin was started with other settings.
        InputError: If a picture cannot be read.
        ModelError: If the network that finds faces is missing.
        OutputError: If anything cannot be written.
    """
    if condition == ORIGINAL:
        return ConditionDataset(dataset)
    if Kind.FACE in PRESETS[condition].region.kinds:
        return _with_faces(dataset, condition, workspace, workers, progress)
    if scale == "paper":
        return ConditionDataset(
            dataset, {"preset": condition, "enlarged": True}, Enlarged(condition)
        )
    settings = Settings.of(preset=condition, image_quality=IMAGE_QUALITY)
    twin = _twin(dataset, settings, workspace.twin(dataset.name, condition), workers, progress)
    return ConditionDataset(twin, {"preset": condition, "image_quality": IMAGE_QUALITY})


def _with_faces(
    dataset: ReidDataset, condition: str, workspace: Workspace, workers: int, progress: CaseProgress
) -> ConditionDataset:
    """A twin whose faces are those of all other twins."""
    file = workspace.faces(dataset.name)
    find_faces(dataset, file, workers, partial(progress, f"finding faces in {dataset.name}"))
    settings = Settings.of(preset=condition, image_quality=IMAGE_QUALITY, detections=str(file))
    twin = _twin(dataset, settings, workspace.twin(dataset.name, condition), workers, progress)
    done = {
        "preset": condition,
        "image_quality": IMAGE_QUALITY,
        "faces_sha256": sha256_of(file),
    }
    return ConditionDataset(twin, done, faces=faces_found(dataset, file))


def _twin(
    dataset: ReidDataset, settings: Settings, target: Path, workers: int, progress: CaseProgress
) -> ReidDataset:
    told = partial(progress, f"anonymizing into {target.name}")
    twin = make_twin(dataset, target, settings, workers=workers, progress=told)
    if twin.failures:
        raise InputError(twin.failures[0].reason)
    return read_dataset(target, dataset.name)
