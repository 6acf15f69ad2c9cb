"""Which stream is the film, in files with several."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import pytest
from av import VideoFrame
from av.stream import Disposition
from PIL import Image

from passerby.errors import InputError
from passerby.sources import open_source


class Stream(NamedTuple):
    size: tuple[int, int]
    frames: int = 12
    codec: str = "libx264"
    disposition: int = 0


FILM = Stream((96, 64))
SMALL = Stream((32, 24))


def mux(path: Path, streams: Sequence[Stream]) -> Path:
    """Write all streams, interleaved; each is grey by its number."""
    with av.open(str(path), "w") as container:
        made: list[Any] = []
        for one in streams:
            stream = container.add_stream(one.codec, rate=25)
            stream.width, stream.height = one.size
            stream.pix_fmt = "rgb24" if one.codec == "png" else "yuv420p"
            if one.codec == "mjpeg":
                stream.pix_fmt, stream.codec_context.color_range = "yuv420p", 2
            if one.disposition:
                stream.disposition = one.disposition
            made.append(stream)
        for index in range(max(one.frames for one in streams)):
            for number, (one, stream) in enumerate(zip(streams, made, strict=True)):
                if index < one.frames:
                    grey = np.full((*one.size[::-1], 3), 40 + 60 * number, np.uint8)
                    frame = VideoFrame.from_ndarray(grey, format="bgr24")
                    frame.color_range = 2 if one.codec == "mjpeg" else 1
                    container.mux(stream.encode(frame))
        for stream in made:
            container.mux(stream.encode())
    return path


STILL = Stream((160, 120), frames=1, codec="mjpeg")
COVER = Stream((160, 120), frames=1, codec="png", disposition=Disposition.attached_pic)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("streams", "film"),
    [
        ((FILM, SMALL), 0),
        ((SMALL, FILM), 1),
        ((SMALL._replace(disposition=Disposition.default), FILM), 1),
        ((FILM, FILM), 0),
        ((FILM, FILM._replace(disposition=Disposition.default)), 1),
        ((STILL, FILM), 1),
        ((FILM, STILL), 0),
    ],
)
@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov"])
def test_the_main_stream_is_taken(
    tmp_path: Path, streams: Sequence[Stream], film: int, ending: str
) -> None:
    path = mux(tmp_path / f"a.{ending}", streams)
    with open_source(path) as source:
        frames = list(source)
        assert (source.medium.width, source.medium.height) == streams[film].size
        assert len(frames) == 12
        assert abs(float(frames[0].image.mean()) - (40 + 60 * film)) < 4
        assert source.medium.notes == ("of 2 video streams, the main one is taken",)


def test_a_cover_is_told_and_not_taken(tmp_path: Path) -> None:
    with open_source(mux(tmp_path / "a.mp4", (FILM, COVER))) as source:
        assert len(list(source)) == 12
        assert source.medium.notes == ("cover pictures and thumbnails left out",)


def test_one_stream_needs_no_word(make_video) -> None:
    with open_source(make_video("a.mp4")) as source:
        assert source.medium.notes == ()


def test_an_attachment_is_told(tmp_path: Path) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (32, 32)).save(jpeg, "JPEG")
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.add_attachment("notes.bin", "application/octet-stream", jpeg.getvalue())
        for _ in range(4):
            container.mux(stream.encode(VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode())
    with open_source(path) as source:
        assert "subtitles, data streams and attachments left out" in source.medium.notes


def test_a_stream_that_nobody_can_decode_may_be_the_film(tmp_path: Path) -> None:
    path = mux(
        tmp_path / "a.avi", (Stream((32, 24), codec="mpeg4"), Stream((96, 64), codec="ffv1"))
    )
    content = path.read_bytes()
    assert content.count(b"FFV1") >= 2
    path.write_bytes(content.replace(b"FFV1", b"QQQQ"))
    with pytest.raises(InputError, match="codec that cannot be decoded"):
        open_source(path)


def test_a_song_with_a_cover_is_no_video(tmp_path: Path) -> None:
    path = mux(tmp_path / "a.mp4", (COVER,))
    with pytest.raises(InputError, match="no video stream, only sound, data or covers"):
        open_source(path)
