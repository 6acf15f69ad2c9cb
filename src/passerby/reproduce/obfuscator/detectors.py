"""The detectors of De Coninck et al., and who stands for them here."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PAPER_DETECTORS", "STAND_INS"]

PAPER_DETECTORS: Mapping[str, str] = MappingProxyType(
    {
        "resnet50": "ResNet50",
        "mobilenetv3-large": "MobileNetV3-Large",
        "mobilenetv3-large-320": "MobileNetV3-Large 320",
        "mask-rcnn": "Mask R-CNN",
        "yolov5s": "YOLOv5s",
    }
)
"""Roles, and what the paper calls them."""

STAND_INS: Mapping[str, str] = MappingProxyType(
    {
        "resnet50": "yolox-nano",
        "mobilenetv3-large": "passerby-people",
        "mobilenetv3-large-320": "fastestdet",
        "mask-rcnn": "nanodet-m",
    }
)
"""Who plays a role unless told otherwise. Single-stage networks stand for two-stage ones, whose
weights are not among the models that can be fetched; for YOLOv5s a file has to be named."""
