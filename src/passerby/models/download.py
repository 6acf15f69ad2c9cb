"""Fetch a network's file from the address on its card."""

import hashlib
import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import build_opener

from passerby.errors import ModelError, OutputError
from passerby.files.partial import REPLACING, PartialFile
from passerby.models.cards import MODELS, ModelCard
from passerby.models.lookup import ENVIRONMENT_VARIABLE, check_hash, download_folder, find, remedy

__all__ = ["pull"]

_CHUNK = 64 * 1024


def pull(
    name: str, *, timeout: float = 30.0, progress: Callable[[int], None] | None = None
) -> Path:
    """Fetch the model ``name``, unless the right file is here already.

    Args:
        name: Of the model.
        timeout: Longest silence of the server, in seconds.
        progress: Told the number of bytes of each piece that has come.

    Returns:
        Where the file lies. It appears under its name only after its hash was checked.

    Raises:
        ConfigError: If no model has this name.
        ModelError: If it cannot be fetched or written, or is not what the card describes.
    """
    card = MODELS[name]
    present = find(card)
    if present is not None and _is_right(card, present):
        return present
    target = download_folder() / card.file
    with _appearing(target) as file:
        _fetch(card, file.write, timeout, progress or (lambda _: None))
    return target


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that gets its name when all went well, and vanishes otherwise."""
    try:
        with PartialFile(target, REPLACING) as file:
            yield file
    except OutputError as error:
        raise ModelError(str(error)) from error


def _is_right(card: ModelCard, path: Path) -> bool:
    try:
        check_hash(card, path)
    except ModelError:
        return False
    return True


def _fetch(
    card: ModelCard,
    write: Callable[[bytes], object],
    timeout: float,
    progress: Callable[[int], None],
) -> None:
    """Copy the card's address into ``write`` and compare its hash."""
    digest = hashlib.sha256()
    received = 0
    for chunk in _chunks(card, timeout):
        received += len(chunk)
        if received > card.size:
            break
        digest.update(chunk)
        write(chunk)
        progress(len(chunk))
    if received != card.size or digest.hexdigest() != card.sha256:
        raise ModelError(
            f"{card.url} did not send {card.name}: expected {card.size} bytes of sha256 "
            f"{card.sha256}, got {received} of {digest.hexdigest()}; try again later"
        )


def _chunks(card: ModelCard, timeout: float) -> Iterator[bytes]:
    """Yield the pieces of the file at the card's address."""
    if card.url is None:
        raise ModelError(f"{card.name} cannot be downloaded: {remedy(card, find(card))}")
    try:
        with build_opener().open(card.url, timeout=timeout) as answer:
            while chunk := answer.read(_CHUNK):
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()  # it holds the connection
        reason = " ".join(str(getattr(error, "reason", None) or error).split())
        raise ModelError(
            f"cannot download {card.name} from {card.url} ({reason}): check the connection, or put "
            f"the file into the folder that {ENVIRONMENT_VARIABLE} names"
        ) from error
