from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from transcode import cover_tops, transcode


def test_the_top_quarter_of_each_box_is_black_and_the_rest_untouched() -> None:
    image = np.full((40, 30, 3), 200, np.uint8)
    boxes = np.array([[5, 10, 15, 30], [-10, -8, 4, 8], [100, 100, 110, 120]], np.float32)
    expected = image.copy()
    expected[10:15, 5:15] = 0
    covered = cover_tops(image, boxes)
    assert (covered == expected).all()  # the second box's top quarter lies above the picture
    assert (image == 200).all()


def test_a_copy_has_the_frames_times_and_size_of_the_clip(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    times = [0, 512, 2048, 2560, 5120]
    clip = make_video("clip.mp4", size=(64, 48), times=times)
    transcode(clip, tmp_path / "copy.mp4", "libx264", {"crf": "18"}, lambda frame: frame)
    with av.open(str(clip)) as before, av.open(str(tmp_path / "copy.mp4")) as after:
        pairs = list(zip(before.decode(video=0), after.decode(video=0), strict=True))
        assert after.streams.video[0].codec.name == "h264"
    assert len(pairs) == 5
    for one, other in pairs:
        assert other.time == one.time
        difference = one.to_ndarray(format="bgr24").astype(int) - other.to_ndarray(format="bgr24")
        assert np.abs(difference).mean() < 3


def test_the_change_is_made_to_every_frame(make_video: Callable[..., Path], tmp_path: Path) -> None:
    def blacken(frame: av.VideoFrame) -> av.VideoFrame:
        shape = frame.height, frame.width, 3
        return av.VideoFrame.from_ndarray(np.zeros(shape, np.uint8), format="bgr24")

    clip = make_video("clip.mp4", frames=3)
    transcode(clip, tmp_path / "copy.mp4", "libx264", {"crf": "18"}, blacken)
    with av.open(str(tmp_path / "copy.mp4")) as copy:
        images = [frame.to_ndarray(format="bgr24") for frame in copy.decode(video=0)]
    assert len(images) == 3
    assert max(int(image.max()) for image in images) <= 2
