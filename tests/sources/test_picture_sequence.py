"""Folders of frames read as one video."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.errors import ConfigError, InputError
from passerby.sources.picture_sequence import PictureSequence, rate_beside


def write(path: Path, level: int, size: tuple[int, int] = (12, 8)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (level,) * 3).save(path)


def test_frames_come_in_the_order_of_their_numbers_with_times(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        write(tmp_path / f"{number}.png", number)
    write(tmp_path / "below" / "3.png", 3)
    (tmp_path / "notes.txt").touch()
    write(tmp_path / ".4.png", 4)
    with PictureSequence(tmp_path, 5) as source:
        medium, frames = source.medium, list(source)
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [1, 2, 10]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.2, 0.4])
    assert (medium.kind, medium.width, medium.height) == ("video", 12, 8)
    assert (medium.frames, medium.rate, medium.name) == (3, 5, str(tmp_path))
    assert not medium.unrelated


def test_names_that_are_no_numbers_are_in_order_of_letters(tmp_path: Path) -> None:
    for level, name in enumerate(("b.png", "a10.png", "a9.png")):
        write(tmp_path / name, level)
    with PictureSequence(tmp_path, 5) as source:
        assert [int(frame.image[0, 0, 0]) for frame in source] == [1, 2, 0]


def test_opacity_is_kept(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 12, 4), 90, np.uint8)).save(tmp_path / "1.png")
    with PictureSequence(tmp_path, 5) as source:
        (frame,) = source
    assert frame.alpha is not None
    assert frame.alpha.shape == (8, 12)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone cannot be read \(No such file or directory\)"):
        PictureSequence(tmp_path / "gone", 5)
    with pytest.raises(InputError, match="has no pictures in it"):
        PictureSequence(tmp_path, 5)
    write(tmp_path / "1.png", 1)
    with pytest.raises(ConfigError, match="rate must be a number above 0"):
        PictureSequence(tmp_path, 0)
    write(tmp_path / "2.png", 1, (13, 8))
    with (
        pytest.raises(InputError, match=r"2\.png has 13x8 pixels, the first frame 12x8"),
        PictureSequence(tmp_path, 5) as source,
    ):
        list(source)
    first = Image.new("L", (12, 8))
    first.save(tmp_path / "2.gif", save_all=True, append_images=[Image.new("L", (12, 8), 99)])
    (tmp_path / "2.png").unlink()
    with (
        pytest.raises(InputError, match=r"2\.gif has 2 pictures, not one"),
        PictureSequence(tmp_path, 5) as source,
    ):
        list(source)


def test_the_rate_may_lie_beside(tmp_path: Path) -> None:
    frames, boxes = tmp_path / "seq" / "img1", tmp_path / "seq" / "det" / "det.txt"
    for folder in (frames, boxes.parent):
        folder.mkdir(parents=True)
    assert rate_beside(frames) is None
    (tmp_path / "seq" / "seqinfo.ini").write_text("[Sequence]\nframeRate=12.5\nseqLength=3\n")
    assert rate_beside(frames) == rate_beside(boxes) == 12.5
    assert rate_beside(frames.parent) == 12.5
    assert rate_beside(frames / "deeper" / "still") is None
