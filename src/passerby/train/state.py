"""The state of a training on disk, so that it can go on: what all trainings ask of it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from passerby.errors import ModelError

__all__ = ["check_settings", "understood"]


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong while a state is read and put back into one clear line.

    Raises:
        ModelError: If anything does.
    """
    try:
        yield
    except Exception as error:
        raise ModelError(
            f"{path} is not a checkpoint of this training: move it away to start anew"
        ) from error


def check_settings(
    before: Mapping[str, Any], now: Mapping[str, Any], path: Path, *, may_change: Collection[str]
) -> None:
    """Make sure that a training goes on with the settings that it was begun with.

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
            raise ModelError(
                f"{path} was begun with {name} {before.get(name)}, not {now[name]}: give the "
                "same, or another output folder"
            )
