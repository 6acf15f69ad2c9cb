"""Reads the files for MATLAB in which some data sets keep their labels."""

import io
from collections.abc import Collection
from pathlib import Path
from typing import Any

from passerby.errors import InputError
from passerby.extras import needing

__all__ = ["copied_mat", "read_mat"]

_HEADER = b"MATLAB 5.0 MAT-file".ljust(116)
"""Without the date and the machine, which are nobody's business."""


def read_mat(path: Path, *names: str, optional: Collection[str] = ()) -> dict[str, Any]:
    """Read variables from a file of MATLAB's format 5 or older.

    Args:
        path: Of the file.
        names: Of the variables.
        optional: More of them, which need not be there.

    Raises:
        ConfigError: If scipy is not installed.
        InputError: If it is missing, damaged or of another format, or lacks a variable.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist: it lists the people for training and testing")
    with needing("evaluate", f"reading {path}"):
        from scipy.io import loadmat  # noqa: PLC0415  (an extra)
    try:
        content: dict[str, Any] = loadmat(path, variable_names=(*names, *optional), appendmat=False)
    except NotImplementedError as error:
        raise InputError(f"{path} is in MATLAB's format 7.3: save it with -v7") from error
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{path} cannot be read ({reason}): download it again") from error
    for name in names:
        if name not in content:
            raise InputError(f"{path} has no variable {name}: use the file of this data set")
    return content


def copied_mat(path: Path, names: Collection[str]) -> bytes:
    """Return a file for MATLAB with some variables of another one, as far as it has them.

    Args:
        path: Of the other one.
        names: Of the variables.

    Raises:
        ConfigError: If scipy is not installed.
        InputError: If it cannot be read.
    """
    content = read_mat(path, optional=names)
    from scipy.io import savemat  # noqa: PLC0415  (an extra, with which it was read)

    memory = io.BytesIO()
    labels = {name: content[name] for name in names if name in content}
    savemat(memory, labels)  # type: ignore[arg-type]  # a file will do, whatever its types say
    return _HEADER + memory.getvalue()[len(_HEADER) :]
