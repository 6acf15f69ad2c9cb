"""The state of a training on disk, so that it can go on: what all trainings ask of it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from passerby.errors import ModelError, PasserbyError
from passerby.models.torch_memory import is_out_of_memory

__all__ = ["check_settings", "checkpoint_errors"]


@contextmanager
def checkpoint_errors(path: Path) -> Iterator[None]:
    """Turn whatever does not fit while a state is put back into one clear line.

    What is no fault of the file passes as it is: a disk that cannot be read, or short memory.

    Raises:
        ModelError: If anything does not fit.
    """
    try:
        yield
    except (PasserbyError, OSError):
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise ModelError(
            f"{path} is not a checkpoint of this training run: move it away to start again"
        ) from error


def check_settings(
    before: Mapping[str, Any], now: Mapping[str, Any], path: Path, *, may_change: Collection[str]
) -> None:
    """Make sure that a training goes on with the settings that it was started with.

    Args:
        before: Those of the state.
        now: Those that are asked for.
        path: Of the state, for the message.
        may_change: Names of those that need not be the same.

    Raises:
        ModelError: If any other differs; it names the first.
    """
    for name in sorted(now.keys() - set(may_change)):
        if before.get(name) != now[name]:
            where, then, asked = _difference(name, before.get(name), now[name])
            raise ModelError(
                f"{path} was started with {where} {then}, not {asked}: give the same, or another "
                "output folder"
            )


def _difference(name: str, before: object, now: object) -> tuple[str, object, object]:
    """Return where two settings differ at first, and what they are there."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        keys = sorted(before.keys() | now.keys())
        key = next(key for key in keys if before.get(key) != now.get(key))
        return _difference(f"{name}.{key}", before.get(key), now.get(key))
    return name, before, now
