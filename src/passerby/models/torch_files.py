"""Files of torch, which hold weights and numbers and run no code when they are read."""

import errno
from pathlib import Path
from typing import Any

import torch

from passerby.errors import ModelError, OutputError
from passerby.files.partial import REPLACING, PartialFile
from passerby.files.plain import open_plain
from passerby.models.session import first_line
from passerby.models.torch_memory import is_out_of_memory

__all__ = ["read_torch", "write_torch"]


def write_torch(path: Path, content: object) -> None:
    """Write weights and numbers; a file that was there before survives whatever goes wrong.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        partial = PartialFile(path, REPLACING)
        with partial:
            torch.save(content, partial.path)
    except RuntimeError as error:
        raise OutputError(f"cannot write {path} ({first_line(error)}): free some space") from error


def read_torch(path: Path) -> Any:  # noqa: ANN401 - whatever was written
    """Read weights and numbers onto the processor.

    Raises:
        ModelError: If the file cannot be read or holds anything else, or memory is not enough.
    """
    try:
        with open_plain(path) as file:
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever torch says of a file that is none of its own
        raise ModelError(_why(path, error)) from error


def _why(path: Path, error: Exception) -> str:
    # In a torn file, torch seeks to a place that is none.
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        return f"cannot read {path} ({error.strerror}): check the path"
    if is_out_of_memory(error):
        return f"there is not enough memory to read {path}: free some"
    return (
        f"{path} is not a file of torch weights, or is damaged: give a state_dict, or move a "
        "damaged file away"
    )
