"""Compares a twin with its original and with its own manifest."""

from pathlib import Path

from passerby.datasets import Choice, ReidDataset, read_dataset
from passerby.datasets.checks import twin_problems
from passerby.errors import InputError
from passerby.files.hashing import sha256_of
from passerby.runtime.counting import counted
from passerby.twins.manifest import MANIFEST, ManifestEntry, read_manifest

__all__ = ["check_twin"]


def check_twin(dataset: ReidDataset, target: Path, choice: Choice | None = None) -> list[str]:
    """Say what is wrong with a twin, one line each.

    Args:
        dataset: The original.
        target: The root of the twin.
        choice: What the original was read with.

    Raises:
        InputError: If the twin or its manifest cannot be read.
    """
    head, entries = read_manifest(target / MANIFEST)
    problems = twin_problems(dataset, read_dataset(target, dataset.name, choice))
    if not head["complete"]:
        problems.append("the twin is not finished: run `passerby datasets anonymize` again")
    changed = [path for path, entry in entries.items() if _is_changed(target / path, entry)]
    unknown = sorted({sample.path for sample in dataset.samples} - entries.keys())
    raw = [path for path in (*changed, *unknown) if _is_original(dataset.root, target, path)]
    for paths, what in (
        (raw, "are identical to the original"),
        (sorted(set(changed) - set(raw)), "are missing or not what the manifest says"),
        (sorted(set(unknown) - set(raw)), "are not in the manifest"),
    ):
        if paths:
            images = counted(len(paths), "image", what)
            problems.append(f"{images}, such as {paths[0]}: anonymize again")
    return problems


def _is_changed(file: Path, entry: ManifestEntry) -> bool:
    try:
        return sha256_of(file) != entry.sha256
    except InputError:
        return True


def _is_original(source: Path, target: Path, path: str) -> bool:
    try:
        return sha256_of(source / path) == sha256_of(target / path)
    except InputError:
        return False
