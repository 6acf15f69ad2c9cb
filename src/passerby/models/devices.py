"""Where networks run: on the processor, or on what the installed ONNX Runtime can use besides."""

from typing import Literal

import onnxruntime

from passerby.errors import ConfigError

__all__ = ["PROVIDERS", "Device", "provider_of"]

Device = Literal["cpu", "cuda", "openvino", "coreml"]

PROVIDERS: dict[Device, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""What ONNX Runtime calls them."""

_PACKAGES: dict[Device, str] = {
    "cuda": "onnxruntime-gpu",
    "openvino": "onnxruntime-openvino",
    "coreml": "onnxruntime on macOS",
}
"""Builds of ONNX Runtime that have them; only one can be installed at a time."""


def provider_of(device: Device) -> str:
    """Return ONNX Runtime's name of a device.

    Raises:
        ConfigError: If the installed ONNX Runtime cannot use it.

    Example:
        >>> provider_of("cpu")
        'CPUExecutionProvider'
    """
    known = onnxruntime.get_available_providers()
    if PROVIDERS[device] not in known:
        here = ", ".join(name for name, provider in PROVIDERS.items() if provider in known)
        raise ConfigError(
            f"the installed ONNX Runtime cannot use {device}, only {here}: choose one of these, or "
            f"install {_PACKAGES[device]} in its place"
        )
    return PROVIDERS[device]
