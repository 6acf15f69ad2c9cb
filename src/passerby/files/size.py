"""How large a file or an object is."""

from passerby.files.object_store import state_of
from passerby.locations import Location, ObjectPath

__all__ = ["byte_size"]


def byte_size(path: Location) -> int:
    """In bytes.

    Raises:
        OSError: If there is no such file.
        InputError: If there is no such object, or its store does not answer.
    """
    return state_of(path).size if isinstance(path, ObjectPath) else path.stat().st_size
