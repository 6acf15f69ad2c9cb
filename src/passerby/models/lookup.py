"""Where a network's file lies, and whether it is the one that its card describes."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from passerby.errors import ConfigError, ModelError
from passerby.files.plain import open_plain
from passerby.models.cards import MODELS, ModelCard, Role, is_path

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "card_of",
    "check_hash",
    "default",
    "download_folder",
    "find",
    "locate",
    "model_sha256",
    "preferred",
    "remedy",
    "resolve",
]

ENVIRONMENT_VARIABLE = "PASSERBY_MODELS"
"""Names a folder of model files that is looked at before any other."""

_PACKAGE_FOLDER = Path(__file__).parent / "weights"


def card_of(name: str, role: Role) -> ModelCard:
    """Return the card of a network for a role.

    Raises:
        ConfigError: If there is no such network; it says so if ``name`` is a file, but no ONNX.
    """
    if name in MODELS:
        return MODELS[name]
    fitting = ", ".join(one for one, card in MODELS.items() if card.role == role)
    if Path(name).exists():
        raise ConfigError(f"{name} is not an ONNX file: name one that ends in .onnx, or {fitting}")
    raise ConfigError(f"unknown model {name!r}: choose one of {fitting}, or name an ONNX file")


def default(role: Role) -> ModelCard:
    """Choose the network for a role: one that comes with passerby, else the first that is here.

    Raises:
        ModelError: If none is here.
    """
    card = preferred(role)
    if find(card) is None:
        # Without a name it fetches all that the defaults need: faces and people at once.
        how = remedy(card) if card.built_in else "run `passerby models pull`"
        raise ModelError(f"no model that finds a {role} is installed: {how}")
    return card


def preferred(role: Role) -> ModelCard:
    """Choose as `default` does, but where none is here, the one that ought to be."""
    cards = [card for card in MODELS.values() if card.role == role]
    cards.sort(key=lambda card: not card.built_in)
    return next((card for card in cards if find(card) is not None), cards[0])


def locate(name: str) -> Path:
    """Return the file of the model ``name``, after checking that it is the right one.

    Raises:
        ConfigError: If no model has this name.
        ModelError: If the file is missing or is not the one that the card describes.
    """
    card = MODELS[name]
    path = find(card)
    if path is None:
        raise ModelError(f"model {name} is not installed: {remedy(card)}")
    check_hash(card, path)
    return path


def resolve(model: str) -> Path:
    """Return the file that a user means by a model's name or by the path of an ONNX file.

    Raises:
        ConfigError: If it is neither a path that ends with .onnx nor the name of a model.
        ModelError: If the model's file is missing or is not the one that its card describes.
    """
    return Path(model) if is_path(model) else locate(model)


def find(card: ModelCard) -> Path | None:
    """Return the first file of that name in the folders that are looked at, unchecked."""
    paths = (folder / card.file for folder in _folders())
    return next((path for path in paths if path.is_file()), None)


def check_hash(card: ModelCard, path: Path) -> None:
    """Compare a file's sha256 with the card's.

    Raises:
        ModelError: If they differ, or the file cannot be read.
    """
    actual = model_sha256(path)
    if actual != card.sha256:
        raise ModelError(
            f"{path} is not {card.name}: expected sha256 {card.sha256}, got {actual}; "
            f"{remedy(card, path)}"
        )


def remedy(card: ModelCard, path: Path | None = None) -> str:
    """Say how to get the right file in the place of none, or of the wrong one at ``path``."""
    if not card.built_in:
        return f"run `passerby models pull {card.name}`"
    if path is None or path.parent == _PACKAGE_FOLDER:
        return "it comes with passerby, so install passerby again"
    return "remove that file, for the right one comes with passerby"


def download_folder() -> Path:
    """Return the folder into which models are fetched: the user's own choice, else the cache."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("passerby") / "models"


def _folders() -> tuple[Path, ...]:
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    first = (Path(chosen),) if chosen else ()
    return (*first, _PACKAGE_FOLDER, user_cache_path("passerby") / "models")


def model_sha256(path: Path) -> str:
    """Return a file's sha256 as 64 hexadecimal digits.

    Raises:
        ModelError: If it cannot be read.
    """
    try:
        status = path.stat()
        return _sha256(path, (status.st_ino, status.st_ctime_ns, status.st_size))
    except OSError as error:
        raise ModelError(f"cannot read {path} ({error.strerror}): check its permissions") from error


@lru_cache(maxsize=64)
def _sha256(path: Path, state: tuple[int, int, int]) -> str:  # noqa: ARG001 - part of the cache's key
    """Hash a file; once in a process, unless it is changed or replaced."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
