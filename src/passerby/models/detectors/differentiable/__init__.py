"""Detectors through which an obfuscator learns: gradients reach the pictures."""

from passerby.models.detectors.differentiable.detector import (
    BoxLabels,
    DenseOutputs,
    DifferentiableDetector,
)
from passerby.models.detectors.differentiable.matching import (
    feature_matching,
    output_matching,
    people_mask,
)
from passerby.models.detectors.differentiable.onnx_detector import OnnxDetector
from passerby.models.detectors.differentiable.opening import open_detector

__all__ = [
    "BoxLabels",
    "DenseOutputs",
    "DifferentiableDetector",
    "OnnxDetector",
    "feature_matching",
    "open_detector",
    "output_matching",
    "people_mask",
]
