"""What is anonymized: a clip with ground truth, people who do not exist, or a clip made longer."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av import VideoFrame
from av.video.stream import VideoStream

__all__ = ["CAMPUS", "PASSERBY", "Clip", "frames_in", "loop", "synthetic"]

PASSERBY = str(Path(sys.executable).with_name("passerby"))


@dataclass(frozen=True, slots=True)
class Clip:
    """A video, and boxes of its persons as MOT text where they are known."""

    video: Path
    truth: Path | None


_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "video"
CAMPUS = Clip(_SHARED / "pets09-s2l1.avi", _SHARED / "pets09-s2l1.gt.txt")
"""A campus seen from above: PETS 2009 S2.L1, with 196 boxes of MOT15's ground truth."""


def synthetic(folder: Path, seed: int, seconds: float = 20) -> Clip:
    """Film people who do not exist into a new folder."""
    chosen = ["--cameras", "1", "--seconds", str(seconds), "--seed", str(seed)]
    command = [PASSERBY, "synth", "crossing", *chosen, "-o", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return Clip(folder / "camera-1.mp4", folder / "camera-1" / "gt" / "gt.txt")


def frames_in(video: Path) -> int:
    """Count the frames by decoding them, because headers may be wrong."""
    return sum(1 for _ in _decoded(video))


def loop(video: Path, frames: int, target: Path) -> None:
    """Write a video of ``frames`` frames: those of ``video`` over and over, hardly compressed."""
    with av.open(str(video)) as source, av.open(str(target), "w") as container:
        like = source.streams.video[0]
        rate = like.average_rate or Fraction(25)
        options = {"crf": "10", "preset": "ultrafast"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        if not isinstance(stream, VideoStream):
            raise TypeError("libx264 is no video encoder")
        stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
        for number, frame in enumerate(islice(_endless(video), frames)):
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base = number, 1 / rate
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _endless(video: Path) -> Iterator[VideoFrame]:
    while True:
        yield from _decoded(video)


def _decoded(video: Path) -> Iterator[VideoFrame]:
    with av.open(str(video)) as container:
        yield from container.decode(video=0)
