"""Errors of the disk, in one line."""

import errno

from passerby.errors import OutputError
from passerby.locations import Location

__all__ = ["exists", "write_error"]


def write_error(target: Location, error: Exception) -> OutputError:
    """Say why ``target`` cannot be written and what to do."""
    number = getattr(error, "errno", None)
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    match number:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return OutputError(f"{target}: the disk is full: free some space and run it again")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return OutputError(f"{target} cannot be written: check the folder's permissions")
        case errno.ENOENT | errno.ENOTDIR | errno.EEXIST:
            return OutputError(f"the folder {target.parent} cannot be made: check the path")
        case errno.ENOTEMPTY:
            return OutputError(f"{target} is not empty: choose another folder or remove it first")
        case errno.ENAMETOOLONG:
            return OutputError(f"{target}: the name is too long: choose a shorter one")
        case _:
            return OutputError(f"{target} cannot be written ({reason}): check the path and options")


def exists(target: Location) -> OutputError:
    """Say that an existing file is not replaced without `--overwrite`."""
    return OutputError(f"{target} exists: add --overwrite or name another output")
