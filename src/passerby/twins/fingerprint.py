"""What the pictures of a twin depend on, for the record and to know whether two are alike."""

from pathlib import Path
from typing import Any

from passerby.detection.combined import model_hashes
from passerby.files.hashing import sha256_of
from passerby.pipeline.obfuscation import obfuscator_hashes
from passerby.pipeline.settings import Settings

__all__ = ["fingerprint"]


def fingerprint(settings: Settings) -> dict[str, Any]:
    """Return settings and hashes of models; of a file of detections, its content counts.

    Args:
        settings: What to cover, how to find it, and how to write it.

    Raises:
        InputError: If the file of detections cannot be read.
        ModelError: If a detector's weights are missing.
    """
    dumped = settings.model_dump(mode="json", include={"cover", "find", "write"})
    kinds, file = settings.cover.anonymizer().kinds, settings.find.detections
    models = obfuscator_hashes(settings)
    if file is not None:
        dumped["find"]["detections"] = {"name": Path(file).name, "sha256": sha256_of(Path(file))}
    elif kinds:
        models = model_hashes(kinds, settings.find.detection(kinds, settings.cover.classes))
    return {"settings": dumped, "models": models}
