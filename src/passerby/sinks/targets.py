"""Where each input's copy goes; everything that can go wrong is found before work starts."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePath

from passerby.errors import ConfigError, InputError, OutputError
from passerby.files.object_store import is_object_folder, objects_below
from passerby.files.output_folder import OutputFolder
from passerby.files.plain import open_plain
from passerby.files.status import is_there
from passerby.locations import Location, ObjectPath, is_object, location_of
from passerby.media import IMAGE_SUFFIXES, Input
from passerby.runtime.addresses import is_mistyped, public_address
from passerby.runtime.counting import counted
from passerby.sinks.formats import IMAGE_FORMATS, VIDEO_FORMATS

__all__ = ["Target", "check_absent", "plan", "reserved", "without_copies"]

Target = Location | str
"""A file, an object, or the address of a stream."""

LONGEST_NAME = 255
"""Bytes that a file's name may have."""

_BECOME_JPEG = frozenset((".avif", ".heic", ".heif", ".hif", ".mpo"))
"""Pictures whose copies anybody shall be able to open, unless the user names another format."""

_WRITABLE = IMAGE_FORMATS.keys() | VIDEO_FORMATS.keys()


def plan(
    inputs: Sequence[Input],
    output: str | None = None,
    *,
    overwrite: bool = False,
    wanted: Collection[int] | None = None,
) -> list[tuple[Input, Target | None]]:
    """Give every input its target; one that cannot be read has none.

    Without ``output`` the copy lies beside its input as ``NAME_anonymized.EXT``. With one, it
    is a file or an address for a single input, and a folder for several or for a folder, whose
    tree is mirrored. The copy of a HEIC or AVIF picture is a ``.jpg``. Where a format cannot be
    written, a picture's copy is a ``.png`` and a video's a ``.mp4``. If that is the name of another
    copy, as of IMG.HEIC beside IMG.JPG, the old ending stays in front: ``IMG.HEIC.jpg``.

    Args:
        inputs: What `passerby.sources.expand` gave.
        output: What the user asked for.
        overwrite: Whether existing files may be replaced.
        wanted: Positions of the inputs that are copied now, if others are copied elsewhere.

    Raises:
        ConfigError: If ``output`` does not fit the inputs.
        OutputError: If a target exists, is shared, is an input, or cannot be written.
    """
    pairs = _named_apart(
        [(one, None if one.problem is not None else _target(one, output, inputs)) for one in inputs]
    )
    files = [(one, target) for one, target in pairs if isinstance(target, Location)]
    targets = [target for _, target in files]
    linked = [] if output is None else _linked(targets, _folder(output, inputs))
    now = [pair for at, pair in enumerate(pairs) if wanted is None or at in wanted]
    written = [(one, target) for one, target in now if isinstance(target, Location)]
    problems = [*_shared(files), *linked, *_unwritable(written, files, overwrite=overwrite)]
    if problems:
        more = (
            f" (and {counted(len(problems) - 1, 'more such target')})" if len(problems) > 1 else ""
        )
        raise OutputError(problems[0] + more)
    return pairs


def check_absent(targets: Iterable[Target | None], begun: Collection[Location]) -> None:
    """Make sure that nothing is there but what a run before has begun.

    Raises:
        OutputError: If something is.
    """
    for target in targets:
        if isinstance(target, Location) and target not in begun and is_there(target):
            raise OutputError(_existing(target))


def _existing(target: Location) -> str:
    return f"{target} exists: add --overwrite or name another output"


@contextmanager
def reserved(inputs: Sequence[Input], output: str | None) -> Iterator[OutputFolder | None]:
    """Make the folder that all copies go into; no other run gets in as long as this one is.

    Args:
        inputs: As for `plan`, which has found nothing wrong.
        output: What the user asked for. Beside the inputs there is no such folder, a bucket has
            none, and where a single file was named, others may be written beside it.

    Raises:
        OutputError: If it cannot be made, or another run writes into it.
    """
    path = None if output is None or is_address(output) else _folder(output, inputs)
    if not isinstance(path, Path) or output is None:
        yield None
        return
    folder = OutputFolder.made(path)
    with folder.locked() if _is_folder(output, inputs) else nullcontext():
        yield folder


def _is_folder(output: str, inputs: Sequence[Input]) -> bool:
    """Whether the user named a folder, not a file."""
    several = len(inputs) > 1 or any(one.folder is not None for one in inputs)
    return several or output.endswith("/") or _is_folder_now(location_of(output))


def _is_folder_now(place: Location) -> bool:
    if isinstance(place, ObjectPath):
        return not place.suffix and is_object_folder(place)
    return place.is_dir()


def _folder(output: str, inputs: Sequence[Input]) -> Location:
    place = location_of(output)
    return place if _is_folder(output, inputs) else place.parent


def is_address(output: str) -> bool:
    """Whether an output is the address of a stream, and no file or object."""
    return "://" in output and not output.startswith("file://") and not is_object(output)


def _target(one: Input, output: str | None, inputs: Sequence[Input]) -> Target:
    if output is None:
        if one.path is None:
            raise ConfigError(f"{public_address(one.name)} is live: name an output for it")
        return _beside(one.path)
    to_folder = len(inputs) > 1 or one.folder is not None
    if is_address(output):
        if to_folder:
            raise ConfigError(
                f"{public_address(output)} takes a single input, not {len(inputs)}: name a folder"
            )
        return output
    if is_mistyped(output):
        raise ConfigError(
            f"{public_address(output)} looks like an address: write it as in rtsp://host/path, "
            "or begin with ./ if it is a file"
        )
    path = location_of(output)
    if to_folder and (
        (isinstance(path, Path) and path.is_file()) or path.suffix.lower() in _WRITABLE
    ):
        raise ConfigError(f"{output} is a file, but several inputs need a folder: name a folder")
    if _is_folder(output, inputs):
        if one.relative is None:
            raise ConfigError(
                f"{public_address(one.name)} is live: name a file or an address, not a folder"
            )
        return path / one.relative.with_suffix(_suffix(one.path or one.relative))
    return path


def without_copies(inputs: Sequence[Input]) -> list[Input]:
    """Leave out what lies in a folder as the copy of another input, from a run without output."""
    places = [(one, _beside(one.path)) for one in inputs if one.path is not None]
    copies = {copy for one, place in places for copy in (place, _with_old_ending(one, place))}
    return [one for one in inputs if one.folder is None or one.path not in copies]


def _beside(path: Location) -> Location:
    """Where the copy of a file lies if nobody says otherwise."""
    return path.with_name(f"{path.stem}_anonymized{_suffix(path)}")


def _suffix(path: Location | PurePath) -> str:
    """The input's ending where it can be written, else that of the nearest format."""
    if path.suffix.lower() in _BECOME_JPEG and not (
        isinstance(path, Location) and _is_animated(path)
    ):
        return ".jpg"
    if path.suffix.lower() in _WRITABLE:
        return path.suffix
    return ".png" if path.suffix.lower() in IMAGE_SUFFIXES else ".mp4"


def _is_animated(path: Location) -> bool:
    """Whether it is a sequence of AVIF pictures, by its main brand (AVIF 1.1, 6.3)."""
    try:
        with open_plain(path) as file:
            return file.read(12)[4:] == b"ftypavis"
    except (OSError, InputError):
        return False


def _named_apart(pairs: list[tuple[Input, Target | None]]) -> list[tuple[Input, Target | None]]:
    """Keep the old ending in the names of copies that another copy would bear without it."""
    owners = Counter(_key(target) for _, target in pairs if isinstance(target, Location))
    return [
        (one, _with_old_ending(one, target))
        if isinstance(target, Location) and owners[_key(target)] > 1
        else (one, target)
        for one, target in pairs
    ]


def _with_old_ending(one: Input, target: Location) -> Location:
    """The target, with the input's ending in its name if it has another one."""
    old = "" if one.path is None else one.path.suffix
    if old.lower() == target.suffix.lower():
        return target
    return target.with_name(f"{target.stem}{old}{target.suffix}")


def _key(target: Location) -> str:
    """What a target is to file systems that ignore case; stores do not."""
    if isinstance(target, ObjectPath):
        return str(target)
    return os.path.realpath(target).casefold()


def _shared(pairs: list[tuple[Input, Location]]) -> Iterator[str]:
    """Two inputs with one target, told apart as the file system does, which may ignore case."""
    owners: dict[str, Input] = {}
    for one, target in pairs:
        key = _key(target)
        if key in owners:
            yield f"{target} would be written by both {owners[key].name} and {one.name}: rename one"
        owners[key] = one


def _linked(targets: Sequence[Location], root: Location) -> Iterator[str]:
    """Folders below the root that are links: what they lead to may lie outside."""
    paths = [target for target in targets if isinstance(target, Path)]
    places = {place for target in paths for place in target.parents if root in place.parents}
    for place in sorted(places):
        if place.is_symlink():
            yield f"{place} is a link, which may lead out of the output folder: remove it"


def _unwritable(
    written: list[tuple[Input, Location]],
    files: list[tuple[Input, Location]],
    *,
    overwrite: bool,
) -> Iterator[str]:
    sources = {one.path for one, _ in files}
    paths = [path for path in sources if isinstance(path, Path) and path.exists()]
    inputs = {_identity(path) for path in paths}
    there = _objects_beside(target for _, target in written)
    for _, target in written:
        ending = target.suffix.lower()
        if len(os.fsencode(target.name)) > LONGEST_NAME:
            continue  # it fails alone when it is written
        if ending not in _WRITABLE:
            known = " ".join(sorted(_WRITABLE))
            yield f"{target}: {ending or 'no ending'} cannot be written: use one of {known}"
        elif target in sources or _is_one_of(target, inputs):
            yield f"{target} is an input and would be overwritten: name another output"
        elif isinstance(target, Path) and target.is_dir():
            yield f"{target} is a folder: name a file"
        elif not overwrite and (target in there or _is_on_disk(target)):
            yield _existing(target)
        elif isinstance(target, Path) and not _can_write_into(target.parent):
            yield f"{target.parent} is no folder that may be written to: check its permissions"


def _is_one_of(target: Location, files: Collection[tuple[int, int]]) -> bool:
    return isinstance(target, Path) and target.exists() and _identity(target) in files


def _is_on_disk(target: Location) -> bool:
    return isinstance(target, Path) and os.path.lexists(target)


def _objects_beside(targets: Iterable[Location]) -> set[ObjectPath]:
    """All objects in the folders that these lie in, each folder listed once."""
    folders = {target.parent for target in targets if isinstance(target, ObjectPath)}
    tops = [
        folder
        for folder in folders
        if not any(folder != other and _is_below(folder, other) for other in folders)
    ]
    return {one for top in tops for one, _ in objects_below(top)}


def _is_below(folder: ObjectPath, other: ObjectPath) -> bool:
    whole = f"{other.key}/" if other.key else ""
    return folder.bucket == other.bucket and folder.key.startswith(whole)


def _identity(path: Path) -> tuple[int, int]:
    """What a file is, whatever links lead to it."""
    status = path.stat()
    return status.st_dev, status.st_ino


def _can_write_into(folder: Path) -> bool:
    """Whether files can be made in ``folder``, or folders up to it."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
