"""Devices that are there and devices that are not, on a machine that need not have any."""

from pathlib import Path

import onnxruntime
import pytest

from passerby.errors import ConfigError
from passerby.models import devices, session
from passerby.models.devices import PROVIDERS, provider_of
from passerby.models.session import Network


def test_the_processor_is_always_there() -> None:
    assert provider_of("cpu") in onnxruntime.get_available_providers()


def test_names_are_those_of_the_runtime() -> None:
    assert set(PROVIDERS.values()) <= set(onnxruntime.get_all_providers())


@pytest.mark.parametrize(
    ("device", "remedy"),
    [("cuda", "onnxruntime-gpu"), ("openvino", "onnxruntime-openvino"), ("coreml", "macOS")],
)
def test_what_is_not_there_is_refused_with_what_is(
    monkeypatch: pytest.MonkeyPatch, device: devices.Device, remedy: str
) -> None:
    there = ["AzureExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: there)
    with pytest.raises(ConfigError, match=rf"cannot use {device}, only cpu: .*{remedy}"):
        provider_of(device)


class Session:
    """Stands for the runtime's: it takes some of the providers that it is offered."""

    taken: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    def __init__(self, graph: bytes, options: object, providers: list[str]) -> None:
        Session.offered = tuple(providers)

    def get_providers(self) -> list[str]:
        return list(Session.taken)

    def run(self, names: object, feed: object) -> list[object]:
        return []


@pytest.fixture
def every_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that can use all devices."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(PROVIDERS.values()))
    monkeypatch.setattr(session.onnxruntime, "InferenceSession", Session)


@pytest.mark.parametrize("device", PROVIDERS)
def test_the_device_comes_first_and_the_processor_does_the_rest(
    every_device: None, plates_model: str, monkeypatch: pytest.MonkeyPatch, device: devices.Device
) -> None:
    monkeypatch.setattr(Session, "taken", (PROVIDERS[device], PROVIDERS["cpu"]))
    Network(Path(plates_model), device=device)
    expected = [PROVIDERS[device], PROVIDERS["cpu"]]
    assert list(Session.offered) == list(dict.fromkeys(expected))


def test_a_device_that_the_runtime_gives_up_on_is_an_error_and_not_the_processor_in_silence(
    every_device: None, plates_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "taken", (PROVIDERS["cpu"],))
    with pytest.raises(ConfigError, match="device cuda cannot be used here"):
        Network(Path(plates_model), device="cuda")
