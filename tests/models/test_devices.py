"""Devices by the names that the runtime gives them."""

from typing import get_args

import onnxruntime

from passerby.models.devices import PACKAGES, PROVIDERS, Device


def test_names_are_those_of_the_runtime() -> None:
    assert set(PROVIDERS.values()) <= set(onnxruntime.get_all_providers())


def test_every_device_is_known_and_whoever_lacks_it_is_told_what_to_install() -> None:
    assert set(PROVIDERS) == set(get_args(Device)) == {"cpu", *PACKAGES}
