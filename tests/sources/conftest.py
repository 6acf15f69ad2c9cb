"""A camera on this machine, served over HTTP by plain Python, that fails as it is told."""

import io
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import av
import numpy as np
import pytest
from PIL import Image

Step = bytes | float
Script = list[Step]

STALL = float("inf")
FILLER = bytes(2048)
"""Makes a picture long enough for FFmpeg to tell from it alone what kind of stream it is."""

MULTIPART = b"Content-Type: multipart/x-mixed-replace; boundary=picture\r\n"


class HttpCamera:
    """Plays one script a connection, and the last one again and again.

    A script is bytes to send and seconds to pause; at its end the connection is closed.
    """

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self._stop = Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads = [Thread(target=self._serve)]
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.path = "video"
        self.requests = 0
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://admin:secret@{self.address}/{self.path}?token=secret"

    def close(self) -> None:
        self._stop.set()
        with suppress(OSError):  # wakes the thread that waits for a connection
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._stop.is_set():
                connection, _ = self._server.accept()
                script = self._scripts[min(self.requests, len(self._scripts) - 1)]
                self.requests += 1
                self._threads.append(Thread(target=self._play, args=(connection, script)))
                self._threads[-1].start()

    def _play(self, connection: socket.socket, script: Script) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            connection.recv(4096)
            for step in script:
                if isinstance(step, bytes):
                    connection.sendall(step)
                elif self._stop.wait(None if step == STALL else step):
                    return


class HttpCameras:
    """Starts cameras, and makes what they play."""

    STALL = STALL

    def __init__(self) -> None:
        self._started: list[HttpCamera] = []

    def serve(self, *scripts: Script) -> HttpCamera:
        self._started.append(HttpCamera(*scripts))
        return self._started[-1]

    def close(self) -> None:
        for camera in self._started:
            camera.close()

    @staticmethod
    def head(status: str = "200 OK", fields: bytes = MULTIPART) -> bytes:
        return f"HTTP/1.0 {status}\r\n".encode() + fields + b"\r\n"

    @staticmethod
    def mjpeg(
        *greys: int, size: tuple[int, int] = (64, 48), pause: float = 0.02, stall: bool = False
    ) -> Script:
        """One even grey picture a part, so that a test can tell which one it sees."""
        script: Script = [HttpCameras.head()]
        for grey in greys:
            jpeg = io.BytesIO()
            Image.new("L", size, grey).convert("RGB").save(jpeg, "JPEG", quality=95, comment=FILLER)
            fields = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg.getvalue())}\r\n\r\n"
            script += [b"--picture\r\n" + fields.encode() + jpeg.getvalue() + b"\r\n", pause]
        return [*script, STALL] if stall else script

    @staticmethod
    def mpeg_ts(
        frames: int, size: tuple[int, int] = (64, 48), *, sound: bool = False, skip: int = 0
    ) -> bytes:
        """A transport stream of even pictures that get brighter, H.264, one key frame.

        The first ``skip`` pictures are left out, as for one who joins late.
        """
        output = io.BytesIO()
        with av.open(output, "w", format="mpegts") as container:
            stream = container.add_stream("libx264", rate=25, options={"tune": "zerolatency"})
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            if sound:
                add_silence(container)
            for number in range(frames):
                pixels = np.full((size[1], size[0], 3), 20 + number * 5, np.uint8)
                packets = stream.encode(av.VideoFrame.from_ndarray(pixels, "bgr24"))
                container.mux(packets if number >= skip else [])
            container.mux(stream.encode(None))
        return output.getvalue()

    @staticmethod
    def sound() -> bytes:
        """A transport stream without pictures."""
        output = io.BytesIO()
        with av.open(output, "w", format="mpegts") as container:
            add_silence(container)
        return output.getvalue()


def add_silence(container: av.container.OutputContainer) -> None:
    stream = container.add_stream("aac", rate=48_000, layout="mono")
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
    frame.sample_rate, frame.pts = 48_000, 0
    container.mux(stream.encode(frame) + stream.encode(None))


@pytest.fixture
def cameras() -> Iterator[HttpCameras]:
    """Cameras that are closed after the test."""
    cameras = HttpCameras()
    yield cameras
    cameras.close()
