"""How the numbers that come out of a network become boxes."""

from passerby.models.decoders import (
    centernet,
    fastestdet,
    nanodet,
    passerby,
    picodet,
    rtmdet,
    ssd,
    yolo_nms,
    yolov5,
    yolov8,
    yolox,
)
from passerby.models.decoders.decoder import DECODERS, Decoder

__all__ = [
    "DECODERS",
    "Decoder",
    "centernet",
    "fastestdet",
    "nanodet",
    "passerby",
    "picodet",
    "rtmdet",
    "ssd",
    "yolo_nms",
    "yolov5",
    "yolov8",
    "yolox",
]
