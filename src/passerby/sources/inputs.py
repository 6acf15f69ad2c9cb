"""What the user named: files, folders with files in them, addresses and cameras."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from passerby.errors import InputError
from passerby.media import IMAGE_SUFFIXES, VIDEO_SUFFIXES, Input

__all__ = ["check_readable", "expand", "ignored_files", "is_stream"]


def is_stream(spec: str | Path) -> bool:
    """Whether ``spec`` names a live source, not a file.

    Example:
        >>> is_stream("rtsp://host/street"), is_stream("camera:0"), is_stream("street.mp4")
        (True, True, False)
    """
    return "://" in str(spec) or str(spec).startswith("camera:")


def check_readable(path: Path) -> None:
    """Make sure that ``path`` is a file with something in it that may be read.

    Raises:
        InputError: If it is not.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a file: name the files in it")
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError(f"{path} is empty (0 bytes): nothing to read")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the path") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: check its permissions") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}): check the path") from error


def expand(specs: Iterable[str | Path]) -> list[Input]:
    """Turn what the user named into single inputs.

    A folder stands for all pictures and videos in it and below it, by their endings, in
    sorted order; hidden files and folders are skipped. A file that is named twice counts once.

    Raises:
        InputError: If a file is missing, or a folder has no picture or video in it.
    """
    inputs = dict.fromkeys(one for spec in specs for one in _expand_one(spec))
    return list(inputs)


def ignored_files(specs: Iterable[str | Path]) -> list[Path]:
    """The files in the folders among ``specs`` that `expand` leaves out, as they are not media."""
    folders = [Path(spec) for spec in specs if not is_stream(spec) and Path(spec).is_dir()]
    return [path for folder in folders for path in _files(folder) if not _is_media(path)]


def _expand_one(spec: str | Path) -> list[Input]:
    if is_stream(spec):
        return [Input(str(spec), None)]
    path = Path(spec)
    if not path.is_dir():
        if not os.path.lexists(path):
            raise InputError(f"{path} does not exist: check the path")
        return [Input(str(spec), path)]
    found = [Input(str(file), file, path) for file in _files(path) if _is_media(file)]
    if not found:
        raise InputError(f"{path} has no pictures or videos in it: name another folder")
    return found


def _is_media(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES


def _files(folder: Path) -> Iterator[Path]:
    """All files below ``folder``, sorted, hidden ones left out."""

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename} may not be read: check its permissions") from error

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))
