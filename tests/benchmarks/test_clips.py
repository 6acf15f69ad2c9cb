from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from clips import frames_in, loop, synthetic
from passerby.evaluate.coverage import coverage_of


def test_frames_are_counted_by_decoding(make_video: Callable[..., Path]) -> None:
    assert frames_in(make_video("clip.mp4", frames=7)) == 7


def test_a_loop_has_the_frames_of_the_clip_over_and_over(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    clip = make_video("clip.mp4", frames=4)
    loop(clip, 10, tmp_path / "loop.mkv")
    frames, looped = decoded(clip), decoded(tmp_path / "loop.mkv")
    assert len(looped) == 10
    for number, picture in enumerate(looped):
        distances = [np.abs(picture.astype(int) - frame).mean() for frame in frames]
        assert np.argmin(distances) == number % 4


def test_a_loop_keeps_the_rate_and_shows_no_frame_twice_at_a_time(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    loop(make_video("clip.mp4", frames=3, rate=10), 8, tmp_path / "loop.mkv")
    with av.open(str(tmp_path / "loop.mkv")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    np.testing.assert_allclose(times, np.arange(8) / 10)


@pytest.mark.slow
def test_synthetic_people_come_with_their_truth(tmp_path: Path) -> None:
    clip = synthetic(tmp_path / "people", seed=3, seconds=0.2)
    assert frames_in(clip.video) == 5
    assert clip.truth is not None
    found = coverage_of(clip.video, clip.video, clip.truth)
    assert found.heads > 5
    assert (found.covered, found.changed) == (0, 0)


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
