"""Files of torch, which hold weights and numbers and run no code when they are read."""

from pathlib import Path
from typing import Any

import torch

from passerby.errors import ModelError, OutputError
from passerby.models.session import first_line

__all__ = ["read_torch", "write_torch"]


def write_torch(path: Path, content: object) -> None:
    """Write weights and numbers; a file that was there before survives whatever goes wrong.

    Raises:
        OutputError: If it cannot be written.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(content, partial)
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path} ({first_line(error)}): free some space") from error


def read_torch(path: Path) -> Any:  # noqa: ANN401 - whatever was written
    """Read weights and numbers onto the processor.

    Raises:
        ModelError: If the file cannot be read or holds anything else.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise ModelError(f"cannot read {path} ({error.strerror}): check the path") from error
    except Exception as error:  # whatever torch says of a file that is none of its own
        raise ModelError(f"{path} is not a file of torch weights: save a state_dict") from error
