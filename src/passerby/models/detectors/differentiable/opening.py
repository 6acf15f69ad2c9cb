"""Detectors by name or by file."""

from passerby.geometry import Size
from passerby.models.detectors.differentiable.detector import DifferentiableDetector
from passerby.models.detectors.differentiable.onnx_detector import OnnxDetector

__all__ = ["open_detector"]


def open_detector(model: str, size: Size | None = None) -> DifferentiableDetector:
    """Open a frozen detector through which an obfuscator can learn.

    Args:
        model: Name of a model that finds people, or the path of an ONNX file.
        size: Height and width of the pictures that it will see, to try it with.

    Raises:
        ConfigError: If there is no such model.
        ModelError: If it finds no people, or gradients cannot flow through it.
    """
    return OnnxDetector(model, size)
