"""What is told of a video before its frames are read."""

from fractions import Fraction

import numpy as np
import pytest
from av import VideoFrame

from passerby.sources import open_source


@pytest.mark.parametrize("ending", ["mp4", "mov", "avi", "ts"])
def test_length_is_told_where_the_video_says_it(make_video, ending: str) -> None:
    unit = {"avi": Fraction(1, 25), "ts": Fraction(1, 90000)}.get(ending, Fraction(1, 12800))
    with open_source(make_video(f"a.{ending}", time_base=unit, frames=20)) as source:
        assert float(source.medium.duration) == pytest.approx(0.8, abs=0.001)
        assert source.medium.frames == 20


def test_what_is_left_out_is_noted(make_video) -> None:
    def add_second(container, _):
        second = container.add_stream("libx264", rate=25)
        second.width, second.height, second.pix_fmt = 16, 16, "yuv420p"
        picture = VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="bgr24")
        container.mux(second.encode(picture))
        container.mux(second.encode())

    path = make_video("a.mp4", prepare=add_second)
    with open_source(path) as source:
        assert (source.medium.width, source.medium.height) == (64, 48)
        assert "of 2 video streams, the main one is taken" in source.medium.notes
