"""Models that are a few bytes long, and folders to look for them in."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.models import download, lookup
from passerby.models.cards import ModelCard
from passerby.registry import Registry

MakeCard = Callable[..., ModelCard]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Registry[ModelCard]:
    """An empty registry in the place of the real one."""
    registry: Registry[ModelCard] = Registry("model")
    monkeypatch.setattr(lookup, "MODELS", registry)
    monkeypatch.setattr(download, "MODELS", registry)
    return registry


@pytest.fixture
def make_card(models: Registry[ModelCard]) -> MakeCard:
    """Registers a card for a file with the given content."""

    def make(name: str, content: bytes = b"weights", **changes: object) -> ModelCard:
        values: dict[str, object] = {
            "name": name,
            "file": f"{name}.onnx",
            "url": None,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "licence": "MIT",
            "training_data": "none",
            "input": "anything",
            "role": "person",
            "decoder": "yolox",
        }
        return models.add(name, ModelCard(**(values | changes)))  # type: ignore[arg-type]

    return make


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The three folders that are looked at, all empty: chosen, package, cache."""
    chosen, package = tmp_path / "chosen", tmp_path / "package"
    cache = tmp_path / "cache"
    for folder in (chosen, package, cache / "models"):
        folder.mkdir(parents=True)
    monkeypatch.setenv(lookup.ENVIRONMENT_VARIABLE, str(chosen))
    monkeypatch.setattr(lookup, "_PACKAGE_FOLDER", package)
    monkeypatch.setattr(lookup, "user_cache_path", lambda _: cache)
    return {"chosen": chosen, "package": package, "cache": cache / "models"}
