"""Whether a file or an object is there, and how large it is."""

import os

from passerby.files.object_store import object_exists, state_of
from passerby.locations import Location, ObjectPath

__all__ = ["byte_size", "is_there"]


def byte_size(path: Location) -> int:
    """In bytes.

    Raises:
        OSError: If there is no such file.
        InputError: If there is no such object, or its store does not answer.
    """
    return state_of(path).size if isinstance(path, ObjectPath) else path.stat().st_size


def is_there(path: Location) -> bool:
    """Whether something has this name; a link counts, wherever it leads.

    Raises:
        InputError: If a store does not answer.
    """
    return object_exists(path) if isinstance(path, ObjectPath) else os.path.lexists(path)
