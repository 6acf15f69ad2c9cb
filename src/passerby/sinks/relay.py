"""Program that sends an encoded stream on to a network address.

`passerby.sinks.relay_process` runs it as a process of its own: FFmpeg cannot be interrupted
while it connects to a server that does not answer, and would hold up the whole program. It
reads the address and its format from the first two lines of standard input, then the encoded
stream. It writes a line to standard output when it is connected, and the reason to standard
error when it fails.
"""

import os
import sys
from io import RawIOBase

import av

from passerby.runtime.process import begin_child

__all__ = ["ENVELOPE", "relay"]

ENVELOPE = "nut"
"""FFmpeg's format of the stream that comes in: it needs no index and has no longest time."""

FORMAT_OPTIONS = {
    "rtsp": {"rtsp_transport": "tcp"},
    "flv": {"flvflags": "no_duration_filesize"},
    "mpegts": {"flush_packets": "1"},
}


def relay(encoded: RawIOBase) -> None:
    """Send what comes in until it ends.

    Args:
        encoded: The address, the format and the encoded stream; it must not be buffered, as a
            buffer would wait until it is full.
    """
    address, output_format = (encoded.readline().decode().rstrip("\n") for _ in range(2))
    # The first packet says all that there is to know: nothing is gained by reading ahead.
    probing = {"analyzeduration": "0", "fpsprobesize": "0"}
    options = FORMAT_OPTIONS[output_format]
    with (
        av.open(encoded, "r", format=ENVELOPE, options=probing) as source,
        av.open(address, "w", format=output_format, options=options) as target,
    ):
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        target.start_encoding()
        sys.stdout.write("connected\n")
        sys.stdout.flush()
        for packet in source.demux(video):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)


def _relay_standard_input() -> None:
    """Relay standard input; only FFmpeg's reason is told, for its messages hold the address."""
    begin_child(os.getppid())
    try:
        with open(0, "rb", buffering=0) as encoded:
            relay(encoded)
    except (av.FFmpegError, OSError) as error:
        sys.exit(error.strerror or type(error).__name__)


if __name__ == "__main__":
    _relay_standard_input()
