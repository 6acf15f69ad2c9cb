"""Decode a video and encode it again, with nothing between or with a simple anonymizer.

    python benchmarks/transcode.py CLIP COPY ENCODER OPTIONS [--frame-by-frame]

With nothing between it is what any anonymizer of videos must spend at least. Frame by frame, the
top quarter of every person's box is made black, without any memory of the frame before.
OPTIONS are those of FFmpeg's encoder, as JSON.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import VideoFrame
from av.codec.context import ThreadType
from av.container import OutputContainer
from av.video.stream import VideoStream

from passerby.detections import Boxes
from passerby.geometry import to_pixels
from passerby.types import Image

__all__ = ["cover_tops", "transcode"]

MODEL = "yolox-nano"
SIZE = 416
SCORE = 0.3
TOP_SHARE = 0.25

Change = Callable[[VideoFrame], VideoFrame]


def transcode(
    clip: Path, copy: Path, encoder: str, options: Mapping[str, str], change: Change
) -> None:
    """Decode and encode all frames, each passed through ``change``."""
    with av.open(str(clip)) as source, av.open(str(copy), "w") as target:
        read = source.streams.video[0]
        read.thread_type = ThreadType.AUTO
        written = _stream(target, encoder, options, read)
        for frame in source.decode(read):
            changed = change(frame).reformat(format="yuv420p")
            changed.pts, changed.time_base = frame.pts, frame.time_base
            target.mux(written.encode(changed))
        target.mux(written.encode(None))


def _stream(
    target: OutputContainer, encoder: str, options: Mapping[str, str], like: VideoStream
) -> VideoStream:
    stream = target.add_stream(encoder, rate=like.average_rate, options=dict(options))
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{encoder} is no video encoder")
    stream.width, stream.height, stream.pix_fmt = like.width, like.height, "yuv420p"
    stream.codec_context.time_base = like.time_base or Fraction(1, 90_000)
    stream.codec_context.thread_type = ThreadType.AUTO
    return stream


def frame_by_frame() -> Change:
    """Cover the top quarter of each person that is found in the frame itself."""
    from passerby.detection.people import PeopleDetector  # noqa: PLC0415  (else nobody pays for it)

    detector = PeopleDetector(MODEL, threshold=SCORE, size=SIZE, threads=1)

    def change(frame: VideoFrame) -> VideoFrame:
        image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        return VideoFrame.from_ndarray(cover_tops(image, detector(image).boxes), format="bgr24")

    return change


def cover_tops(image: Image, boxes: Boxes) -> Image:
    """Return a copy of ``image`` in which the top quarter of each box is black."""
    covered = image.copy()
    height, width = image.shape[:2]
    for left, top, right, bottom in boxes:
        area = to_pixels((left, top, right, top + TOP_SHARE * (bottom - top)), width, height)
        if area is not None:
            x0, y0, x1, y1 = area
            covered[y0:y1, x0:x1] = 0
    return covered


def main() -> None:
    """Copy the clip."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("copy", type=Path)
    parser.add_argument("encoder")
    parser.add_argument("options", type=json.loads)
    parser.add_argument("--frame-by-frame", action="store_true")
    options = parser.parse_args()
    change = frame_by_frame() if options.frame_by_frame else lambda frame: frame
    transcode(options.clip, options.copy, options.encoder, options.options, change)


if __name__ == "__main__":
    main()
