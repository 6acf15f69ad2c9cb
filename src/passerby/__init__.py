"""passerby lets cameras be useful without knowing who anyone is."""

from passerby.detections import Detections, Kind
from passerby.errors import (
    ConfigError,
    DetectionError,
    InputError,
    ModelError,
    OutputError,
    PasserbyError,
    PrivacyError,
)
from passerby.types import AnonymizedFrame, Frame

__all__ = [
    "AnonymizedFrame",
    "ConfigError",
    "DetectionError",
    "Detections",
    "Frame",
    "InputError",
    "Kind",
    "ModelError",
    "OutputError",
    "PasserbyError",
    "PrivacyError",
]
