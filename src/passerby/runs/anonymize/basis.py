"""What copies depend on: two runs with the same basis make the same copies of the same inputs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from passerby.detection.combined import model_hashes
from passerby.files.hashing import sha256_of
from passerby.pipeline.obfuscation import obfuscator_hashes
from passerby.pipeline.settings import Settings
from passerby.runtime.provenance import LIBRARIES, versions

__all__ = [
    "Basis",
    "basis_of",
    "basis_of_settings",
    "differences",
    "given_files",
    "used_models",
]

Basis = Mapping[str, Any]
"""Settings, versions and the hashes of networks and of files of boxes, as plain values."""

_OF_THE_RUN = frozenset(("engine", "overwrite", "report", "resume", "shard", "workers"))
"""Settings of a run that do not change its copies."""


def basis_of_settings(
    settings: Settings, models: Mapping[str, str], files: Mapping[str, str]
) -> Basis:
    """What the copies of a run depend on that begins now.

    Args:
        settings: Of the run.
        models: sha256 of each network that it uses, by name.
        files: See `given_files`.
    """
    recorded = settings.model_dump(mode="json")
    known = {"versions": versions(), "models": dict(models), "files": dict(files)}
    return basis_of({"settings": recorded, **known})


def given_files(settings: Settings) -> dict[str, str]:
    """Hash the files that say what is covered: boxes and edits, which may be corrected meanwhile.

    Returns:
        sha256 by the option that names the file; one that is missing is left out, as the run fails.
    """
    named = {
        "find.detections": settings.find.detections,
        "find.class_names": settings.find.class_names,
        "run.edits": settings.run.edits,
    }
    paths = {option: Path(str(name)) for option, name in named.items() if name is not None}
    return {option: sha256_of(path) for option, path in paths.items() if path.is_file()}


def used_models(settings: Settings) -> dict[str, str]:
    """The networks that a report names, with their hashes; none without a report."""
    kinds = settings.cover.anonymizer().kinds
    if not settings.run.report:
        return {}
    if not kinds or settings.find.detections is not None:
        return obfuscator_hashes(settings)
    return model_hashes(kinds, settings.find.detection(kinds, settings.cover.classes))


def basis_of(head: Mapping[str, Any]) -> Basis:
    """What the copies of a run depended on, from the head of its report.

    Versions are those of passerby and of what computes, decodes and encodes. Python and the
    system do not count.
    """
    settings = {
        group: {name: one for name, one in values.items() if name not in _OF_THE_RUN}
        if group == "run"
        else values
        for group, values in head["settings"].items()
    }
    known = {name: head["versions"].get(name) for name in LIBRARIES}
    files = head.get("files", {})
    return {"settings": settings, "versions": known, "models": head["models"], "files": files}


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Name what is not the same in two such mappings, with dots between the levels.

    Example:
        >>> differences({"find": {"every": 3, "size": 640}}, {"find": {"every": 2, "size": 640}})
        ['find.every']
    """
    return sorted(_differences(one, other))


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for name in one.keys() | other.keys():
        mine, theirs = one.get(name), other.get(name)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from (f"{name}.{below}" for below in _differences(mine, theirs))
        elif mine != theirs:
            yield name
