"""Configuration files: TOML in, a checked settings object out; unknown keys are refused."""

import os
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from passerby.errors import ConfigError
from passerby.files.plain import open_plain

__all__ = ["first_problem", "read_toml", "validated"]

Model = TypeVar("Model", bound=BaseModel)

PLAINER = {"model_type": "must be a table", "tuple_type": "must be a list"}
"""For those who write TOML, instead of Python's words."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        ConfigError: If it is missing, unreadable or not TOML.
    """
    try:
        with open_plain(path) as file:
            return tomllib.load(file)
    except FileNotFoundError:
        raise ConfigError(f"configuration {path} does not exist: check the path") from None
    except OSError as error:
        raise ConfigError(f"configuration {path} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ConfigError(f"configuration {path} is nested too deeply: write it flat") from None
    except ValueError as error:  # of TOML, of UTF-8, or of numbers longer than Python reads
        raise ConfigError(f"configuration {path} is not valid TOML: {error}") from None


def validated(model: type[Model], values: dict[str, Any], origin: str) -> Model:
    """Build ``model`` from ``values``.

    Args:
        model: The settings to build.
        values: Its fields; paths are taken as text.
        origin: Where they come from, for the message.

    Raises:
        ConfigError: If a key is unknown or a value does not fit; it names the first of them.
    """
    try:
        return model.model_validate(_without_paths(values))
    except ValidationError as error:
        raise ConfigError(f"{origin}: {first_problem(error, _keys(model))}") from None


def _without_paths(value: object) -> object:
    """The same with text for paths, in tables too: programs name files by either."""
    if isinstance(value, dict):
        return {key: _without_paths(one) for key, one in value.items()}
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def first_problem(error: ValidationError, keys: Sequence[str] = ()) -> str:
    """The first problem of a validation in one line: which key, what is wrong, what was given.

    Args:
        error: What pydantic says.
        keys: Names that exist, with their tables ("cover.operator"), from which one is suggested
            for an unknown one.
    """
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        full_name = {name.rpartition(".")[2]: name for name in keys}
        close = get_close_matches(path[-1], full_name, n=1)
        hint = f": did you mean {full_name[close[0]]}?" if close else ""
        return f"unknown key {key!r}{hint}"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"{key}: {message}" if key else message
    message = PLAINER.get(first["type"], f"{message[:1].lower()}{message[1:]}")
    return f"{key}: {message}, not {first['input']!r}"


def _keys(model: type[BaseModel], table: str = "") -> list[str]:
    """Names of all fields of ``model`` and of the models in it, with dots between."""
    names: list[str] = []
    for name, field in model.model_fields.items():
        names.append(table + (field.alias or name))
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            names += _keys(field.annotation, f"{table}{name}.")
    return names
