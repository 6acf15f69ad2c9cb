"""Opens what sends anonymized frames on as a live stream."""

from passerby.errors import ConfigError
from passerby.media import Medium
from passerby.runtime.addresses import public_address, scheme_of
from passerby.runtime.backoff import Backoff
from passerby.sinks.encoding import Encoding
from passerby.sinks.live_connection import LiveConnection
from passerby.sinks.live_encoder import LIVE_CODECS
from passerby.sinks.stream_sink import StreamSink

__all__ = ["open_stream_sink"]

SCHEME_FORMATS = {
    "rtsp": "rtsp",
    "rtsps": "rtsp",
    "rtmp": "flv",
    "rtmps": "flv",
    "srt": "mpegts",
    "udp": "mpegts",
}
"""FFmpeg's name of the format that is sent over each kind of address."""


def open_stream_sink(
    address: str,
    medium: Medium,
    encoding: Encoding | None = None,
    *,
    timeout: float = 10,
    retries: int | None = None,
    backoff: Backoff | None = None,
) -> StreamSink:
    """Prepare to send a stream; the connection is made when the first frame comes.

    Args:
        address: ``rtsp://``, ``rtmp://``, ``udp://`` or ``srt://``.
        medium: What the frames come from.
        encoding: Codec, quality and preset; by default H.264, 23 and ``veryfast``.
        timeout: Seconds after which a receiver that takes nothing is given up.
        retries: Attempts to reconnect in a row after which it fails, or None for no limit.
            A receiver that never answered is not tried again.
        backoff: How long to wait before each attempt to reconnect.

    Raises:
        ConfigError: If the address, the medium or an option cannot be used.
    """
    name, scheme = public_address(address), scheme_of(address)
    if scheme not in SCHEME_FORMATS or not address.isprintable():
        known = ", ".join(f"{one}://" for one in SCHEME_FORMATS)
        raise ConfigError(f"cannot send to {name!r}: give an address that begins with {known}")
    if medium.time_base is None:
        raise ConfigError(f"{medium.name} has no time, so it cannot be sent as a live stream")
    if not 0 < timeout < float("inf"):
        raise ConfigError(f"timeout must be a positive number of seconds, not {timeout}")
    encoding = encoding or Encoding()
    _check(encoding)

    def connect() -> LiveConnection:
        return LiveConnection(address, SCHEME_FORMATS[scheme], medium, encoding, timeout)

    return StreamSink(name, medium, connect, retries=retries, backoff=backoff or Backoff())


def _check(encoding: Encoding) -> None:
    """Refuse what a live stream cannot have."""
    if encoding.codec not in LIVE_CODECS:
        known = ", ".join(LIVE_CODECS)
        raise ConfigError(f"a live stream cannot be sent as {encoding.codec}: use codec {known}")
    if encoding.audio != "drop":
        raise ConfigError(f"audio {encoding.audio}: live streams are sent without sound: use drop")
