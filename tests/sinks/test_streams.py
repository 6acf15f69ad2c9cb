"""Sending over the loopback interface."""

import itertools
import re
import socket
import traceback
from fractions import Fraction
from threading import Thread
from typing import Any

import av
import numpy as np
import pytest

from passerby.errors import ConfigError, OutputError, PrivacyError
from passerby.media import Medium
from passerby.sinks.encoding import Encoding
from passerby.sinks.streams import SCHEME_FORMATS, open_stream_sink
from passerby.types import AnonymizedFrame, Frame, Image, Sink, seal

MEDIUM = Medium("a camera", "live", 96, 64, rate=Fraction(25), time_base=Fraction(1, 90_000))
FRAMES = 20


def picture(number: int) -> Image:
    return np.full((64, 96, 3), 20 + number * 10, np.uint8)


def sealed(number: int) -> AnonymizedFrame:
    frame = Frame(picture(number), index=number, pts=number * 3600, time_base=MEDIUM.time_base)
    return seal(frame, frame.image)


class Receiver(Thread):
    """Receives a stream until none comes any more."""

    def __init__(self) -> None:
        super().__init__()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"udp://127.0.0.1:{free.getsockname()[1]}"
        self.sizes: set[tuple[int, int]] = set()
        self.times: list[float] = []
        self.means: list[float] = []
        self.start()

    def run(self) -> None:
        try:
            with av.open(self.url, timeout=(10, 1), options={"fpsprobesize": "0"}) as container:
                for frame in container.decode(video=0):
                    self.sizes.add((frame.width, frame.height))
                    self.times.append(float(frame.time))
                    self.means.append(float(frame.to_ndarray(format="bgr24").mean()))
        except av.ExitError:
            return


def test_what_is_sent_arrives() -> None:
    receiver = Receiver()
    sink = open_stream_sink(receiver.url, MEDIUM)
    send_all(sink)
    receiver.join(15)
    assert receiver.sizes == {(96, 64)}
    assert len(receiver.times) == FRAMES
    steps = [after - before for before, after in itertools.pairwise(receiver.times)]
    assert steps == pytest.approx([0.04] * (FRAMES - 1), abs=1e-4)
    assert receiver.means == pytest.approx([20 + n * 10 for n in range(FRAMES)], abs=3)
    assert sink.statistics.frames_sent == FRAMES


def test_a_raw_frame_is_refused_and_nothing_is_sent() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.3)
        sink = open_stream_sink(f"udp://127.0.0.1:{listener.getsockname()[1]}", MEDIUM)
        with pytest.raises(PrivacyError):
            sink.write(Frame(picture(0), pts=0, time_base=MEDIUM.time_base))  # type: ignore[arg-type]
        sink.abort()
        with pytest.raises(TimeoutError):
            listener.recv(1)


def send_all(sink: Sink) -> None:
    for number in range(FRAMES):
        sink.write(sealed(number))
    sink.commit()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://user:secret@127.0.0.1:{port}/camera?key=secret", "/camera"),
        ("rtmp://user:secret@127.0.0.1:{port}/app/secret", "/app/"),
    ],
)
def test_nobody_there_is_told_without_the_password(address: str, shown: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sink = open_stream_sink(address.format(port=port), MEDIUM)
    with pytest.raises(OutputError, match="Connection refused: check the address") as caught:
        send_all(sink)
    sink.abort()
    assert f"127.0.0.1:{port}{shown}" in str(caught.value)
    assert not re.search("user:|secret", "".join(traceback.format_exception_only(caught.value)))


@pytest.mark.parametrize(
    "address", ["http://host/", "file:///a.ts", "a.ts", "", "udp://host:1\nmpegts"]
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=r"cannot send to .*: give an address that begins with"):
        open_stream_sink(address, MEDIUM)


@pytest.mark.parametrize("scheme", SCHEME_FORMATS)
def test_opening_sends_nothing_yet(scheme: str) -> None:
    open_stream_sink(f"{scheme}://127.0.0.1:9/app/key", MEDIUM).abort()


@pytest.mark.parametrize(
    ("encoding", "reason"),
    [
        ({"codec": "vp9"}, "cannot be sent as vp9: use codec auto, h264, h265"),
        ({"audio": "keep"}, "without sound: use drop"),
        ({"audio": "mute"}, "without sound: use drop"),
    ],
)
def test_what_a_live_stream_cannot_have_is_refused(encoding: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        open_stream_sink("udp://127.0.0.1:9", MEDIUM, Encoding(**encoding))


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_time_that_makes_no_sense_is_refused(timeout: float) -> None:
    with pytest.raises(ConfigError, match="timeout must be"):
        open_stream_sink("udp://127.0.0.1:9", MEDIUM, timeout=timeout)


def test_pictures_without_time_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"a\.png has no time"):
        open_stream_sink("udp://127.0.0.1:9", Medium("a.png", "image", 4, 4))
