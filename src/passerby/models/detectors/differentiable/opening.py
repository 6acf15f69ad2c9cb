"""Detectors by name or by file."""

from pathlib import Path

from passerby.errors import ConfigError
from passerby.geometry import Size
from passerby.models.detectors.differentiable.detector import DifferentiableDetector
from passerby.models.detectors.differentiable.onnx_detector import OnnxDetector
from passerby.models.detectors.differentiable.two_stage import TWO_STAGE, TwoStageDetector

__all__ = ["open_detector"]


def open_detector(
    model: str, size: Size | None = None, weights: str | Path | None = None
) -> DifferentiableDetector:
    """Open a frozen detector through which an obfuscator can learn.

    Args:
        model: Name of a model that finds people, the path of an ONNX file, or a name in
            `TWO_STAGE`.
        size: Height and width of the pictures that it will see.
        weights: Of a two-stage detector; see `TwoStageDetector.named`.

    Raises:
        ConfigError: If there is no such model, or weights are given for a file that has its own.
        ModelError: If it finds no people, gradients cannot flow through it, or its weights cannot
            be had.
    """
    if model in TWO_STAGE:
        return TwoStageDetector.named(model, size, weights or "coco")
    if weights is not None:
        raise ConfigError(
            f"weights are for {', '.join(TWO_STAGE)}: {model} has its own, so leave them out"
        )
    return OnnxDetector(model, size)
