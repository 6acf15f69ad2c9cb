"""What every test may ask for."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data and weights beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data and weights in ../shared")
    return SHARED


@pytest.fixture(scope="session")
def sink_classes() -> Mapping[str, type]:
    """Every class under `passerby.sinks` whose ``write`` takes frames, by name."""
    sinks = importlib.import_module("passerby.sinks")
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(sinks.__path__, f"{sinks.__name__}.")
    ]
    return {
        name: member
        for module in (sinks, *modules)
        for name, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and is_sink(member)
    }


def is_sink(member: type) -> bool:
    """Whether a class has a ``write`` that is not for what is encoded already (`bytes`)."""
    if getattr(member, "_is_protocol", False) or not hasattr(member, "write"):
        return False
    _, *parameters = inspect.signature(member.write).parameters.values()
    return [parameter.annotation for parameter in parameters] != [bytes]
