"""Live streams over the loopback interface; every wait has an end."""

import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import numpy as np
import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError, InputError
from passerby.runtime.backoff import Backoff
from passerby.sources import open_source
from passerby.sources.streams import LiveStream, open_stream

AT_ONCE = Backoff(first=0.01, longest=0.05)


def opened(camera: Any, **options: Any) -> LiveStream:
    """Open a camera with short times; the frames of a test fit into the buffer."""
    return open_stream(
        camera.url,
        **{"read_timeout": 3, "buffer_frames": 64, "backoff": AT_ONCE} | options,
    )


def greys(frames: Any) -> list[int]:
    return [round(float(frame.image.mean())) for frame in frames]


def eventually(true: Callable[[], bool]) -> None:
    """Wait until something holds, and fail when it takes too long."""
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def readers() -> list[Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("read ")]


def test_frames_come_in_order_with_the_time_of_the_clock(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60, 110, 160, 210, stall=True))
    with opened(camera) as stream:
        frames = list(islice(stream, 5))
    assert greys(frames) == pytest.approx([10, 60, 110, 160, 210], abs=1)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert all(frame.image.shape == (48, 64, 3) for frame in frames)
    pts = [frame.pts for frame in frames]
    assert pts[0] == 0
    assert pts == sorted(set(pts))
    assert {frame.time_base for frame in frames} == {Fraction(1, 90_000)}


def test_the_medium_says_what_is_known(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 20, stall=True))
    with opened(camera) as stream:
        medium = stream.medium
    assert (medium.kind, medium.width, medium.height) == ("live", 64, 48)
    assert (medium.time_base, medium.frames, medium.audio_streams) == (Fraction(1, 90_000), None, 0)
    assert medium.name == f"http://{camera.address}/video?..."


def test_reads_a_transport_stream(cameras: Any) -> None:
    camera = cameras.serve(
        [cameras.head(fields=b"Content-Type: video/mp2t\r\n"), cameras.mpeg_ts(8), cameras.STALL]
    )
    with opened(camera) as stream:
        seen = greys(islice(stream, 6))
    assert seen == pytest.approx([20, 25, 30, 35, 40, 45], abs=2)


@pytest.mark.parametrize("ending", ["the end", "garbage"])
def test_a_stream_that_dies_comes_back(cameras: Any, ending: str) -> None:
    first = cameras.mjpeg(10, 60)
    camera = cameras.serve(
        first if ending == "the end" else [*first, bytes(range(256)) * 400],
        [],  # closes the connection without a word
        [cameras.head(), b"\xff\xd8 this is no picture " * 500],
        [cameras.head("503 Service Unavailable", b"")],
        cameras.mjpeg(110, 160, stall=True),
    )
    with opened(camera) as stream:
        frames = list(islice(stream, 4))
        counts = stream.statistics
    assert greys(frames) == pytest.approx([10, 60, 110, 160], abs=1)
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert frames[3].pts > frames[2].pts > frames[1].pts
    assert counts.reconnects == 1
    assert counts.seconds_without_picture > 0
    assert camera.requests == 5


def test_a_stall_is_a_fault(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60, stall=True), cameras.mjpeg(110, stall=True))
    with opened(camera, read_timeout=0.4) as stream:
        assert greys(islice(stream, 3)) == pytest.approx([10, 60, 110], abs=1)
        assert stream.statistics.reconnects == 1


def test_packets_without_a_picture_are_a_stall_too(cameras: Any) -> None:
    empty = [b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\nnone\r\n", 0.02]
    camera = cameras.serve(cameras.mjpeg(10, 60) + empty * 200, cameras.mjpeg(110, stall=True))
    with opened(camera, read_timeout=0.4) as stream:
        assert greys(islice(stream, 3)) == pytest.approx([10, 60, 110], abs=1)


def test_gives_up_after_so_many_attempts(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60), [])
    with opened(camera, retries=2) as stream:
        frames = iter(stream)
        assert greys(islice(frames, 2)) == pytest.approx([10, 60], abs=1)
        with pytest.raises(
            InputError, match=r"lost http://.*2 attempts to reconnect failed: check"
        ):
            next(frames)
    assert camera.requests == 3


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("nothing", "cannot open .*: check the address"),
        ("garbage", "cannot open .*: check the address"),
        ("401 Unauthorized", "401 Unauthorized"),
        ("404 Not Found", "404 Not Found"),
        ("recording", "it is a recording with an end: download it"),
    ],
)
def test_a_first_connection_that_fails_is_told_at_once(
    cameras: Any, script: str, reason: str
) -> None:
    recording = cameras.mpeg_ts(30)
    length = f"Content-Type: video/mp2t\r\nContent-Length: {len(recording)}\r\n".encode()
    scripts = {
        "nothing": [],
        "garbage": [cameras.head(), bytes(range(256)) * 400],
        "recording": [cameras.head(fields=length + b"Accept-Ranges: bytes\r\n"), recording],
    }
    camera = cameras.serve(scripts.get(script, [cameras.head(script, b"")]))
    with pytest.raises(InputError, match=reason) as caught:
        opened(camera)
    assert "\n" not in str(caught.value)
    assert "secret" not in "".join(traceback.format_exception(caught.value))
    assert readers() == []


def test_nobody_listening_is_told_at_once(cameras: Any) -> None:
    camera = cameras.serve([])
    camera.close()
    with pytest.raises(InputError, match="Connection refused: check"):
        opened(camera)


def test_a_camera_that_accepts_and_says_nothing_is_given_up(cameras: Any) -> None:
    camera = cameras.serve([cameras.STALL])
    with pytest.raises(InputError, match=r"no data came for 0\.3 s: check"):
        opened(camera, connect_timeout=0.3)


def test_a_silent_udp_address_is_given_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InputError, match=r"cannot open udp://127\.0\.0\.1:.*no data came for"):
        open_stream(f"udp://127.0.0.1:{port}", connect_timeout=0.3)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names a Linux device")
def test_a_missing_webcam_is_told() -> None:
    with pytest.raises(InputError, match="cannot open camera:97: No such file or directory: check"):
        open_stream("camera:97")


def test_late_frames_are_dropped_oldest_first_and_counted(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(*range(10, 210, 10), pause=0, stall=True))
    with opened(camera, buffer_frames=3) as stream:
        eventually(lambda: stream.statistics.frames_read == 20)
        frames = list(islice(stream, 3))
        assert greys(frames) == pytest.approx([180, 190, 200], abs=1)
        assert [frame.index for frame in frames] == [0, 1, 2]
        assert stream.statistics.frames_late == 17


def test_another_size_after_reconnecting_is_scaled_to_the_first(cameras: Any) -> None:
    camera = cameras.serve(
        cameras.mjpeg(10, 60), cameras.mjpeg(110, 160, size=(96, 80), stall=True)
    )
    with opened(camera) as stream:
        frames = list(islice(stream, 4))
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    assert greys(frames) == pytest.approx([10, 60, 110, 160], abs=1)


def test_a_burst_of_hls_is_spread_over_its_own_time(cameras: Any) -> None:
    segment = cameras.mpeg_ts(10)
    playlist = (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXTINF:0.4,\nsegment.ts\n"
    )
    kind = b"Content-Type: application/vnd.apple.mpegurl\r\n"
    camera = cameras.serve(
        [cameras.head(fields=kind), playlist.encode()],
        [cameras.head(fields=b"Content-Type: video/mp2t\r\n"), segment],
        [cameras.head(fields=kind), playlist.encode()],
    )
    camera.path = "live.m3u8"
    with opened(camera, buffer_frames=2, read_timeout=1) as stream:
        frames = list(islice(stream, 8))
        assert stream.statistics.frames_late == 0
    assert frames[7].time >= 7 * 0.04 - 0.01


def test_a_finished_stream_still_gives_what_was_read_and_ends(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60, 110, stall=True))
    with opened(camera) as stream:
        eventually(lambda: stream.statistics.frames_read == 3)
        stream.finish()
        assert greys(stream) == pytest.approx([10, 60, 110], abs=1)


def test_a_run_ends_with_its_duration_though_nothing_more_comes(
    cameras: Any, tmp_path: Path
) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60, 110, stall=True))
    words = ["-o", str(tmp_path / "safe.mkv"), "--regions", "top", "--duration", "1"]
    started = time.monotonic()
    assert main(["anonymize", camera.url, *words, "--read-timeout", "30", "--quiet"]) == EXIT_OK
    assert 1 <= time.monotonic() - started < 10
    with open_source(tmp_path / "safe.mkv") as written:
        assert len(list(written)) == 3


def test_closing_ends_the_thread_and_gives_back_every_descriptor(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(*[90] * 400))
    descriptors = Path("/dev/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(3):
        stream = opened(camera)
        next(iter(stream))
        stream.close()
        stream.close()
        assert list(stream) == []
    eventually(lambda: not readers())
    camera.close()
    assert len(list(descriptors.iterdir())) < before


def test_closing_does_not_wait_for_a_stalled_camera_and_its_reader_ends(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, stall=True))
    stream = opened(camera, read_timeout=1.5)
    stream.close()
    assert list(stream) == []
    eventually(lambda: not readers())


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["while it opens", "while it waits for a frame"])
def test_ctrl_c_is_heard_while_the_camera_says_nothing(cameras: Any, moment: str) -> None:
    opens = moment == "while it opens"
    camera = cameras.serve([cameras.STALL] if opens else cameras.mjpeg(10, stall=True))
    timer = Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), opened(camera, connect_timeout=2, read_timeout=2) as it:
        list(it)
    timer.join()
    eventually(lambda: not readers())


def test_frames_are_read_only_and_keep_their_pixels_after_closing(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(10, 60, stall=True))
    with opened(camera) as stream:
        first, _ = islice(stream, 2)
    assert not first.image.flags.writeable
    assert np.array_equal(first.image, first.image)
    assert greys([first]) == pytest.approx([10], abs=1)


@pytest.mark.parametrize(
    "option",
    [
        {"connect_timeout": 0},
        {"read_timeout": -1},
        {"read_timeout": float("nan")},
        {"connect_timeout": float("inf")},
        {"retries": -1},
        {"buffer_frames": 0},
    ],
)
def test_refuses_options_that_make_no_sense(option: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="must"):
        open_stream("rtsp://127.0.0.1/", **option)
