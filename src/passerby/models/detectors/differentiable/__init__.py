"""Detectors through which an obfuscator learns: gradients reach the pictures."""

from passerby.models.detectors.differentiable.detector import (
    BoxLabels,
    DenseOutputs,
    DifferentiableDetector,
)
from passerby.models.detectors.differentiable.heat_map_detector import (
    HeatMapDetector,
    heat_map_targets,
)
from passerby.models.detectors.differentiable.matching import (
    feature_matching,
    output_matching,
    people_mask,
)
from passerby.models.detectors.differentiable.onnx_detector import OnnxDetector
from passerby.models.detectors.differentiable.opening import open_detector
from passerby.models.detectors.differentiable.two_stage import (
    TWO_STAGE,
    Instances,
    TwoStageDetector,
)

__all__ = [
    "TWO_STAGE",
    "BoxLabels",
    "DenseOutputs",
    "DifferentiableDetector",
    "HeatMapDetector",
    "Instances",
    "OnnxDetector",
    "TwoStageDetector",
    "feature_matching",
    "heat_map_targets",
    "open_detector",
    "output_matching",
    "people_mask",
]
