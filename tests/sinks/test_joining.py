"""Parts of a copy, joined packet by packet, are what a sink writes of all frames at once."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.errors import InputError, OutputError
from passerby.files.hashing import sha256_of
from passerby.media import Medium, Stretch
from passerby.sinks import Encoding, open_sink
from passerby.sinks.joining import VideoSpan, join_videos
from passerby.types import Frame, seal

UNIT = Fraction(1, 12800)
MEDIUM = Medium("a", "live", 96, 80, rate=Fraction(25), time_base=UNIT, rotation=90)
TIMES = [512 * at + (at * at) % 37 for at in range(40)]
"""Pictures of a camera come a little too late or too early."""


def written(path: Path, begin: int, end: int, encoding: Encoding) -> Path:
    """A part of the film as its run writes it: its times count from its first picture."""
    start = Stretch(begin, TIMES[begin] * UNIT, None)
    length = None if end == len(TIMES) else (TIMES[end] - TIMES[begin]) * UNIT
    medium = replace(MEDIUM, stretch=start, duration=length)
    sink = open_sink(path, medium, encoding)
    for index in range(begin, end):
        image = np.full((80, 96, 3), 40, np.uint8)
        image[4:40, 4 + index : 14 + index] = 250 - 4 * index
        sink.write(seal(Frame(image, index=index, pts=TIMES[index], time_base=UNIT), image))
    sink.commit()
    return path


def joined(parts: Sequence[Path], target: Path) -> str:
    spans = [VideoSpan(part) for part in parts]
    return join_videos(spans, [float(time * UNIT) for time in TIMES], target, MEDIUM, Encoding())


def shown(path: Path) -> list[tuple[float, int, np.ndarray]]:
    """When each picture is shown, how it is turned, and its pixels, as FFmpeg decodes them."""
    with av.open(str(path)) as container:
        return [
            (float(one.time), one.rotation, cv2.blur(one.to_ndarray(format="gray"), (5, 5)))
            for one in container.decode(video=0)
        ]


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        *(("mp4", "h264"), ("mp4", "h265"), ("mov", "h264"), ("mkv", "h264"), ("mkv", "ffv1")),
        *(("webm", "vp9"), ("ts", "h264"), ("avi", "h264"), ("mp4", "vp9")),
    ],
)
def test_it_is_the_copy_of_the_whole(tmp_path: Path, ending: str, codec: str) -> None:
    encoding = Encoding(codec=codec, quality=None if codec == "ffv1" else 8)
    whole = written(tmp_path / f"whole.{ending}", 0, 40, encoding)
    pieces = [(0, 13), (13, 14), (14, 40)]
    parts = [written(tmp_path / f"{begin}.{ending}", begin, end, encoding) for begin, end in pieces]
    target = tmp_path / f"joined.{ending}"
    assert joined(parts, target) == sha256_of(target)
    expected, made = shown(whole), shown(target)
    assert [one[:2] for one in made] == [one[:2] for one in expected]
    for (*_, mine), (*_, theirs) in zip(made, expected, strict=True):
        assert np.abs(mine.astype(int) - theirs).max() <= 12  # both were encoded, apart
    with av.open(str(target)) as mine, av.open(str(whole)) as theirs:
        one, other = mine.streams.video[0], theirs.streams.video[0]
        assert (one.time_base, one.start_time) == (other.time_base, other.start_time)
        assert float(one.average_rate) == pytest.approx(float(other.average_rate), rel=1e-3)
        assert one.codec_context.codec_tag == other.codec_context.codec_tag


def test_parts_of_other_encoders_do_not_fit(tmp_path: Path) -> None:
    parts = [
        written(tmp_path / "0.mkv", 0, 20, Encoding(codec="h264")),
        written(tmp_path / "1.mkv", 20, 40, Encoding(codec="vp9")),
    ]
    with pytest.raises(OutputError, match=r"1\.mkv is encoded otherwise than .*0\.mkv"):
        joined(parts, tmp_path / "joined.mkv")
    assert not (tmp_path / "joined.mkv").exists()


def test_frames_that_are_missing_are_told(tmp_path: Path) -> None:
    parts = [written(tmp_path / "0.mp4", 0, 20, Encoding())]
    with pytest.raises(InputError, match=r"have 20 frames, and their reports 40"):
        joined(parts, tmp_path / "joined.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["0.mp4"]


def test_a_copy_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    parts = [written(tmp_path / "0.mp4", 0, 40, Encoding())]
    target = tmp_path / "joined.mp4"
    target.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists"):
        joined(parts, target)
    assert target.read_bytes() == b"mine"
