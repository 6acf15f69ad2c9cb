"""Where networks run: on the processor, or on what the installed ONNX Runtime can use besides."""

from typing import Literal

__all__ = ["PACKAGES", "PROVIDERS", "Device"]

Device = Literal["cpu", "cuda", "openvino", "coreml"]

PROVIDERS: dict[Device, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""What ONNX Runtime calls them."""

PACKAGES: dict[Device, str] = {
    "cuda": "onnxruntime-gpu",
    "openvino": "onnxruntime-openvino",
    "coreml": "onnxruntime on macOS",
}
"""Builds of ONNX Runtime that have them; only one can be installed at a time."""
