"""passerby lets cameras be useful without knowing who anyone is."""

from importlib import import_module
from typing import TYPE_CHECKING, Any
from warnings import warn

from passerby.errors import (
    ConfigError,
    DetectionError,
    InputError,
    ModelError,
    OutputError,
    PasserbyError,
    PrivacyError,
)

if TYPE_CHECKING:
    from passerby.detections import Detections, Kind
    from passerby.pipeline.api import (
        anonymize,
        anonymize_stream,
        describe,
        detect,
        detect_stream,
    )
    from passerby.pipeline.camera_loop import CameraLoop
    from passerby.pipeline.frame_detections import FrameDetections
    from passerby.pipeline.settings import Settings
    from passerby.pipeline.stages import FrameResult
    from passerby.protection import Protection
    from passerby.types import AnonymizedFrame, Frame

__all__ = [
    "AnonymizedFrame",
    "CameraLoop",
    "ConfigError",
    "DetectionError",
    "Detections",
    "Frame",
    "FrameDetections",
    "FrameResult",
    "InputError",
    "Kind",
    "ModelError",
    "OutputError",
    "PasserbyError",
    "PrivacyError",
    "Protection",
    "Settings",
    "anonymize",
    "anonymize_stream",
    "describe",
    "detect",
    "detect_stream",
]

# The command line starts three times as fast without arrays, decoders and networks; they are
# loaded when somebody asks for what needs them.
_LAZY = {
    "CameraLoop": "passerby.pipeline.camera_loop",
    "AnonymizedFrame": "passerby.types",
    "Detections": "passerby.detections",
    "Frame": "passerby.types",
    "Kind": "passerby.detections",
    "FrameDetections": "passerby.pipeline.frame_detections",
    "FrameResult": "passerby.pipeline.stages",
    "Protection": "passerby.protection",
    "Settings": "passerby.pipeline.settings",
    "anonymize": "passerby.pipeline.api",
    "anonymize_stream": "passerby.pipeline.api",
    "describe": "passerby.pipeline.api",
    "detect": "passerby.pipeline.api",
    "detect_stream": "passerby.pipeline.api",
}

_RENAMED = {"Look": "FrameDetections", "Result": "FrameResult"}
"""Names of version 0.1, which are read until the next version."""


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _RENAMED:
        name, old = _RENAMED[name], name
        warn(f"passerby.{old} is now passerby.{name}", DeprecationWarning, stacklevel=2)
    if name not in _LAZY:
        raise AttributeError(f"module 'passerby' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
