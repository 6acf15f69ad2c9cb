"""What the user named: files, folders with files in them, addresses and cameras."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from passerby.errors import InputError
from passerby.files.object_store import is_object_folder, object_exists, objects_below
from passerby.files.plain import is_plain, open_plain
from passerby.locations import Location, ObjectPath, is_object, location_of
from passerby.media import IMAGE_SUFFIXES, VIDEO_SUFFIXES, Input
from passerby.runtime.addresses import is_mistyped, public_address
from passerby.runtime.counting import counted

__all__ = ["check_readable", "expand", "is_stream", "left_out"]


def is_stream(spec: str | Location) -> bool:
    """Whether ``spec`` names a live source, not a file.

    Example:
        >>> is_stream("rtsp://host/street"), is_stream("camera:0"), is_stream("street.mp4")
        (True, True, False)
    """
    name = str(spec)
    is_address = "://" in name and not name.startswith("file://") and not is_object(name)
    return is_address or name.startswith("camera:")


def check_readable(path: Location) -> None:
    """Make sure that ``path`` is an object or a plain file with something in it that may be read.

    Raises:
        InputError: If it is not.
    """
    try:
        with open_plain(path) as file:
            if not file.read(1):
                raise InputError(f"{path} is empty (0 bytes): nothing to read")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the path") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not a file: name the files in it") from None
    except PermissionError:
        raise InputError(f"{path} cannot be read: check its permissions") from None
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path} cannot be read ({reason}): check the path") from error


def expand(specs: Iterable[str | Path]) -> list[Input]:
    """Turn what the user named into single inputs.

    A folder stands for all pictures and videos in it and below it, by their endings, in
    sorted order; links are followed, hidden files and folders are skipped (see `left_out`). A file
    that is named twice counts once. What cannot be read is an input too, which says so.

    Raises:
        InputError: If there is nothing that could be read: files are missing, or folders have no
            picture or video in them.
    """
    inputs = list(dict.fromkeys(one for spec in specs for one in _expand_one(spec)))
    problems = [one.problem for one in inputs if one.problem is not None]
    if problems and len(problems) == len(inputs):
        more = (
            f" (and {counted(len(problems) - 1, 'more such input')})" if len(problems) > 1 else ""
        )
        raise InputError(problems[0] + more)
    return inputs


def left_out(specs: Iterable[str | Path]) -> list[str]:
    """Say in one line each what of the folders among ``specs`` `expand` leaves out."""
    places = [location_of(str(spec)) for spec in specs if not is_stream(spec)]
    contents = [found for place in places if (found := _found_in(place)) is not None]
    remarks = []
    for (noun, what), paths_of in _REMARKS.items():
        paths = [path for one in contents for path in paths_of(one)]
        if paths:
            remarks.append(f"{counted(len(paths), noun)} {what}, such as {paths[0]}")
    return remarks


@dataclass(frozen=True, slots=True)
class _Contents:
    """What lies in a folder and below it.

    Attributes:
        media: Pictures and videos.
        others: Files that are neither.
        special: What is no plain file.
        repeated: Links to folders that are read already under another name, or to one that holds
            the folder itself.
        hidden: Pictures, videos and folders whose names begin with a dot.
        closed: Folders that cannot be read.
        odd: Objects whose keys have empty parts or dots in the place of names.
        sizes: Of objects, in bytes.
    """

    media: list[Location] = field(default_factory=list)
    others: list[Location] = field(default_factory=list)
    special: list[Location] = field(default_factory=list)
    repeated: list[Location] = field(default_factory=list)
    hidden: list[Location] = field(default_factory=list)
    closed: list[Location] = field(default_factory=list)
    odd: list[Location] = field(default_factory=list)
    sizes: dict[Location, int] = field(default_factory=dict)


_REMARKS: dict[tuple[str, str], Callable[[_Contents], list[Location]]] = {
    ("file", "in folders left out: no picture, no video"): lambda one: one.others,
    ("special file", "left out: pipes, sockets, devices"): lambda one: one.special,
    ("linked folder", "left out: read already, or holding the one that is"): lambda one: (
        one.repeated
    ),
    ("hidden entry", "of folders left out"): lambda one: one.hidden,
    ("object", "left out: empty parts or dots in the key"): lambda one: one.odd,
}
"""What is counted, and what is said of it."""


def _expand_one(spec: str | Path) -> list[Input]:
    name = str(spec)
    if is_stream(spec):
        return [Input(name, None)]
    path = location_of(name)
    if isinstance(path, ObjectPath):
        return _objects(name, path)
    try:
        is_there, is_folder = os.path.lexists(path), path.is_dir()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return [Input(name, path, problem=f"{path} cannot be read ({reason}): check the path")]
    if not is_there:
        return [Input(name, path, problem=_missing(name, path))]
    if not is_folder:
        return [Input(name, path)]
    return _in_folder(name, path, _contents(path))


def _in_folder(name: str, path: Location, contents: _Contents) -> list[Input]:
    found = [Input(str(file), file, path, size=contents.sizes.get(file)) for file in contents.media]
    found += [
        Input(str(one), one, problem=f"{one} cannot be read: check its permissions")
        for one in contents.closed
    ]
    nothing = f"{path} has no pictures or videos in it: name another folder"
    return found or [Input(name, path, problem=nothing)]


def _objects(name: str, path: ObjectPath) -> list[Input]:
    """The object of this name, or all below the folder of this name."""
    try:
        if path.key and object_exists(path):
            return [Input(str(path), path)]
        if not is_object_folder(path):
            problem = f"{path} does not exist: check the address"
            return [Input(name, path, problem=problem)]
    except InputError as error:
        return [Input(name, path, problem=str(error))]
    return _in_folder(name, path, _objects_in(path))


def _found_in(place: Location) -> _Contents | None:
    """What is in a folder; None if it is none."""
    if isinstance(place, ObjectPath):
        return _objects_in(place)
    return _contents(place) if place.is_dir() else None


def _objects_in(folder: ObjectPath) -> _Contents:
    """List all objects below a folder."""
    found = _Contents()
    for one, size in objects_below(folder):
        found.sizes[one] = size
        if not one.is_plain:
            found.odd.append(one)
        elif any(part.startswith(".") for part in one.relative_to(folder).parts):
            found.hidden.append(one)
        else:
            (found.media if _is_medium(one) else found.others).append(one)
    return found


def _missing(name: str, path: Path) -> str:
    if is_mistyped(name):
        return (
            f"{public_address(name)} is no file and looks like an address: write it as in "
            "rtsp://host/path"
        )
    is_pattern = any(letter in name for letter in "*?")
    remedy = "if it is a pattern, leave out the quotes, or name the folder" if is_pattern else ""
    return f"{path} does not exist: {remedy or 'check the path'}"


def _contents(folder: Path) -> _Contents:
    """List a folder with all below it; a folder that links lead to once more is listed once."""
    found = _Contents()
    seen: set[tuple[int, int]] = set()
    waiting = [folder]
    for top in waiting:  # it grows by the links that are met
        if top != folder and (_is_seen(top, seen) or _holds(top, folder)):
            found.repeated.append(top)
            continue
        for parent, folders, names in _walk(top, found):
            seen.add(_identity(parent))
            folders[:] = _below(parent, folders, seen, found)
            waiting += [parent / name for name in folders if (parent / name).is_symlink()]
            for name in names:
                _sort_in(parent / name, found)
    return found


def _walk(top: Path, found: _Contents) -> Iterator[tuple[Path, list[str], list[str]]]:
    def note(error: OSError) -> None:
        found.closed.append(Path(error.filename))

    for parent, folders, names in os.walk(top, onerror=note):
        folders.sort()
        yield Path(parent), folders, sorted(names)


def _below(
    parent: Path, folders: list[str], seen: set[tuple[int, int]], found: _Contents
) -> list[str]:
    """The folders to go on with: neither hidden nor seen; links among them wait."""
    hidden = [name for name in folders if name.startswith(".")]
    found.hidden.extend(parent / name for name in hidden)
    kept = [name for name in folders if name not in hidden]
    again = [
        name for name in kept if not (parent / name).is_symlink() and _is_seen(parent / name, seen)
    ]
    found.repeated.extend(parent / name for name in again)
    return [name for name in kept if name not in again]


def _sort_in(path: Path, found: _Contents) -> None:
    is_medium = _is_medium(path)
    if not is_plain(path):
        found.special.append(path)
    elif not path.name.startswith("."):
        (found.media if is_medium else found.others).append(path)
    elif is_medium:
        found.hidden.append(path)


def _is_medium(path: Location) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES


def _is_seen(folder: Path, seen: set[tuple[int, int]]) -> bool:
    return _identity(folder) in seen


def _identity(folder: Path) -> tuple[int, int]:
    """What a folder is, whatever links lead to it; one that just vanished is none."""
    try:
        status = folder.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _holds(outer: Path, inner: Path) -> bool:
    """Whether a link leads to a folder that holds the one with the link in it."""
    return inner.resolve().is_relative_to(outer.resolve())
