"""What only some need is installed on demand: the extras of the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from passerby.errors import ConfigError

__all__ = ["Extra", "needing"]

Extra = Literal[
    "encrypted",
    "evaluate",
    "faiss",
    "federated",
    "objects",
    "oidc",
    "ray",
    "serve",
    "site",
    "train",
]


@contextmanager
def needing(extra: Extra, what: str) -> Iterator[None]:
    """Say how to get what an import inside misses.

    Args:
        extra: Which installs it.
        what: Needs it, in the singular.

    Raises:
        ConfigError: If anything is missing.

    Example:
        >>> with needing("evaluate", "weaving"):
        ...     import a_loom
        Traceback (most recent call last):
        passerby.errors.ConfigError: weaving needs a_loom: run `pip install 'passerby[evaluate]'`
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "a package").partition(".")[0]
        raise ConfigError(
            f"{what} needs {package}: run `pip install 'passerby[{extra}]'`"
        ) from error
