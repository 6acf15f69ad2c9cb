import io
import socket
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.sinks.relay import ENVELOPE, FORMAT_OPTIONS, relay


def envelope(frames: int = 5) -> bytes:
    output = io.BytesIO()
    with av.open(output, "w", format=ENVELOPE) as container:
        stream = container.add_stream("libx264", rate=25, options={"tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            image = np.full((48, 64, 3), 40 + number * 20, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        container.mux(stream.encode(None))
    return output.getvalue()


@pytest.mark.parametrize("output_format", sorted(set(FORMAT_OPTIONS) - {"rtsp"}))
def test_passes_every_picture_on(
    output_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "sent"
    relay(io.BytesIO(f"{target}\n{output_format}\n".encode() + envelope()))
    with av.open(str(target)) as container:
        assert container.format.name == output_format
        means = [frame.to_ndarray(format="bgr24").mean() for frame in container.decode(video=0)]
    assert means == pytest.approx([40, 60, 80, 100, 120], abs=5)
    assert capsys.readouterr().out == "connected\n"


def test_says_nothing_when_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(av.FFmpegError):
        relay(io.BytesIO(f"rtsp://127.0.0.1:{port}/a\nrtsp\n".encode() + envelope()))
    assert capsys.readouterr().out == ""
