"""What FFmpeg has to be told to open a camera or a live stream."""

import sys
from dataclasses import dataclass, field

from passerby.errors import ConfigError
from passerby.runtime.addresses import public_address, scheme_of

__all__ = ["StreamAddress"]

# Over TCP, because a picture with holes cannot be searched for people; and without sound.
RTSP_OPTIONS = {"rtsp_transport": "tcp", "allowed_media_types": "video"}
# HLS begins with its newest piece.
HTTP_OPTIONS = {"live_start_index": "-1"}
SCHEME_OPTIONS: dict[str, dict[str, str]] = {
    "rtsp": RTSP_OPTIONS,
    "rtsps": RTSP_OPTIONS,
    "http": HTTP_OPTIONS,
    "https": HTTP_OPTIONS,
    "rtmp": {},
    "rtmps": {},
    "srt": {},
    "udp": {"overrun_nonfatal": "1"},
}
# A claimed rate is not worth waiting for.
COMMON_OPTIONS = {"analyzeduration": "2000000", "fpsprobesize": "0"}


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """What FFmpeg has to be told to open a camera.

    Attributes:
        name: What may be shown of the address.
        file: What to open; it may hold credentials.
        format: FFmpeg's name of the device layer, or None for a network address.
        options: FFmpeg's options.
    """

    name: str
    file: str = field(repr=False)
    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, spec: str, platform: str = sys.platform) -> "StreamAddress":
        """Read ``camera:0`` or an address like ``rtsp://host/path``.

        Raises:
            ConfigError: If it is neither.
        """
        if spec.startswith("camera:"):
            return cls._camera(spec, platform)
        name, scheme = public_address(spec), scheme_of(spec)
        if scheme not in SCHEME_OPTIONS:
            known = ", ".join(f"{scheme}://" for scheme in SCHEME_OPTIONS)
            raise ConfigError(f"{name!r} is not a live stream: give camera:0 or one of {known}")
        return cls(name, spec, None, COMMON_OPTIONS | SCHEME_OPTIONS[scheme])

    @classmethod
    def _camera(cls, spec: str, platform: str) -> "StreamAddress":
        number = spec.removeprefix("camera:")
        if not (number.isascii() and number.isdigit()):
            raise ConfigError(f"unknown camera {spec!r}: give its number, as in camera:0")
        if platform == "darwin":
            # AVFoundation opens a camera only at a rate that it offers; all offer this one.
            return cls(spec, f"{number}:none", "avfoundation", {"framerate": "30"})
        return cls(spec, f"/dev/video{number}", "v4l2")
